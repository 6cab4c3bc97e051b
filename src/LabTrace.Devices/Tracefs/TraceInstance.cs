using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>
/// One ring buffer with its own events, filters and settings, made for one scenario so that neighbours do not meet. What is
/// changed goes through the journal and is undone with the instance.
/// </summary>
/// <remarks>Not safe for use by several threads at once, as the kernel's files are not.</remarks>
public sealed partial class TraceInstance
{
    private readonly HashSet<EventName> _events = [];
    private readonly InstanceReader _reader;

    internal TraceInstance(Tracefs tracefs, string name, string path)
    {
        Tracefs = tracefs;
        Name = name;
        Path = path;
        _reader = new InstanceReader(tracefs.Target, tracefs.Path, path);
    }

    /// <summary>The tracing file system it is in.</summary>
    public Tracefs Tracefs { get; }

    /// <summary>The name of its directory under <c>instances/</c>.</summary>
    public string Name { get; }

    /// <summary>Its directory on the target.</summary>
    public string Path { get; }

    /// <summary>The group for probes of this instance, a name nobody else uses: events are shared by all instances.</summary>
    public string ProbeGroup => Name.Replace('-', '_');

    private ITarget Target => Tracefs.Target;

    private TargetChanges Changes => Tracefs.Changes;

    /// <summary>Turns recording on (<c>tracing_on</c>).</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public ValueTask StartAsync(CancellationToken cancellationToken) => Target.WriteTextAsync(Path + "/tracing_on", "1", cancellationToken);

    /// <summary>Turns recording off; what was recorded stays.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public ValueTask StopAsync(CancellationToken cancellationToken) => Target.WriteTextAsync(Path + "/tracing_on", "0", cancellationToken);

    /// <summary>Reads whether recording is on; a trigger may have changed it.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async ValueTask<bool> IsOnAsync(CancellationToken cancellationToken) =>
        await Target.ReadTextAsync(Path + "/tracing_on", cancellationToken) != "0";

    /// <summary>Empties the buffer and its counters.</summary>
    /// <exception cref="TargetIOException">EBUSY while a reader maps the buffer.</exception>
    public ValueTask ClearAsync(CancellationToken cancellationToken) => Target.WriteTextAsync(Path + "/trace", "", cancellationToken);

    /// <summary>Removes the instance now rather than at the end of the scenario.</summary>
    /// <exception cref="KernelRefusedException">EBUSY: one of its files is open, or a tracer holds it.</exception>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Target.RemoveDirectoryAsync(Path, cancellationToken);
        }
        catch (TargetIOException e) when (e.Errno == Errno.EBUSY)
        {
            throw new KernelRefusedException(
                $"removing the trace instance '{Name}'", Target.Name, e.Errno, hint: "close its trace_pipe and other files, and set its tracer to nop", inner: e);
        }
    }
}
