using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>A BPF program on this machine: its ring buffer is emptied by a thread of its own, into a capture.</summary>
internal sealed class LocalBpfSession : IBpfSession
{
    private const int WaitingBlocks = 256;
    private const int CounterBytes = 40;
    private const int TimesBytes = 544;
    private const int MissesOffset = 208;
    private const int TgidOffset = 28;
    private const int UserStackOffset = 344;
    private const int MaxNamed = 65_536;
    private const string KernelTypes = "/sys/kernel/btf/vmlinux";

    // Waiting by clock: a kernel that wakes the reader for records spends more on that than on the records.
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan LongWait = TimeSpan.FromMilliseconds(20);

    // A program's addresses can be named only while it runs.
    private static readonly TimeSpan HastyWait = TimeSpan.FromMilliseconds(1);

    private readonly BpfLoader _loader;
    private readonly BpfRequest _request;
    private readonly BpfRecordKind _kind;
    private readonly BpfBlockStream _stream = new(WaitingBlocks);
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Lock _gate = new();
    private readonly int _possibleCpus = LibBpf.IsThere ? LibBpf.PossibleCpus() : 0;
    private readonly HashSet<ulong> _namedAddresses = [];
    private readonly HashSet<(int Process, ulong Address)> _namedInPrograms = [];
    private readonly ProcessSymbols? _programs;
    private readonly LibBpf.RecordTaker _taker;
    private readonly GCHandle _handle;
    private readonly int _stackOffset;
    private Lazy<SymbolTable>? _symbols;
    private BpfCaptureWriter _writer = null!;
    private nint _ring;
    private Thread? _thread;
    private BpfStatus? _final;

    private LocalBpfSession(string target, BpfRequest request, TimeProvider time)
    {
        (_request, _kind) = (request, BpfPrograms.Find(request.Program)!.Value);
        _loader = new BpfLoader(target, request, time);
        _taker = Take;
        _handle = GCHandle.Alloc(_taker);
        _programs = _kind == BpfRecordKind.FunctionLatency && request.Stacks.HasFlag(BpfStacks.User) ? new ProcessSymbols() : null;
        _stackOffset = _kind == BpfRecordKind.TcpDrop ? 96 : _kind == BpfRecordKind.FunctionLatency && request.Stacks.HasFlag(BpfStacks.Kernel) ? 88 : 0;
    }

    public BpfAttachReport Report { get; private set; } = null!;

    public Stream Capture => _stream;

    /// <summary>Loads, attaches, and starts the thread.</summary>
    public static LocalBpfSession Start(string target, BpfRequest request, string kernel, TimeProvider time)
    {
        request.Check();
        var session = new LocalBpfSession(target, request, time);
        try
        {
            session.Begin(kernel, time);
            return session;
        }
        catch
        {
            session._loader.Stop();
            session._handle.Free();
            throw;
        }
    }

