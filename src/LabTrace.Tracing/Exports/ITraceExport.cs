namespace LabTrace.Tracing;

/// <summary>Writes events, in the order they are given, as a file of some kind. Nothing is kept but what the kind needs.</summary>
public interface ITraceExport : IDisposable
{
    /// <summary>Writes an event.</summary>
    /// <param name="item">The event; nothing of it is kept behind the call.</param>
    /// <param name="buffer">The ring buffer it was recorded in: empty for the top one, or an instance's name.</param>
    /// <exception cref="IOException">The output cannot be written.</exception>
    void Write(in TraceEvent item, string buffer = "");

    /// <summary>Says that the kernel lost events on a cpu before its next one.</summary>
    /// <param name="cpu">The cpu, zero-based.</param>
    /// <param name="count">How many, -1 when the kernel does not say.</param>
    /// <param name="buffer">The ring buffer.</param>
    void WriteLoss(int cpu, long count, string buffer = "");

    /// <summary>Ends the file. Nothing may be written behind it.</summary>
    /// <param name="tally">What reading found.</param>
    /// <returns>What the kind could not say, in words and numbers; empty when everything is in the file.</returns>
    /// <exception cref="IOException">The output cannot be written.</exception>
    IReadOnlyList<string> Complete(ReadTally tally);
}
