namespace LabTrace.Tracing.KernelLog;

/// <summary>Something a kernel said of itself that it should not have had to say: an oops, a warning, a stall, a leak.</summary>
/// <param name="Title">
/// Names the defect and not the occurrence, so that two logs of one defect have one title: addresses, pids, cpu numbers and sizes
/// are left out, and the function is the guilty one of the call trace. It is <c>corrupted</c> when the report is cut or
/// interleaved before it tells.
/// </param>
/// <param name="Type">The kind, such as <c>KASAN-READ</c>, <c>LOCKDEP</c>, <c>HANG</c>, <c>WARNING</c>, <c>LEAK</c>, <c>OOM</c>; see KernelLog.md.</param>
/// <param name="Line">The report's first line in the log, one-based.</param>
/// <param name="EndLine">Its last line, one-based; at least <paramref name="Line"/>.</param>
/// <param name="Offset">The byte at which its first line begins, zero-based.</param>
/// <param name="Excerpt">The report's lines without timestamp and caller, at most <see cref="KernelLogReader.LongestExcerpt"/> of them.</param>
public sealed record KernelReport(string Title, string Type, int Line, int EndLine, int Offset, IReadOnlyList<string> Excerpt);
