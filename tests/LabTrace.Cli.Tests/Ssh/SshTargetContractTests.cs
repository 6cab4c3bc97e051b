using System.Text;
using LabTrace.Devices;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Cli.Tests.Ssh;

/// <summary>The published agent behind a real sshd does what every target does, and so does the bench's shell where the agent may not be used.</summary>
[TestFixture(AgentUse.Always)]
[TestFixture(AgentUse.Never)]
[Category(RealKernel.Category)]
[NonParallelizable]
public sealed class SshTargetContractTests(AgentUse agentUse) : TargetContract
{
    private LoopbackBench _bench = null!;
    private AgentFile _agent = null!;
    private TemporaryDirectory _directory = null!;

    protected override string Root => _directory.Path;

    protected override Devices.Command IgnoringInterrupt => new("sh", "-c", "trap '' INT; sleep 30");

    protected override FileWrite InvalidWrite => new("/proc/self/oom_score_adj", "many"u8.ToArray());

    [OneTimeSetUp]
    public async Task StartBenchAsync()
    {
        _bench = await LoopbackBench.StartAsync();
        _agent = await AgentProgram.FindAsync(TestContext.Progress.WriteLine, CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task StopBenchAsync()
    {
        if (_bench is not null)
        {
            await _bench.DisposeAsync();
        }
    }

    protected override async ValueTask<ITarget> OpenTargetAsync()
    {
        _directory = new TemporaryDirectory();
        return await SshTarget.OpenAsync("bench", _bench.Settings with { KeepAgent = true, Agent = agentUse }, (_, _) => Task.FromResult<AgentFile?>(_agent), null, TimeProvider.System, Token);
    }

    protected override async ValueTask<WaitingFile> OpenWaitingFileAsync()
    {
        var path = At("pipe");
        _ = (await Target.RunAsync(new Devices.Command("mkfifo", path), Token)).EnsureSuccess();
        var writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        return new WaitingFile(path, text => writer.WriteAsync(Encoding.UTF8.GetBytes(text)), writer.DisposeAsync);
    }

    [TearDown]
    public void RemoveDirectory() => _directory?.Dispose();
}
