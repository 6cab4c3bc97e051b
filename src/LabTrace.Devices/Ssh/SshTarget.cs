using System.Globalization;
using System.Text;
using LabTrace.Devices.Labgrid;
using LabTrace.Devices.Shell;
using LabTrace.Devices.Wire;

namespace LabTrace.Devices;

/// <summary>
/// A bench behind ssh: the OpenSSH client with the user's own configuration carries the agent's byte stream. The agent is sent
/// when the bench does not have it, and ends, with all it started, when the link does. Where it does not run, the bench's own shell
/// serves it.
/// </summary>
public static class SshTarget
{
    private const int MostBannerLines = 200;
    private const int LongestLine = 4096;
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(5);

    /// <summary>Connects and starts the agent, or what there is in its place.</summary>
    /// <param name="name">The place's name, for messages.</param>
    /// <param name="settings">How the bench is reached.</param>
    /// <param name="findAgent">Finds the agent for a kind of machine, one of <see cref="AgentRuntimes"/>; null or a <see cref="LabConfigException"/> when there is none.</param>
    /// <param name="progress">Told, for people, what takes long; may be null.</param>
    /// <param name="time">The runner's clock.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="TargetUnreachableException">The bench did not answer, or cannot run the agent.</exception>
    public static async Task<ITarget> OpenAsync(
        string name, SshSettings settings, Func<string, CancellationToken, Task<AgentFile?>> findAgent, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(findAgent);

        var bench = new SshBench(name, settings, token => ConnectAsync(name, settings, findAgent, progress, time, token), time);
        await bench.RenewAsync(cancellationToken);
        return bench;
    }

    /// <summary>Checks what a place of kind <c>ssh</c> says, before anything is built or leased for it.</summary>
    /// <exception cref="LabConfigException">It names neither a host nor what to lease.</exception>
    public static void Check(PlaceDescription place)
    {
        if (LabgridSettings.Of(place) is null)
        {
            _ = SshSettings.Of(place);
        }
    }

