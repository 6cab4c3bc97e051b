namespace LabTrace.Devices;

/// <summary>An error of the lab or of LabTrace, never of the device under test. Its message says what was found, expected and where.</summary>
public abstract class LabException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="message">What was found, what was expected, where.</param>
    /// <param name="hint">What to try, without the words "try:", or null.</param>
    /// <param name="inner">The cause, if another error is.</param>
    protected LabException(string message, string? hint, Exception? inner = null)
        : base(hint is null ? message : $"{message}\n  try: {hint}", inner) => Hint = hint;

    /// <summary>What to try; also the message's second line.</summary>
    public string? Hint { get; }
}

/// <summary>The target's kernel refused a call.</summary>
public sealed class TargetIOException : LabException
{
    /// <summary>Makes the error.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="operation">What was tried, for example <c>write '1'</c>.</param>
    /// <param name="path">The file or program.</param>
    /// <param name="errno">The refusal.</param>
    /// <param name="hint">What to try, or null.</param>
    public TargetIOException(string target, string operation, string path, Errno errno, string? hint = null)
        : base($"{operation} {path} on target '{target}': {errno.Name()} ({errno.Text()})", hint)
    {
        Target = target;
        Operation = operation;
        Path = path;
        Errno = errno;
    }

    /// <summary>The target's name.</summary>
    public string Target { get; }

    /// <summary>What was tried, for example <c>write '1'</c>.</summary>
    public string Operation { get; }

    /// <summary>The file or program.</summary>
    public string Path { get; }

    /// <summary>The refusal.</summary>
    public Errno Errno { get; }

    /// <summary>What to try after a refusal that has the same remedy wherever it comes from, or null.</summary>
    /// <param name="errno">The refusal.</param>
    /// <param name="path">The file.</param>
    public static string? HintFor(Errno errno, string path) => errno switch
    {
        Errno.EACCES => $"run as root, or give your user access to {path}",
        Errno.EBUSY => "something still uses it: end that first",
        Errno.ENOSPC => "free space on the target",
        Errno.EFBIG => "it has no end, or is too large to hold: read it as a stream",
        _ => null,
    };
}

/// <summary>The target does not answer, or the link to it is lost.</summary>
public sealed class TargetUnreachableException : LabException
{
    /// <summary>Makes the error.</summary>
    public TargetUnreachableException(string target, string reason, string? hint = null, Exception? inner = null)
        : base($"target '{target}' does not answer: {reason}", hint, inner)
    {
    }
}

/// <summary>A command that had to succeed did not.</summary>
public sealed class CommandFailedException : LabException
{
    /// <summary>Makes the error from the result.</summary>
    public CommandFailedException(CommandResult result)
        : base(Describe(result), hint: null) => Result = result;

    /// <summary>How the command ended.</summary>
    public CommandResult Result { get; }

    private static string Describe(CommandResult result)
    {
        var tail = result.ErrorText.TrimEnd();
        tail = tail.Length > 2000 ? "…" + tail[^2000..] : tail;
        var end = result.TimedOut
            ? $"did not end within {result.Command.Timeout?.TotalSeconds} s"
            : $"ended with exit code {result.ExitCode}";
        return $"`{result.Command}` on target '{result.Target}' {end}" + (tail.Length == 0 ? "" : $"; it wrote:\n{tail}");
    }
}

/// <summary>The lab's configuration is wrong, or asks for what does not exist.</summary>
public sealed class LabConfigException : LabException
{
    /// <summary>Makes the error.</summary>
    public LabConfigException(string message, string? hint = null, Exception? inner = null)
        : base(message, hint, inner)
    {
    }
}

/// <summary>A place is in use by another run.</summary>
public sealed class PlaceBusyException : LabException
{
    /// <summary>Makes the error.</summary>
    public PlaceBusyException(string message, string? hint = null)
        : base(message, hint)
    {
    }
}

/// <summary>What was asked of a driver does not exist on the target: an event, tracer, option, clock…</summary>
public sealed class NotOnTargetException : LabException
{
    /// <summary>Makes the error.</summary>
    public NotOnTargetException(string message, string? hint = null, Exception? inner = null)
        : base(message, hint, inner)
    {
    }
}
