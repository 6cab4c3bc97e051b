using System.Diagnostics.CodeAnalysis;

namespace LabTrace.Tracing;

/// <summary>A capture's container, an event's format text or a header cannot be read; single broken records are counted instead.</summary>
public sealed class TraceFormatException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What was found, what was expected, where.</param>
    /// <param name="hint">What to try, without the words "try:", or null.</param>
    /// <param name="offset">Byte offset in the capture, or -1 when there is none.</param>
    /// <param name="field">The field or section that was being read, or null.</param>
    /// <param name="inner">The cause, if another error is.</param>
    public TraceFormatException(string message, string? hint = null, long offset = -1, string? field = null, Exception? inner = null)
        : base(hint is null ? message : $"{message}\n  try: {hint}", inner)
    {
        Hint = hint;
        Offset = offset;
        Field = field;
    }

    /// <summary>What to try; also the message's second line.</summary>
    public string? Hint { get; }

    /// <summary>Byte offset in the capture where reading stopped, -1 when unknown.</summary>
    public long Offset { get; }

    /// <summary>The field or section that was being read.</summary>
    public string? Field { get; }

    [DoesNotReturn]
    internal static void Throw(string message, string? hint = null, long offset = -1, string? field = null) =>
        throw new TraceFormatException(message, hint, offset, field);
}