    /// <summary>Connects to a place of kind <c>ssh</c>, leased from labgrid first where the place says so.</summary>
    /// <param name="place">The place.</param>
    /// <param name="findAgent">Finds the agent for a kind of machine, as above.</param>
    /// <param name="progress">Told, for people, what takes long; may be null.</param>
    /// <param name="time">The runner's clock.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="LabConfigException">The place names no host, or what it leases has none.</exception>
    /// <exception cref="PlaceBusyException">labgrid gives the bench to somebody else.</exception>
    /// <exception cref="TargetUnreachableException">The bench did not answer, or cannot run the agent.</exception>
    public static async Task<ITarget> OpenAsync(
        PlaceDescription place, Func<string, CancellationToken, Task<AgentFile?>> findAgent, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (LabgridSettings.Of(place) is not { } labgrid)
        {
            return await OpenAsync(place.Name, SshSettings.Of(place), findAgent, progress, time, cancellationToken);
        }

        var lease = await LabgridLease.TakeAsync(place.Name, labgrid, progress, time, cancellationToken);
        try
        {
            var settings = SshSettings.Of(place, lease.Host, lease.Port);
            var bench = new SshBench(place.Name, settings, token => ConnectAsync(place.Name, settings, findAgent, progress, time, token), time, lease);
            await bench.RenewAsync(cancellationToken);
            return bench;
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    private static async Task<ITarget> ConnectAsync(
        string name, SshSettings settings, Func<string, CancellationToken, Task<AgentFile?>> findAgent, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        var why = "`agent: never`";
        if (settings.Agent != AgentUse.Never)
        {
            try
            {
                return await ConnectToAgentAsync(name, settings, findAgent, progress, time, cancellationToken);
            }
            catch (NoAgentException e) when (settings.Agent == AgentUse.Always)
            {
                throw new TargetUnreachableException(name, e.Message, e.Remedy, e);
            }
            catch (NoAgentException e)
            {
                why = e.Message;
                progress?.Invoke($"the agent does not run at '{name}': {why}; its own shell has to do (to help: {e.Remedy})");
            }
        }

        return await ConnectToShellAsync(name, settings, why, time, cancellationToken);
    }

    private static async Task<ITarget> ConnectToAgentAsync(
        string name, SshSettings settings, Func<string, CancellationToken, Task<AgentFile?>> findAgent, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        var ssh = LocalProcess.StartConversation(name, settings.ToCommand(SshBootstrap.CommandLine(settings)), time);
        try
        {
            await StartAgentAsync(name, settings, ssh, findAgent, progress, cancellationToken);
            var link = await OpenLinkAsync(name, ssh, cancellationToken);
            return new WireTarget(name, TargetKind.Ssh, link, time, new Carrier(ssh));
        }
        catch (IOException e)
        {
            var lost = await DescribeEndAsync(name, settings, ssh, e);
            await ssh.DisposeAsync();
            throw lost;
        }
        catch
        {
            await ssh.DisposeAsync();
            throw;
        }
    }

    private static async Task<ITarget> ConnectToShellAsync(string name, SshSettings settings, string why, TimeProvider time, CancellationToken cancellationToken)
    {
        var mark = ShellLink.NewMark();
        var ssh = LocalProcess.StartConversation(name, settings.ToCommand(ShellScript.CommandLine(mark, settings.Sudo)), time);
        try
        {
            var link = await ShellLink.OpenAsync(name, mark, ssh.StandardOutput, ssh.StandardInput, () => Complaint(ssh.ErrorSoFar), time, cancellationToken);
            return new ShellTarget(name, TargetKind.Ssh, link, why, time, new Carrier(ssh));
        }
        catch (IOException e)
        {
            var lost = await DescribeEndAsync(name, settings, ssh, e);
            await ssh.DisposeAsync();
            throw lost;
        }
        catch
        {
            await ssh.DisposeAsync();
            throw;
        }
    }

    // An agent that ends before it has said a word does not run there; ssh's own 255 stands for a connection that broke.
    private static async Task<WireLink> OpenLinkAsync(string name, LocalProcess ssh, CancellationToken cancellationToken)
    {
        const int brokenConnection = 255;
        try
        {
            return await WireLink.OpenAsync(name, ssh.StandardOutput, ssh.StandardInput, () => Task.FromResult(Complaint(ssh.ErrorSoFar)), cancellationToken);
        }
        catch (TargetUnreachableException)
        {
            using var grace = new CancellationTokenSource(EndGrace);
            CommandResult? end = null;
            try
            {
                end = await ssh.WaitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                // It runs, and says something else.
            }

            if (end is null or { ExitCode: brokenConnection })
            {
                throw;
            }

            var complaint = Complaint(ssh.ErrorSoFar);
            throw new NoAgentException(
                string.Create(CultureInfo.InvariantCulture, $"it ended with {end.ExitCode} at once{(complaint.Length == 0 ? "" : $" ({complaint})")}"), "see what its program needs there");
        }
    }

    // An IOException stands for a conversation that ended early: why, ssh says on its standard error.
    private static async Task StartAgentAsync(
        string name, SshSettings settings, LocalProcess ssh, Func<string, CancellationToken, Task<AgentFile?>> findAgent, Action<string>? progress, CancellationToken cancellationToken)
    {
        AgentFile? agent = null;
        for (var lines = 0; lines < MostBannerLines; lines++)
        {
            var line = await ReadLineAsync(ssh.StandardOutput, cancellationToken);
            if (!line.StartsWith(SshBootstrap.Mark, StringComparison.Ordinal))
            {
                continue;
            }

            var words = line[SshBootstrap.Mark.Length..].Split(' ');
            switch (words[0])
            {
                case "machine":
                    agent = await FindAgentAsync(words.ElementAtOrDefault(1) ?? "", words.ElementAtOrDefault(2) ?? "", findAgent, cancellationToken);
                    await SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{agent.Hash} {agent.Content.Length}\n")));
                    break;
                case "have":
                    break;
                case "send" when agent is not null:
                    progress?.Invoke(string.Create(CultureInfo.InvariantCulture, $"sending the agent to '{name}' ({agent.Content.Length / 1024 / 1024.0:0.0} MiB)"));
                    await SendAsync(agent.Content);
                    break;
                case "start":
                    return;
                case "nowhere":
                    throw new NoAgentException(
                        "no directory was found there that it can be run from", "set `agent-directory` to one that is yours and not mounted noexec");
                case "damaged":
                    throw new NoAgentException(
                        "it arrived damaged, or there is no room for it, or the bench lacks head or sha256sum", "free space on the bench");
            }
        }

        throw new TargetUnreachableException(
            name, $"its login shell printed {MostBannerLines} lines and did not run a command", "see what `ssh " + settings.Host + " true` prints");

        async Task SendAsync(ReadOnlyMemory<byte> bytes)
        {
            await ssh.StandardInput.WriteAsync(bytes, cancellationToken);
            await ssh.StandardInput.FlushAsync(cancellationToken);
        }
    }

    private static async Task<AgentFile> FindAgentAsync(
        string machine, string libc, Func<string, CancellationToken, Task<AgentFile?>> findAgent, CancellationToken cancellationToken)
    {
        const string remedy = "use a bench of another kind, or see `agent` in the README";
        if (AgentRuntimes.Find(machine, libc) is not { } runtime)
        {
            throw new NoAgentException($"its machine is {machine} {(libc == "none" ? "without a C library that is known" : $"with {libc}")}, and agents are for {string.Join(", ", AgentRuntimes.All)}", remedy);
        }

        try
        {
            return await findAgent(runtime, cancellationToken) ?? throw new NoAgentException($"this installation has no agent for {runtime}", "install LabTrace whole");
        }
        catch (LabConfigException e) when (runtime != AgentRuntimes.X64)
        {
            throw new NoAgentException($"there is no agent for {runtime}: {e.Message.Split('\n')[0]}", e.Hint ?? remedy);
        }
    }

    // Byte by byte: what follows the last line is the agent's.
    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            if (line.Count < LongestLine)
            {
                line.Add(one[0]);
            }
        }

        throw new EndOfStreamException("the connection ended");
    }

