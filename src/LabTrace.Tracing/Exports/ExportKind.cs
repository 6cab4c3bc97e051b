namespace LabTrace.Tracing;

/// <summary>A kind of file that a trace can be written as.</summary>
/// <param name="Name">What users call it, for example <c>csv</c>.</param>
/// <param name="Extensions">Endings of file names that mean it, with their dots.</param>
/// <param name="IsBinary">Whether it is no text, so that a terminal should not get it.</param>
/// <param name="Description">What it is and what reads it.</param>
/// <param name="IsCapture">Whether it is a capture that can be asked again: where a cpu's clock stepped back its events are written as they were recorded.
/// The other kinds have all events in order of time.</param>
/// <param name="Create">Opens an export to a stream; the stream is left open, need not be seekable, and is written from front to back.</param>
public sealed record ExportKind(
    string Name, IReadOnlyList<string> Extensions, bool IsBinary, bool IsCapture, string Description, Func<Stream, ExportOptions, ITraceExport> Create);
