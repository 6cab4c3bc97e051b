using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <summary>A trace instance, the top one included: buffers, events, options and what of the tasks it looks at.</summary>
internal sealed class TraceInstance
{
    private const int DefaultKib = 1408;
    private const int MinPages = 2;
    private const int HeaderSize = 16;
    private readonly Dictionary<EmulatedEvent, EventFile> _events = [];
    private readonly long[] _sizes;
    private RingBuffer[] _buffers;
    private readonly HashSet<int> _pipes = [];
    private ulong _counter;
    private int _users;

    public TraceInstance(Tracer tracer, string name)
    {
        Tracer = tracer;
        Name = name;
        IsTop = name.Length == 0;
        IsExpanded = !IsTop;
        Options = new TraceOptions(IsTop);
        Errors = new ErrorLog(tracer.Time);
        CpuMask = ulong.MaxValue >> (64 - tracer.Cpus);
        _sizes = new long[tracer.Cpus];
        _buffers = [];
        SubBufferSize = 4096;
        Array.Fill(_sizes, PagesFor(IsTop ? 1 : DefaultKib) * (long)PageCapacity);
        MakeBuffers();
    }

    public Tracer Tracer { get; }

    public string Name { get; }

    public bool IsTop { get; }

    /// <summary>The top instance has small buffers until it is used.</summary>
    public bool IsExpanded { get; private set; }

    public TraceOptions Options { get; }

    public ErrorLog Errors { get; }

    public string Clock { get; private set; } = "local";

    public string CurrentTracer { get; private set; } = "nop";

    public bool IsTracingOn { get; set; } = true;

    public ulong CpuMask { get; set; }

    public int SubBufferSize { get; private set; }

    public int BufferPercent { get; set; } = 50;

    public SortedSet<int>? Pids { get; set; }

    public SortedSet<int>? NoPids { get; set; }

    /// <summary>What is open of the instance keeps it from being removed.</summary>
    public bool IsInUse => _users > 0;

    private int PageCapacity => SubBufferSize - HeaderSize;

    public RingBuffer Buffer(int cpu) => _buffers[cpu];

    public void AddUsers(int count) => _users += count;

    /// <summary>Takes the pipe of a cpu, or of all with null, for one reader; false when another has it.</summary>
    public bool TakePipe(int? cpu)
    {
        int[] wanted = cpu is { } one ? [one] : [.. Enumerable.Range(0, _buffers.Length)];
        if (_pipes.Overlaps(wanted))
        {
            return false;
        }

        _pipes.UnionWith(wanted);
        return true;
    }

    public void ReturnPipe(int? cpu) => _pipes.ExceptWith(cpu is { } one ? [one] : Enumerable.Range(0, _buffers.Length));

    /// <summary>The instance's side of an event.</summary>
    public EventFile Of(EmulatedEvent of)
    {
        if (!_events.TryGetValue(of, out var file))
        {
            file = new EventFile(of, this);
            _events.Add(of, file);
        }

        return file;
    }

    /// <summary>The instance's side of an event if anything was ever done with it.</summary>
    public EventFile? Touched(EmulatedEvent of) => _events.GetValueOrDefault(of);

    public EventFile? Find(string system, string name) =>
        Tracer.Events.FirstOrDefault(e => e.System == system && e.Name == name && e.HasSwitch) is { } found ? Of(found) : null;

    public void Forget(EmulatedEvent of)
    {
        if (_events.Remove(of, out var file))
        {
            file.RemoveAll();
        }
    }

    /// <summary>Undoes what the instance hooked, before it is removed.</summary>
    public void Release()
    {
        foreach (var file in _events.Values)
        {
            file.RemoveAll();
        }
    }

    /// <summary>The time stamp of a moment on the instance's clock.</summary>
    public ulong Stamp(long ns) => TraceClock.Stamp(Clock, ns, ref _counter);

    public void SetClock(string name)
    {
        if (!TraceClock.Names.Contains(name))
        {
            Refusal.Throw(Errno.EINVAL);
        }

        Clock = name;
        Clear();
    }

    public void SetTracer(string name)
    {
        if (name == "function")
        {
            Refusal.Throw(Errno.EPERM);
        }

        if (name != "nop" && !(name == "blk" && IsTop))
        {
            Refusal.Throw(Errno.EINVAL);
        }

        CurrentTracer = name;
        Expand();
    }

    /// <summary>Gives the top instance its full size, as its first use does.</summary>
    public void Expand()
    {
        if (!IsExpanded)
        {
            IsExpanded = true;
            SetSize(DefaultKib, cpu: null);
        }
    }

    /// <summary>KiB per cpu as the file shows them, or null when cpus differ.</summary>
    public long? SizeKib(int? cpu) => cpu is { } one ? _sizes[one] >> 10 : _sizes.Distinct().Count() == 1 ? _sizes[0] >> 10 : null;

    public long TotalKib => _sizes.Sum(s => s >> 10);

    public void SetSize(ulong kib, int? cpu)
    {
        if (kib == 0)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        if (kib > 4UL << 20)
        {
            Refusal.Throw(Errno.ENOMEM);
        }

        IsExpanded = true;
        var pages = PagesFor((long)kib);
        for (var i = 0; i < _buffers.Length; i++)
        {
            if (cpu is null || cpu == i)
            {
                _sizes[i] = pages * (long)PageCapacity;
                _buffers[i].Resize(pages);
            }
        }
    }

    /// <summary>Sets the sub-buffer size, the next power of two pages up; the buffers lose what they hold.</summary>
    public void SetSubBufferKib(ulong kib)
    {
        if (kib is 0 or > 512)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var size = 4096;
        while (size < (long)kib * 1024)
        {
            size *= 2;
        }

        if (size != SubBufferSize)
        {
            SubBufferSize = size;
            MakeBuffers();
        }
    }

    public void Clear()
    {
        foreach (var buffer in _buffers)
        {
            buffer.Reset();
        }
    }

    public void Clear(int cpu) => _buffers[cpu].Reset();

    /// <summary>Writes a record.</summary>
    /// <returns>False when the instance does not record now on that cpu, or when there was no room.</returns>
    public bool Write(int cpu, long ns, ReadOnlySpan<byte> record)
    {
        var isWritten = IsTracingOn && (CpuMask & (1UL << cpu)) != 0 && _buffers[cpu].Write(Stamp(ns), record, Options["overwrite"]);
        Tracer.NotifyReaders();
        return isWritten;
    }

    /// <summary>Whether the pid filters leave a task out.</summary>
    public bool Ignores(int pid) => (Pids is not null && !Pids.Contains(pid)) || (NoPids is not null && NoPids.Contains(pid));

    private int PagesFor(long kib) => (int)Math.Max(MinPages, ((kib * 1024) + PageCapacity - 1) / PageCapacity);

    private void MakeBuffers() =>
        _buffers = [.. _sizes.Select(s => new RingBuffer(SubBufferSize, (int)Math.Max(MinPages, (s + PageCapacity - 1) / PageCapacity)) { ToLose = Tracer.LostAtStart })];
}
