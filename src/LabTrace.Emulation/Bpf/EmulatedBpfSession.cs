using System.Numerics;
using LabTrace.Devices;
using LabTrace.Emulation.Ftrace;
using LabTrace.Emulation.Kernel;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Bpf;

/// <summary>A BPF program on the emulated machine: what it keeps for each task, and the records it makes, as the real ones do.</summary>
/// <remarks>Each method follows its program in src/LabTrace.Devices/Bpf/Programs.</remarks>
internal sealed partial class EmulatedBpfSession : IBpfSession
{
    private const int Execve = 59;
    private const int Ioctl = 16;
    private const int MaxDepth = 16;
    private const long ReaderPeriodNs = 4_000_000;
    private const int RingHeader = 8;
    private const int TextBytes = 127;

    private readonly Machine _machine;
    private readonly BpfRecordKind _kind;
    private readonly BpfBlockStream _stream = new(1 << 20);
    private readonly BpfCaptureWriter _writer;
    private readonly Dictionary<int, bool> _tracked = [];
    private readonly Dictionary<int, (long Time, long Id, int Number, long[] Arguments, IReadOnlyList<string> Texts)> _calls = [];
    private readonly Dictionary<int, long> _begun = [];
    private readonly Dictionary<(int Pid, long Context, long Sequence), long> _waits = [];
    private readonly Dictionary<int, Stack<(int Function, long Time, long Argument)>> _frames = [];
    private readonly Times[] _times;
    private readonly Counters[] _counters;
    private readonly Queue<byte[]> _delayed = new();
    private readonly Dictionary<ulong, string> _symbols = [];
    private readonly long _minNs;
    private long _lastRead;
    private long _waiting;
    private long _made;
    private long _exits;
    private bool _isStopped;

    public EmulatedBpfSession(Machine machine, BpfRequest request)
    {
        (_machine, Request, _kind) = (machine, request, BpfPrograms.Find(request.Program)!.Value);
        _minNs = request.MinDuration.Ticks * TimeSpan.NanosecondsPerTick;
        _counters = [.. Enumerable.Range(0, machine.Options.Cpus).Select(_ => new Counters())];
        _times = [.. request.Functions.Select(_ => new Times())];
        foreach (var command in request.Commands)
        {
            _tracked[command] = false;
        }

        Report = new BpfAttachReport("emulated", Points(), [], TimeSpan.Zero);
        _writer = new BpfCaptureWriter(_stream, machine.Time.NowNs, machine.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000, leaveOpen: true);
        _writer.WriteAbout(new BpfAbout
        {
            Program = request.Program,
            Origin = "emulated",
            Kernel = KernelIdentityTexts.Release,
            Mechanism = "emulated: " + string.Join(", ", Report.Attached),
            Filter = request.Describe(),
            Functions = [.. request.Functions.Select(f => f.Name)],
            Reasons = _kind == BpfRecordKind.TcpDrop ? new Dictionary<int, string> { [2] = "NOT_SPECIFIED", [3] = "NO_SOCKET", [5] = "TCP_CSUM", [36] = "TCP_RESET" } : [],
        });
    }

    public BpfRequest Request { get; }

    public BpfAttachReport Report { get; }

    public Stream Capture => _stream;

