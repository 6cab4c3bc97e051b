using LabTrace.TestKit;

namespace LabTrace.Cli.Tests.Ssh;

/// <summary>An ordinary user of this machine who may log in at a bench; gone with it.</summary>
internal sealed class ThrowAwayUser : IAsyncDisposable
{
    private const string Sudo = "/usr/bin/sudo";
    private readonly string _rule;

    private ThrowAwayUser(string name) => (Name, _rule) = (name, "/etc/sudoers.d/" + name);

    public string Name { get; }

    public static async Task<ThrowAwayUser> MakeAsync(LoopbackBench bench)
    {
        RealKernel.Require(File.Exists(Sudo) && Directory.Exists("/etc/sudoers.d"), "sudo");
        var user = new ThrowAwayUser("labtrace-" + Guid.NewGuid().ToString("N")[..8]);
        await LoopbackBench.RunAsync("useradd", "--no-create-home", "--home-dir", bench.Home, "--shell", "/bin/sh", "--password", "*", user.Name);

        // sshd reads the user's keys as that user.
        await LoopbackBench.RunAsync("chmod", "755", bench.Root);
        await LoopbackBench.RunAsync("chmod", "644", Path.Combine(bench.Root, "authorized_keys"));
        await LoopbackBench.RunAsync("chown", user.Name, bench.Home);
        return user;
    }

    public async Task MaySudoAsync()
    {
        await File.WriteAllTextAsync(_rule, $"{Name} ALL=(root) NOPASSWD: ALL\n");
        await LoopbackBench.RunAsync("chmod", "400", _rule);
    }

    public void MayNotSudo() => File.Delete(_rule);

    public async ValueTask DisposeAsync()
    {
        File.Delete(_rule);
        await LoopbackBench.RunAsync("userdel", Name);
    }
}
