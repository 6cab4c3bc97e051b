using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Ftrace;

/// <summary>The kernel's tracing core: knows all events and instances, and takes what happens to those that look.</summary>
internal sealed class Tracer
{
    private readonly Dictionary<EmulatedEvent, List<EventFile>> _hooks = [];
    private readonly List<EmulatedEvent> _probeEvents = [];
    private readonly RecordWriter _writer = new();
    private readonly bool[] _savesTask;
    private TraceInstance? _top;
    private readonly SortedDictionary<string, TraceInstance> _instances = new(StringComparer.Ordinal);

    public Tracer(VirtualTime time, int cpus)
    {
        Time = time;
        Cpus = cpus;
        _savesTask = new bool[cpus];
        Probes = new UserProbes(this);
    }

    /// <summary>Raised when a record was written: a reader may have been waiting for it.</summary>
    public event Action? RecordWritten;

    /// <summary>Raised when somebody begins to look at events.</summary>
    public event Action? FirstHooked;

    public VirtualTime Time { get; }

    public int Cpus { get; }

    /// <summary>Records that each buffer loses before its first.</summary>
    public int LostAtStart { get; init; }

    public TraceInstance Top => _top ??= new TraceInstance(this, "");

    public UserProbes Probes { get; }

    public SavedCommands Saved { get; } = new();

    /// <summary>The cpu whose task writes now, for files that record who wrote.</summary>
    public Cpu Writer { get; set; } = null!;

    public SortedDictionary<string, TraceInstance> Instances => _instances;

    /// <summary>All events: the kernel's, then probes in the order they were made.</summary>
    public IEnumerable<EmulatedEvent> Events => KernelEventCatalog.All.Concat(_probeEvents);

    public IEnumerable<TraceInstance> AllInstances => _instances.Values.Prepend(Top);

    /// <summary>Whether any instance looks at any event.</summary>
    public bool IsAnyHooked => _hooks.Count > 0;

    public bool IsHooked(EmulatedEvent of) => _hooks.ContainsKey(of);

    public void AddProbeEvent(EmulatedEvent of) => _probeEvents.Add(of);

    public void RemoveProbeEvent(EmulatedEvent of)
    {
        foreach (var instance in AllInstances)
        {
            instance.Forget(of);
        }

        _ = _probeEvents.Remove(of);
        _ = _hooks.Remove(of);
    }

    /// <summary>Makes an instance, as mkdir in <c>instances/</c> does.</summary>
    public TraceInstance MakeInstance(string name)
    {
        var instance = new TraceInstance(this, name);
        _instances.Add(name, instance);
        return instance;
    }

    /// <summary>Takes an instance away with what it hooked.</summary>
    public void RemoveInstance(TraceInstance instance)
    {
        instance.Release();
        _ = _instances.Remove(instance.Name);
    }

    /// <summary>Notes who looks at an event, after a switch or a trigger changed.</summary>
    public void Rehook(EmulatedEvent of)
    {
        var hooked = AllInstances.Select(i => i.Touched(of)).OfType<EventFile>().Where(f => f.IsHooked).ToList();
        _ = _hooks.Remove(of);
        if (hooked.Count > 0)
        {
            var isFirst = _hooks.Count == 0;
            _hooks.Add(of, hooked);
            if (isFirst)
            {
                FirstHooked?.Invoke();
            }
        }
    }

    public void NotifyReaders() => RecordWritten?.Invoke();

    /// <summary>Starts the record of an event; <see cref="Commit"/> hands it out.</summary>
    public RecordWriter Start(EmulatedEvent of, Cpu cpu, TraceContext context) => _writer.Start(of, cpu.Current.Pid, context);

    /// <summary>Hands the record to every instance that looks at the event and does not ignore the task.</summary>
    /// <param name="of">The event.</param>
    /// <param name="cpu">Where it happens.</param>
    /// <param name="context">The state it happens in.</param>
    /// <param name="first">A task the event is about, next to the running one: either lets it through a pid filter.</param>
    public void Commit(EmulatedEvent of, Cpu cpu, TraceContext context, KernelTask? first = null)
    {
        if (!_hooks.TryGetValue(of, out var files))
        {
            return;
        }

        var record = _writer.Record.ToArray();
        var input = new FilterInput(record, cpu.Number, cpu.Current.Comm);
        foreach (var file in files.ToArray())
        {
            var instance = file.Instance;
            if (instance.Ignores(cpu.Current.Pid) && (first is null || instance.Ignores(first.Pid)))
            {
                continue;
            }

            var wasOn = instance.IsTracingOn;
            if (file.IsRecording && (file.Filter?.Matches(input) ?? true))
            {
                _ = instance.Write(cpu.Number, cpu.Clock, record);
                _savesTask[cpu.Number] |= wasOn;
                if (instance.Options["stacktrace"])
                {
                    WriteStack(instance, cpu, context);
                }
            }

            file.Fire(input, () => WriteStack(instance, cpu, context));
        }
    }

    /// <summary>A context switch: the moment the kernel notes the commands of tasks it recorded.</summary>
    public void TaskSwitched(Cpu cpu, KernelTask previous, KernelTask next)
    {
        if (!_savesTask[cpu.Number])
        {
            return;
        }

        _savesTask[cpu.Number] = false;
        var recordsTgid = AllInstances.Any(i => i.Options["record-tgid"]);
        foreach (var task in (KernelTask[])[previous, next])
        {
            Saved.SaveComm(task.Pid, task.Comm);
            if (recordsTgid)
            {
                Saved.SaveTgid(task.Pid, task.Tgid);
            }
        }
    }

    /// <summary>A child joins the pid lists of its parent where the instance follows forks.</summary>
    public void TaskForked(KernelTask parent, KernelTask child)
    {
        foreach (var instance in AllInstances.Where(i => i.Options["event-fork"]))
        {
            if (instance.Pids?.Contains(parent.Pid) == true)
            {
                _ = instance.Pids.Add(child.Pid);
            }

            if (instance.NoPids?.Contains(parent.Pid) == true)
            {
                _ = instance.NoPids.Add(child.Pid);
            }
        }
    }

    /// <summary>A pid leaves the lists when its task is gone.</summary>
    public void TaskFreed(KernelTask task)
    {
        foreach (var instance in AllInstances.Where(i => i.Options["event-fork"]))
        {
            _ = instance.Pids?.Remove(task.Pid);
            _ = instance.NoPids?.Remove(task.Pid);
        }
    }

    private void WriteStack(TraceInstance instance, Cpu cpu, TraceContext context)
    {
        var callers = KernelSymbols.StackOf(cpu.Current);
        var stack = KernelEventCatalog.Of("ftrace", "kernel_stack");
        var writer = new RecordWriter().Start(stack, cpu.Current.Pid, context).Put(callers.Length);
        Span<byte> bytes = new byte[callers.Length * 8];
        for (var i = 0; i < callers.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(bytes[(i * 8)..], callers[i]);
        }

        cpu.Clock += 5_000;
        _ = instance.Write(cpu.Number, cpu.Clock, writer.PutRest(bytes).Record);
    }
}