    private static async Task<TargetUnreachableException> DescribeEndAsync(string name, SshSettings settings, LocalProcess ssh, Exception cause)
    {
        using var grace = new CancellationTokenSource(EndGrace);
        try
        {
            _ = await ssh.WaitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            // It was ended; what it said is kept.
        }

        var complaint = Complaint(ssh.ErrorSoFar);
        return new TargetUnreachableException(
            name, complaint.Length == 0 ? $"ssh {settings.Host}: {cause.Message}" : $"ssh {settings.Host}: {complaint}", HintFor(settings, complaint), cause);
    }

    private static string Complaint(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join("; ", lines.TakeLast(3));
    }

    private static string HintFor(SshSettings settings, string complaint) => complaint switch
    {
        _ when complaint.Contains("has changed", StringComparison.Ordinal) =>
            $"find out why the bench's host key is another one: if it was installed anew, forget the old key with `ssh-keygen -R` and accept the new one with `ssh {settings.Host}`",
        _ when complaint.Contains("Host key verification failed", StringComparison.Ordinal) =>
            $"check the bench's host key and accept it once with `ssh {settings.Host}`",
        _ when complaint.Contains("Permission denied", StringComparison.Ordinal) =>
            $"give the bench your public key: `ssh-copy-id {settings.Host}`; nobody is there to type a password",
        _ when complaint.Contains("a password is required", StringComparison.Ordinal) =>
            "allow `sudo -n` for that user, or log in as root",
        _ when complaint.Contains("Could not resolve", StringComparison.Ordinal) => "check `host` in the place's file, or your ssh configuration",
        _ => $"see what `ssh {settings.Host} true` says",
    };

    /// <summary>The bench answers, and does not run the agent.</summary>
    private sealed class NoAgentException(string reason, string remedy) : Exception(reason)
    {
        public string Remedy { get; } = remedy;
    }

    // The link ends first: the agent sees it, ends what it started, and ssh ends by itself.
    private sealed class Carrier(LocalProcess ssh) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            using var grace = new CancellationTokenSource(EndGrace);
            try
            {
                _ = await ssh.WaitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                // It was ended.
            }

            await ssh.DisposeAsync();
        }
    }
}
