using LabTrace.TestKit;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

/// <summary>Tests with an instance of their own on this machine's kernel; each leaves the kernel as it was.</summary>
[Category(RealKernel.Category)]
public abstract class RealTracefsTests
{
    private static readonly TimeSpan TestLimit = TimeSpan.FromSeconds(60);
    private CancellationTokenSource _limit = new();

    protected static EventName Switch { get; } = new("sched", "sched_switch");

    protected LocalTarget Target { get; private set; } = null!;

    protected TargetChanges Changes { get; private set; } = null!;

    protected Tracefs Tracefs { get; private set; } = null!;

    protected TraceInstance Instance { get; private set; } = null!;

    protected CancellationToken Token => _limit.Token;

    [SetUp]
    public async Task Open()
    {
        RealKernel.RequireTracefs();
        _limit = new CancellationTokenSource(TestLimit);
        Target = new LocalTarget();
        Changes = TargetChanges.InMemory(Target);
        Tracefs = await Tracefs.OpenAsync(Changes, Token);
        Instance = await Tracefs.CreateInstanceAsync("test", Token);
    }

    [TearDown]
    public async Task Close()
    {
        if (Changes is not null)
        {
            var report = await Changes.UndoAsync(CancellationToken.None);
            await Changes.DisposeAsync();
            Assert.That(report.Problems, Is.Empty);
            Assert.That(Directory.Exists(Instance.Path), Is.False);
        }

        _limit.Dispose();
    }

    protected ValueTask<string> ReadAsync(string file) => Target.ReadTextAsync($"{Instance.Path}/{file}", Token);
}
