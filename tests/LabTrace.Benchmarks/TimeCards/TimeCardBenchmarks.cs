using BenchmarkDotNet.Attributes;
using LabTrace.Devices;
using LabTrace.Devices.TimeCards;
using LabTrace.Emulation;

namespace LabTrace.Benchmarks.TimeCards;

/// <summary>Attributes through a target: this machine's sysfs beside the BCL, and looks of the monitor.</summary>
[MemoryDiagnoser]
public class TimeCardBenchmarks
{
    private const string Attribute = "/sys/class/net/lo/mtu";
    private const int AtOnce = 30;
    private readonly LocalTarget _local = new();
    private readonly string[] _many = [.. Enumerable.Repeat(Attribute, AtOnce)];
    private readonly FileWrite[] _writes = [.. Enumerable.Repeat(new FileWrite(Writable, File.ReadAllBytes(Writable)), AtOnce)];
    private EmulatedTarget _emulated = null!;
    private TimeCardMonitor _monitor = null!;

    // An attribute that anybody may write, to what it is.
    private const string Writable = "/proc/self/oom_score_adj";

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _emulated = new EmulatedTarget(new EmulationOptions { TimeCards = EmulatedTimeCards.Parse("facebook") });
        var card = await TimeCard.OpenAsync(_emulated, "ocp0", CancellationToken.None);
        _monitor = new TimeCardMonitor(card, [.. card.AttributeNames.Take(AtOnce)]);
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _emulated.DisposeAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = AtOnce)]
    public int ReadByTheBcl()
    {
        var length = 0;
        for (var i = 0; i < AtOnce; i++)
        {
            length += File.ReadAllText(Attribute).Length;
        }

        return length;
    }

    [Benchmark(OperationsPerInvoke = AtOnce)]
    public async Task<int> ReadManyByTheTarget() => (await _local.ReadManyAsync(_many, CancellationToken.None)).Count;

    [Benchmark]
    public async Task<int> ReadOneByTheTarget() => (await _local.ReadAsync(Attribute, CancellationToken.None)).Length;

    [Benchmark(OperationsPerInvoke = AtOnce)]
    public async Task<int> WriteManyByTheTarget() => (await _local.WriteManyAsync(_writes, CancellationToken.None)).Count;

    /// <summary>One look at 30 attributes: ten of them a second are the monitor's load.</summary>
    [Benchmark]
    public async Task<int> LookAtThirtyEmulatedAttributes() => (await _monitor.LookAsync(CancellationToken.None)).Count;
}
