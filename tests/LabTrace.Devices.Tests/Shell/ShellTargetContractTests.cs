using System.Text;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Shell;

/// <summary>A plain shell does what every target does, with the utilities of coreutils and with those of busybox.</summary>
[TestFixture("dash")]
[TestFixture("busybox")]
public sealed class ShellTargetContractTests(string shell) : TargetContract
{
    private TemporaryDirectory _directory = null!;
    private LocalShell _shell = null!;

    protected override string Root => _directory.Path;

    protected override Command IgnoringInterrupt => new("sh", "-c", "trap '' INT; sleep 30");

    protected override FileWrite InvalidWrite => new("/proc/self/oom_score_adj", "many"u8.ToArray());

    protected override async ValueTask<ITarget> OpenTargetAsync()
    {
        _directory = new TemporaryDirectory();
        _shell = await LocalShell.StartAsync(shell, Token);
        return _shell.Target;
    }

    protected override async ValueTask<WaitingFile> OpenWaitingFileAsync()
    {
        var path = At("pipe");
        _ = (await Target.RunAsync(new Command("mkfifo", path), Token)).EnsureSuccess();
        var writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        return new WaitingFile(path, text => writer.WriteAsync(Encoding.UTF8.GetBytes(text)), writer.DisposeAsync);
    }

    [TearDown]
    public void RemoveDirectory()
    {
        _shell?.Dispose();
        _directory?.Dispose();
    }
}
