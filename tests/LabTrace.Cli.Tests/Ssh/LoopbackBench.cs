using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LabTrace.Devices;
using LabTrace.TestKit;

namespace LabTrace.Cli.Tests.Ssh;

/// <summary>A bench on this machine: a real sshd on a port of its own on loopback, with keys that are thrown away with it.</summary>
internal sealed class LoopbackBench : IAsyncDisposable
{
    private const string Daemon = "/usr/sbin/sshd";

    private readonly Scratch _scratch = new();
    private readonly int _port;
    private Process? _sshd;

    private LoopbackBench(int port) => _port = port;

    /// <summary>The login user's home, emptied of profiles that would slow every command down.</summary>
    public string Home => Path.Combine(_scratch.Root, "home");

    /// <summary>Where the bench keeps its lock and its journals.</summary>
    public string StateDirectory => Path.Combine(_scratch.Root, "state");

    /// <summary>Everything of the bench: its configuration, its keys.</summary>
    public string Root => _scratch.Root;

    /// <summary>Port of its sshd.</summary>
    public int Port => _port;

    /// <summary>Logins that its sshd has let in.</summary>
    public int Logins => File.ReadLines(Path.Combine(_scratch.Root, "sshd.log")).Count(l => l.Contains("Accepted publickey", StringComparison.Ordinal));

    /// <summary>What its logins have started and still runs, by pid.</summary>
    public IReadOnlyList<string> Processes()
    {
        var home = $"\0HOME={Home}\0";
        return [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).OfType<string>().Where(name => name.All(char.IsAsciiDigit) && ("\0" + Environ(name)).Contains(home, StringComparison.Ordinal))];

        static string Environ(string pid)
        {
            try
            {
                return File.ReadAllText($"/proc/{pid}/environ");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }

    /// <summary>Waits until nothing is left of its logins.</summary>
    public async Task UntilNothingRunsAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Processes().Count > 0)
        {
            await Task.Delay(50, deadline.Token);
        }
    }

    public SshSettings Settings => new("127.0.0.1")
    {
        Port = _port,
        IdentityFile = Path.Combine(_scratch.Root, "key"),
        ConfigurationFile = Path.Combine(_scratch.Root, "ssh_config"),
        KnownHostsFile = Path.Combine(_scratch.Root, "known_hosts"),
        AgentDirectory = Path.Combine(_scratch.Root, "agent"),
    };

    /// <summary>Starts a bench.</summary>
    /// <param name="path">Directories its programs are looked for in before the usual ones; empty for none.</param>
    public static async Task<LoopbackBench> StartAsync(string path = "")
    {
        RealKernel.Require(Environment.UserName == "root" && File.Exists(Daemon), "root and openssh-server");
        var bench = new LoopbackBench(FreePort());
        await bench.PrepareAsync(path);
        return bench;
    }

    /// <summary>The place file that names this bench.</summary>
    public string WritePlace(Scratch scratch, params string[] more) => scratch.Write(
        "lab-config/bench.yaml",
        $"""
        kind: ssh
        host: 127.0.0.1
        port: {_port}
        identity: {Settings.IdentityFile}
        ssh-config: {Settings.ConfigurationFile}
        known-hosts: {Settings.KnownHostsFile}
        agent-directory: {Settings.AgentDirectory}
        state-directory: {StateDirectory}
        {string.Join('\n', more)}
        """);

    /// <summary>Forgets the bench's host key, as for a bench that nobody has been to.</summary>
    public void ForgetHostKey() => File.WriteAllText(Settings.KnownHostsFile!, "");

    /// <summary>A bench that was installed anew, or another machine in its place.</summary>
    public async Task ChangeHostKeyAsync()
    {
        var other = Path.Combine(_scratch.Root, "other_key");
        await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other);
        var words = (await File.ReadAllTextAsync(other + ".pub")).Split(' ');
        File.WriteAllText(Settings.KnownHostsFile!, $"[127.0.0.1]:{_port} {words[0]} {words[1]}\n");
    }

    /// <summary>A program for scenarios that kills the sshd that serves its own connection, or the one that waits for connections too.</summary>
    public async Task<string> WriteCutAsync(bool forGood)
    {
        var path = _scratch.Write(
            "cut",
            $"""
            #!/bin/sh
            p=$PPID
            while [ "$p" -gt 1 ]; do
              read -r name <"/proc/$p/comm"
              if [ "$name" = sshd ] && [ "$p" != {_sshd!.Id} ]; then break; fi
              p=$(cut -d" " -f4 "/proc/$p/stat")
            done
            {(forGood ? $"kill -9 {_sshd.Id}" : "")}
            kill -9 "$p"
            sleep 30

            """);
        await RunAsync("chmod", "500", path);
        return path;
    }

    /// <summary>Ends every connection, as a bench does that loses power.</summary>
    public async Task StopAsync()
    {
        _sshd!.Kill(entireProcessTree: true);
        await _sshd.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_sshd is { HasExited: false })
        {
            await StopAsync();
        }

        _sshd?.Dispose();
        _scratch.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task PrepareAsync(string path)
    {
        _ = Directory.CreateDirectory(Home);
        _ = Directory.CreateDirectory("/run/sshd");
        await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(_scratch.Root, "host_key"));
        await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(_scratch.Root, "key"));
        File.Copy(Path.Combine(_scratch.Root, "key.pub"), Path.Combine(_scratch.Root, "authorized_keys"));
        _ = _scratch.Write("ssh_config", "Host *\n  IdentitiesOnly yes\n");
        var hostKey = (await File.ReadAllTextAsync(Path.Combine(_scratch.Root, "host_key.pub"))).Split(' ');
        _ = _scratch.Write("known_hosts", $"[127.0.0.1]:{_port} {hostKey[0]} {hostKey[1]}\n");
        var config = _scratch.Write(
            "sshd_config",
            $"""
            Port {_port}
            ListenAddress 127.0.0.1
            HostKey {_scratch.Root}/host_key
            AuthorizedKeysFile {_scratch.Root}/authorized_keys
            PidFile none
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            StrictModes no
            UsePAM no
            PrintMotd no
            LogLevel VERBOSE
            SetEnv HOME={Home}{(path.Length == 0 ? "" : $" PATH={path}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")}
            """);
        _sshd = Process.Start(new ProcessStartInfo(Daemon, ["-D", "-f", config, "-E", Path.Combine(_scratch.Root, "sshd.log")]))!;
        await UntilItListensAsync();
    }

    private async Task UntilItListensAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port, deadline.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, deadline.Token);
            }
        }
    }

    /// <summary>Runs a program of this machine to its end.</summary>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
    }
}
