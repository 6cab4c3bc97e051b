namespace LabTrace.Devices;

/// <summary>One thing a place may be able to do, and how to find out.</summary>
public sealed class CapabilityProbe
{
    private readonly Func<ProbeBench, CancellationToken, Task<string>> _try;
    private readonly Func<Errno, string> _remedy;

    /// <summary>Describes a probe.</summary>
    /// <param name="name">Stable kebab-case name.</param>
    /// <param name="summary">What it lets a scenario do, for people.</param>
    /// <param name="remedy">What would supply it, by the errno met (<see cref="Errno.None"/> when there was none).</param>
    /// <param name="try">Tries it and returns the evidence; throws when it does not work.</param>
    internal CapabilityProbe(string name, string summary, Func<Errno, string> remedy, Func<ProbeBench, CancellationToken, Task<string>> @try)
    {
        Name = name;
        Summary = summary;
        _remedy = remedy;
        _try = @try;
    }

    /// <summary>The name for <c>@needs:</c> tags and lab configurations; it never changes.</summary>
    public string Name { get; }

    /// <summary>What it lets a scenario do.</summary>
    public string Summary { get; }

    /// <summary>Tries it on a target and takes back whatever that changed.</summary>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public async Task<Capability> TryAsync(ITarget target, CancellationToken cancellationToken)
    {
        await using var changes = TargetChanges.InMemory(target);
        return await TryAsync(changes, cancellationToken);
    }

    /// <summary>Tries it on a target; what that changes is taken back with the other changes.</summary>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public Task<Capability> TryAsync(TargetChanges changes, CancellationToken cancellationToken) =>
        TryAsync(new ProbeBench(changes), cancellationToken);

    internal async Task<Capability> TryAsync(ProbeBench bench, CancellationToken cancellationToken)
    {
        try
        {
            return new Capability(Name, Available: true, await _try(bench, cancellationToken), Remedy: null);
        }
        catch (LabException e) when (e is not TargetUnreachableException)
        {
            return new Capability(Name, Available: false, Evidence(e), e is ProbeFailedException { Hint: { } own } ? own : Remedy(e));
        }
    }

    // The first line of a message says what was tried and what came of it; the rest is advice for people who asked for more.
    private static string Evidence(LabException error) => error.Message.Split('\n')[0];

    private string Remedy(LabException error)
    {
        var errno = ErrnoOf(error);
        return errno is Errno.EACCES ? "run as root: sudo ./labtrace …" : _remedy(errno);
    }

    private static Errno ErrnoOf(Exception? error) => error switch
    {
        null => Errno.None,
        TargetIOException io => io.Errno,
        KernelRefusedException refused => refused.Errno,
        _ => ErrnoOf(error.InnerException),
    };
}
