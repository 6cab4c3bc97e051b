namespace LabTrace.Tracing;

/// <summary>A kind of capture that can be read.</summary>
public interface ITraceFormat
{
    /// <summary>What users call it, for example <c>trace.dat</c>.</summary>
    string Name { get; }

    /// <summary>Whether a capture that starts with these bytes is of this kind.</summary>
    /// <param name="start">At most <see cref="TraceFormats.RecognitionBytes"/> bytes.</param>
    bool Recognises(ReadOnlySpan<byte> start);

    /// <summary>Reads a capture of this kind.</summary>
    /// <param name="capture">The bytes; it must stay open while the trace is used.</param>
    /// <param name="mode">What to do when the container is damaged.</param>
    /// <exception cref="TraceFormatException">The container cannot be read, or is damaged and <paramref name="mode"/> is strict.</exception>
    Trace Read(Capture capture, ReadMode mode);
}
