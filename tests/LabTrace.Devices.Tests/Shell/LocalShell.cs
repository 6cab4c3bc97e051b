using FluentAssertions;
using LabTrace.Devices.Shell;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Shell;

/// <summary>A shell of this machine that serves it: dash with coreutils, or busybox with nothing but its own utilities.</summary>
internal sealed class LocalShell : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private LocalProcess _process = null!;

    private LocalShell()
    {
    }

    public ShellTarget Target { get; private set; } = null!;

    /// <summary>Where the shell keeps its files.</summary>
    public string Files => _directory.Path;

    /// <summary>Starts a shell.</summary>
    /// <param name="shell">dash, which finds programs in <c>bin</c> below <see cref="Files"/> first; or busybox.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <param name="ownDd">For dash: a script in the place of dd, or null.</param>
    /// <param name="only">For dash: the only programs there are; none for all of this machine's.</param>
    public static async Task<LocalShell> StartAsync(string shell, CancellationToken cancellationToken, string? ownDd = null, params string[] only)
    {
        if (!ProgramLookup.IsInPath(shell))
        {
            Environment.GetEnvironmentVariable("CI").Should().NotBe("true", $"CI installs {shell}");
            Assert.Ignore($"{shell} is not here");
        }

        var own = new LocalShell();
        var environment = new Dictionary<string, string> { ["TMPDIR"] = own._directory.Path };
        string[] words = ["/bin/" + shell];
        if (shell == "busybox")
        {
            await own.LinkUtilitiesAsync(cancellationToken);
            environment["PATH"] = own._directory.Path + "/bin";
            words = ["/bin/busybox", "sh"];
        }
        else
        {
            _ = Directory.CreateDirectory(own._directory.Path + "/bin");
            foreach (var program in only)
            {
                _ = File.CreateSymbolicLink($"{own._directory.Path}/bin/{program}", $"/bin/{program}");
            }

            if (ownDd is not null)
            {
                await File.WriteAllTextAsync(own._directory.Path + "/bin/dd", ownDd, cancellationToken);
                _ = (await new LocalTarget().RunAsync(new Command("chmod", "700", own._directory.Path + "/bin/dd"), cancellationToken)).EnsureSuccess();
            }

            environment["PATH"] = own._directory.Path + "/bin" + (only.Length > 0 ? "" : ":" + Environment.GetEnvironmentVariable("PATH"));
        }

        var mark = ShellLink.NewMark();
        own._process = LocalProcess.StartConversation(
            "bench", new Command(words[0], [.. words.Skip(1), "-c", ShellScript.Text, "labtrace-shell", mark]) { Environment = environment }, TimeProvider.System);
        var link = await ShellLink.OpenAsync("bench", mark, own._process.StandardOutput, own._process.StandardInput, () => own._process.ErrorSoFar.Trim(), TimeProvider.System, cancellationToken);
        own.Target = new ShellTarget("bench", TargetKind.Ssh, link, "no reason", TimeProvider.System, own._process);
        return own;
    }

    /// <summary>Kills the shell, as a bench does that loses power.</summary>
    public ValueTask CutAsync() => _process.SignalAsync(TargetSignal.Kill, CancellationToken.None);

    public void Dispose() => _directory.Dispose();

    private async Task LinkUtilitiesAsync(CancellationToken cancellationToken)
    {
        var machine = new LocalTarget();
        var bin = _directory.Path + "/bin";
        _ = Directory.CreateDirectory(bin);
        _ = (await machine.RunAsync(new Command("busybox", "--install", "-s", bin), cancellationToken)).EnsureSuccess();

        // The contract runs it, and Debian builds busybox without it.
        if (!File.Exists(bin + "/printenv"))
        {
            _ = File.CreateSymbolicLink(bin + "/printenv", "/usr/bin/printenv");
        }
    }
}
