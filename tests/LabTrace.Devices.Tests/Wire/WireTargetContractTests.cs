using System.Text;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Wire;

public sealed class WireTargetContractTests : TargetContract
{
    private TemporaryDirectory _directory = null!;
    private ServedTarget _server = null!;

    protected override string Root => _directory.Path;

    protected override Command IgnoringInterrupt => new("sh", "-c", "trap '' INT; sleep 30");

    protected override FileWrite InvalidWrite => new("/proc/self/oom_score_adj", "many"u8.ToArray());

    protected override async ValueTask<ITarget> OpenTargetAsync()
    {
        _directory = new TemporaryDirectory();
        (_server, var target) = await ServedTarget.OpenAsync(new LocalTarget("agent"), Token);
        return target;
    }

    protected override async ValueTask<WaitingFile> OpenWaitingFileAsync()
    {
        var path = At("pipe");
        _ = (await Target.RunAsync(new Command("mkfifo", path), Token)).EnsureSuccess();
        var writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        return new WaitingFile(path, text => writer.WriteAsync(Encoding.UTF8.GetBytes(text)), writer.DisposeAsync);
    }

    [TearDown]
    public async Task EndServerAsync()
    {
        await Target.DisposeAsync();
        await _server.DisposeAsync();
        _directory.Dispose();
    }
}
