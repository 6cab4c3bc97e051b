namespace LabTrace.Tracing;

/// <summary>A kind of capture that can be read.</summary>
public interface ITraceFormat
{
    /// <summary>What users call it, for example <c>trace.dat</c>.</summary>
    string Name { get; }

    /// <summary>Whether a capture that starts with these bytes is of this kind.</summary>
    /// <param name="start">At most <see cref="TraceFormats.RecognitionBytes"/> bytes.</param>
    bool Recognises(ReadOnlySpan<byte> start);

    /// <summary>Opens a capture of this kind for reading event by event, in memory that does not grow with it.</summary>
    /// <param name="capture">The bytes; it must stay open while the reader is used. A kind that reads front to back takes
    /// <see cref="Capture.OpenStream"/>, so that pipes and packed files need no copy; one that jumps takes <see cref="Capture.ReadAt"/>.</param>
    /// <param name="mode">What to do when the container is damaged.</param>
    /// <exception cref="TraceFormatException">The header cannot be read, or is damaged and <paramref name="mode"/> is strict.</exception>
    TraceReader Open(Capture capture, ReadMode mode);

    /// <summary>Reads a whole capture of this kind into memory.</summary>
    /// <param name="capture">The bytes.</param>
    /// <param name="mode">What to do when the container is damaged.</param>
    /// <exception cref="TraceFormatException">The container cannot be read, or is damaged and <paramref name="mode"/> is strict.</exception>
    Trace Read(Capture capture, ReadMode mode)
    {
        using var reader = Open(capture, mode);
        return reader.ReadToEnd();
    }
}
