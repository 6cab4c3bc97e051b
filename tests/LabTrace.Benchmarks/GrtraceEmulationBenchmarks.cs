using BenchmarkDotNet.Attributes;
using LabTrace.Devices;
using LabTrace.Emulation;
using LabTrace.Emulation.Grtrace;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks;

/// <summary>The emulated grtrace: events from an adapter through filters, samplers and limiters into relay buffers that are read meanwhile.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public class GrtraceEmulationBenchmarks
{
    public const int Events = 200_000;

    private const int EventsBetweenReads = 5_000;
    private readonly byte[] _buffer = new byte[1 << 20];
    private EmulatedTarget _target = null!;
    private GrtraceCore _core = null!;
    private GpuEvent _event;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _target = new EmulatedTarget();
        _ = (await _target.RunAsync(new Command("modprobe", "grtrace"), CancellationToken.None)).EnsureSuccess();
        await _target.WriteTextAsync("/sys/kernel/debug/grtrace/control", "start", CancellationToken.None);
        _core = _target.Machine.Grtrace!;
        _event = new GpuEvent(
            GrtEventKind.Submit,
            new GrtJob { Engine = "GRAPHICS", EngineClass = GrtEngines.Graphics, RingId = 1, CtxId = 0x1234, Pid = 4711 },
            0,
            _target.Machine.Time.NowNs);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _target.DisposeAsync();

    /// <summary>What cannot be spared: the records alone, into one array over and over.</summary>
    [Benchmark(Baseline = true)]
    public int RecordsAlone()
    {
        var at = 0;
        for (var i = 0UL; i < Events; i++)
        {
            at = at + GrtLayout.JobBytes > _buffer.Length ? 0 : at;
            at += GrtRecords.WriteJob(_buffer.AsSpan(at), new GrtHeader(0, 0, 0, i, i, i), _event.Job with { Seqno = i });
        }

        return at;
    }

    /// <summary>As a scenario has it: jobs of three kinds of events, buffers that are read.</summary>
    [Benchmark]
    public long Emulated()
    {
        var read = 0L;
        for (var i = 0; i < Events; i++)
        {
            var kind = (i % 3) switch { 0 => GrtEventKind.Submit, 1 => GrtEventKind.Start, _ => GrtEventKind.Complete };
            _core.Offer(_event with { Kind = kind, Job = _event.Job with { Seqno = (ulong)(i / 3) }, TimeNs = _event.TimeNs + i });
            if (i % EventsBetweenReads == EventsBetweenReads - 1)
            {
                read += Drain();
            }
        }

        return read + Drain();
    }

    /// <summary>Through the file: one write(2) an event, as scenarios emit.</summary>
    [Benchmark]
    public async Task<long> EmittedThroughTheFile()
    {
        var text = "submit 4660 0 1 7\n"u8.ToArray();
        var writes = Enumerable.Range(0, EventsBetweenReads).Select(_ => new FileWrite("/sys/kernel/debug/grtrace/emit", text)).ToArray();
        var read = 0L;
        for (var i = 0; i < Events; i += EventsBetweenReads)
        {
            _ = await _target.WriteManyAsync(writes, CancellationToken.None);
            read += Drain();
        }

        return read;
    }

    private long Drain()
    {
        var read = 0L;
        while (_core.Relay(0).Read(_buffer) is > 0 and var bytes)
        {
            read += bytes;
        }

        while (_core.Relay(1).Read(_buffer) is > 0 and var bytes)
        {
            read += bytes;
        }

        return read;
    }
}
