namespace LabTrace.Devices;

/// <summary>A program to run on a target, with its arguments as they are: no shell takes part.</summary>
/// <param name="Program">A name looked up in the target's PATH, or an absolute path.</param>
/// <param name="Arguments">The arguments, without the program's name.</param>
public sealed record Command(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>The largest output kept per stream unless told otherwise: 16 MiB.</summary>
    public const int DefaultOutputLimit = 16 << 20;

    /// <summary>Makes a command.</summary>
    public Command(string program, params string[] arguments)
        : this(program, (IReadOnlyList<string>)arguments)
    {
    }

    /// <summary>Bytes the program reads on standard input; it then sees end of file.</summary>
    public ReadOnlyMemory<byte> StandardInput { get; init; }

    /// <summary>Directory to run in, or null for the target's default.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables added to the target's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(0);

    /// <summary>How long it may run once released, or null for no limit of its own.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long it has between SIGINT and SIGKILL.</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes kept of each of standard output and standard error; the rest is read, counted and let go.</summary>
    public int OutputLimit { get; init; } = DefaultOutputLimit;

    /// <summary>
    /// Start it held before its first instruction, so that tracing can be set to its pid; see
    /// <see cref="ITargetProcess.ReleaseAsync"/>. Until then the pid is that of whatever holds it, with another comm.
    /// </summary>
    public bool HeldAtStart { get; init; }

    /// <summary>The command as one would type it, quoted for a POSIX shell; for messages only.</summary>
    public override string ToString() => CommandLine.Join([Program, .. Arguments]);
}