    public ValueTask<BpfStatus> ReadStatusAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_final ?? ReadStatus());
        }
    }

    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        Detach();
        if (_thread is { } thread)
        {
            await Task.Run(thread.Join, CancellationToken.None).WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await StopAsync(CancellationToken.None);
    }

    private void Detach()
    {
        lock (_gate)
        {
            // First nothing more is recorded; then the thread takes what there is and ends.
            _loader.Objects.ForEach(o => o.Detach());
            _stopping.Set();
        }
    }

    private void Begin(string kernel, TimeProvider time)
    {
        Report = _loader.Start();
        _ring = LibBpf.OpenRing(LibBpf.MapFd(_loader.Objects[0].Map("events")), _handle);
        if (_ring == 0)
        {
            throw new InvalidOperationException($"the ring buffer cannot be opened: errno {Marshal.GetLastPInvokeError()}");
        }

        if (_stackOffset > 0)
        {
            _symbols = new Lazy<SymbolTable>(() => SymbolTable.Parse(LocalFiles.Read("/proc/kallsyms", out var names) == Errno.None ? names : []));
        }

        _writer = new BpfCaptureWriter(_stream, Monotonic(time), time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000, leaveOpen: true);
        _writer.WriteAbout(new BpfAbout
        {
            Program = _request.Program,
            Origin = "kernel",
            Kernel = kernel,
            Mechanism = $"{Report.Mechanism}: {string.Join(", ", Report.Attached)}",
            Filter = _request.Describe(),
            Functions = [.. _request.Functions.Select(f => f.Name)],
            Reasons = _kind == BpfRecordKind.TcpDrop ? ReadReasons() : [],
        });
        _writer.Flush();
        _thread = new Thread(Run) { IsBackground = true, Name = $"bpf {_request.Program}" };
        _thread.Start();
    }

    // On Linux the stamps of TimeProvider.System are those of CLOCK_MONOTONIC.
    private static long Monotonic(TimeProvider time) => (long)(time.GetTimestamp() * (1_000_000_000.0 / time.TimestampFrequency));

    private static Dictionary<int, string> ReadReasons()
    {
        if (LocalFiles.Read(KernelTypes, out var types) != Errno.None)
        {
            return [];
        }

        const string prefix = "SKB_DROP_REASON_";
        return BtfEnums.Read(types, "skb_drop_reason")
            .ToDictionary(r => r.Key, r => r.Value.StartsWith(prefix, StringComparison.Ordinal) ? r.Value[prefix.Length..] : r.Value);
    }

    private void Run()
    {
        try
        {
            var quarter = _request.RingBytes / 4 / 160;
            while (!_stopping.IsSet)
            {
                var taken = LibBpf.Consume(_ring);
                if (taken > 0)
                {
                    _writer.Flush();
                }

                if (taken < quarter)
                {
                    _ = _stopping.Wait(_programs is not null ? HastyWait : taken > 0 ? ShortWait : LongWait);
                }
            }

            _ = LibBpf.Consume(_ring);
            End();
            _stream.Complete();
        }
        catch (Exception e)
        {
            // Whatever it is, the reader learns of it where the capture breaks off.
            _stream.Complete(e);
        }
        finally
        {
            LibBpf.FreeRing(_ring);
            lock (_gate)
            {
                _loader.Stop();
            }

            _handle.Free();
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _final = ReadStatus();
        }

        if (_final.Times.Count > 0)
        {
            _writer.WriteTimes(_final.Times);
        }

        _writer.WriteEnd(_final.Counters, _final.Missed);
    }

    private void Take(ReadOnlySpan<byte> record)
    {
        if (_stackOffset > 0 && record.Length > _stackOffset)
        {
            NameAddresses(record);
        }

        if (_programs is not null && record.Length > UserStackOffset)
        {
            NameInProgram(record);
        }

        _writer.WriteRecord(_kind, record);
    }

    private void NameAddresses(ReadOnlySpan<byte> record)
    {
        List<KeyValuePair<ulong, string>>? found = null;
        for (var at = _stackOffset; at + 8 <= record.Length; at += 8)
        {
            var address = BinaryPrimitives.ReadUInt64LittleEndian(record[at..]);

            // Kernel addresses have their highest bit set.
            if ((long)address < 0 && _namedAddresses.Count < MaxNamed && _namedAddresses.Add(address) && _symbols!.Value.Describe(address) is { } name)
            {
                (found ??= []).Add(new(address, name));
            }
        }

        if (found is not null)
        {
            _writer.WriteSymbols(found);
        }
    }

    private void NameInProgram(ReadOnlySpan<byte> record)
    {
        var process = BinaryPrimitives.ReadInt32LittleEndian(record[TgidOffset..]);
        List<KeyValuePair<ulong, string>>? found = null;
        for (var at = UserStackOffset; at + 8 <= record.Length; at += 8)
        {
            var address = BinaryPrimitives.ReadUInt64LittleEndian(record[at..]);
            if (address != 0 && _namedInPrograms.Count < MaxNamed && _namedInPrograms.Add((process, address)) && _programs!.Describe(process, address) is { } name)
            {
                (found ??= []).Add(new(address, name));
            }
        }

        if (found is not null)
        {
            _writer.WriteSymbols(found, process);
        }
    }

    private BpfStatus ReadStatus()
    {
        if (_loader.Objects.Count == 0)
        {
            return _final ?? new BpfStatus([], [], 0);
        }

        var maps = _loader.Objects[0];
        var bytes = new byte[CounterBytes * _possibleCpus];
        var counters = new List<BpfCounters>();
        uint zero = 0;
        if (LibBpf.Lookup(maps.Map("counters"), zero, 4, bytes, (nuint)bytes.Length, 0) == 0)
        {
            for (var cpu = 0; cpu < _possibleCpus; cpu++)
            {
                long At(int index) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan((cpu * CounterBytes) + (8 * index)));
                if (At(0) + At(2) + At(3) + At(4) > 0)
                {
                    counters.Add(new BpfCounters(cpu, At(0), At(1), At(2), At(3), At(4)));
                }
            }
        }

        var missed = 0L;
        var info = new byte[256];
        foreach (var program in _loader.Objects.SelectMany(o => o.Programs))
        {
            var size = (uint)info.Length;
            var fd = LibBpf.ProgramFd(program.Handle);
            if (fd >= 0 && LibBpf.GetInfo(fd, info, ref size) == 0 && size >= MissesOffset + 8)
            {
                missed += BinaryPrimitives.ReadInt64LittleEndian(info.AsSpan(MissesOffset));
            }
        }

        return new BpfStatus(counters, ReadTimes(maps), missed);
    }

    private List<BpfFunctionTimes> ReadTimes(BpfObject maps)
    {
        var times = new List<BpfFunctionTimes>();
        if (_kind != BpfRecordKind.FunctionLatency)
        {
            return times;
        }

        var bytes = new byte[TimesBytes * _possibleCpus];
        for (var i = 0; i < _request.Functions.Count; i++)
        {
            if (LibBpf.Lookup(maps.Map("times"), (uint)i, 4, bytes, (nuint)bytes.Length, 0) == 0)
            {
                times.Add(Sum(_request.Functions[i].Name, bytes));
            }
        }

        return times;
    }

    private static BpfFunctionTimes Sum(string function, byte[] cpus)
    {
        var (count, total, shortest, longest) = (0L, 0L, long.MaxValue, 0L);
        var log2 = new long[64];
        for (var at = 0; at < cpus.Length; at += TimesBytes)
        {
            long At(int index) => BinaryPrimitives.ReadInt64LittleEndian(cpus.AsSpan(at + (8 * index)));
            if (At(0) == 0)
            {
                continue;
            }

            (count, total) = (count + At(0), total + At(1));
            (shortest, longest) = (Math.Min(shortest, At(2)), Math.Max(longest, At(3)));
            for (var bucket = 0; bucket < log2.Length; bucket++)
            {
                log2[bucket] += At(4 + bucket);
            }
        }

        return new BpfFunctionTimes(function, count, total, count == 0 ? 0 : shortest, longest, log2);
    }
}
