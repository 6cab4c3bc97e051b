using System.Text;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Local;

public sealed class LocalTargetContractTests : TargetContract
{
    private TemporaryDirectory _directory = null!;

    protected override string Root => _directory.Path;

    protected override Command IgnoringInterrupt => new("sh", "-c", "trap '' INT; sleep 30");

    protected override FileWrite InvalidWrite => new("/proc/self/oom_score_adj", "many"u8.ToArray());

    protected override ValueTask<ITarget> OpenTargetAsync()
    {
        _directory = new TemporaryDirectory();
        return ValueTask.FromResult<ITarget>(new LocalTarget());
    }

    protected override async ValueTask<WaitingFile> OpenWaitingFileAsync()
    {
        var path = At("pipe");
        _ = (await Target.RunAsync(new Command("mkfifo", path), Token)).EnsureSuccess();

        // Opened for both, the pipe always has a writer, so a reader never sees its end.
        var writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        return new WaitingFile(path, text => writer.WriteAsync(Encoding.UTF8.GetBytes(text)), writer.DisposeAsync);
    }

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();
}