    public ValueTask<BpfStatus> ReadStatusAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_machine.Call(Status));
    }

    public ValueTask StopAsync(CancellationToken cancellationToken)
    {
        lock (_machine.Gate)
        {
            if (!_isStopped)
            {
                _isStopped = true;
                _machine.Bpf.Remove(this);
                while (_delayed.TryDequeue(out var record))
                {
                    _writer.WriteRecord(_kind, record);
                }

                var status = Status();
                if (status.Times.Count > 0)
                {
                    _writer.WriteTimes(status.Times);
                }

                _writer.WriteEnd(status.Counters, 0);
                _stream.Complete();
            }
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await _stream.DisposeAsync();
    }

    public void Forked(KernelTask parent, KernelTask child)
    {
        if (_tracked.TryGetValue(parent.Tgid, out var isArmed))
        {
            _tracked[child.Tgid] = isArmed;
        }
    }

    private List<string> Points() => _kind switch
    {
        BpfRecordKind.FunctionLatency => [.. Request.Functions.Select(f => f.Name)],
        BpfRecordKind.Pcie => ["pci_bus_read_config_*", "pci_bus_write_config_*"],
        BpfRecordKind.DmaFence => ["dma_fence_*"],
        BpfRecordKind.Nvlink => ["nvlink_strcpy", "nvlink_memcpy", "nvlink_memset"],
        BpfRecordKind.TcpDrop => ["kfree_skb"],
        _ => ["sys_enter", "sys_exit"],
    };

    private BpfStatus Status() => new(
        [.. _counters.Index().Where(c => c.Item.Sequence + c.Item.Unmatched + c.Item.Overflow > 0)
            .Select(c => new BpfCounters(c.Index, c.Item.Sequence, c.Item.Dropped, c.Item.Unmatched, c.Item.Overflow, 0))],
        [.. _times.Index().Select(t => new BpfFunctionTimes(Request.Functions[t.Index].Name, t.Item.Count, t.Item.Total, t.Item.Shortest, t.Item.Longest, t.Item.Log2))],
        0);

    private bool IsWanted(KernelTask task, bool isExec = false)
    {
        if ((task == _machine.Agent && !Request.WithRecorder) || (Request.Tgid != 0 && task.Tgid != Request.Tgid) || (Request.Pid != 0 && task.Pid != Request.Pid)
            || (Request.Cgroup > 1) || (Request.Comm is { } comm && task.Comm != comm))
        {
            return false;
        }

        if (Request.Commands.Count == 0)
        {
            return true;
        }

        if (!_tracked.TryGetValue(task.Tgid, out var isArmed))
        {
            return false;
        }

        _tracked[task.Tgid] = isArmed || isExec;
        return isArmed || isExec;
    }

    private Counters CountersOf(KernelTask task) => _counters[_machine.Scheduler.CpuOf(task).Number];

    private BpfRecord Record(int event_, int length, KernelTask task, int flags = 0)
    {
        var cpu = _machine.Scheduler.CpuOf(task);
        cpu.Clock += _machine.Scheduler.About(150);
        return new BpfRecord(_kind, event_, length, task, cpu, flags);
    }

    /// <summary>Puts a record into the ring, whose reader comes every few milliseconds.</summary>
    private void Submit(BpfRecord record)
    {
        var counters = _counters[record.Cpu];
        _ = record.Put64(16, counters.Sequence++);
        var now = BitConverter.ToInt64(record.Bytes, 8);
        if (now - _lastRead >= ReaderPeriodNs)
        {
            (_lastRead, _waiting) = (now, 0);
        }

        var room = RingHeader + ((record.Bytes.Length + 7) & ~7);
        var faults = _machine.Bpf.Faults;
        _made++;
        if (_waiting + room > Request.RingBytes || (faults.DropEvery > 0 && _made % faults.DropEvery == 0))
        {
            counters.Dropped++;
            return;
        }

        _waiting += room;
        if (faults.Delay > 0 && (record.Cpu & 1) == 1)
        {
            _delayed.Enqueue(record.Bytes);
            if (_delayed.Count > faults.Delay)
            {
                _writer.WriteRecord(_kind, _delayed.Dequeue());
            }

            return;
        }

        _writer.WriteRecord(_kind, record.Bytes);
    }

    private bool IsSkipped() => _machine.Bpf.Faults.SkipExitEvery is > 0 and var every && ++_exits % every == 0;

    private long Elapsed(KernelTask task, long since) => Math.Max(0, _machine.Scheduler.CpuOf(task).Clock - since);

    private void Name(long address, string symbol)
    {
        if (_symbols.TryAdd((ulong)address, symbol))
        {
            _writer.WriteSymbols([new((ulong)address, symbol)]);
        }
    }

    private long NamedAddress(string function, int offset)
    {
        var address = KernelSymbols.AddressOf(function) + offset;
        Name(address, $"{function}+0x{offset:x}");
        return address;
    }

    private sealed class Counters
    {
        public long Sequence { get; set; }

        public long Dropped { get; set; }

        public long Unmatched { get; set; }

        public long Overflow { get; set; }
    }

    private sealed class Times
    {
        public long Count { get; private set; }

        public long Total { get; private set; }

        public long Shortest { get; private set; }

        public long Longest { get; private set; }

        public long[] Log2 { get; } = new long[64];

        public void Add(long ns)
        {
            Shortest = Count == 0 ? ns : Math.Min(Shortest, ns);
            Longest = Math.Max(Longest, ns);
            (Count, Total) = (Count + 1, Total + ns);
            Log2[BitOperations.Log2((ulong)ns)]++;
        }
    }
}
