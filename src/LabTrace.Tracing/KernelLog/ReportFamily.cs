namespace LabTrace.Tracing.KernelLog;

/// <summary>The rules for lines that hold a word.</summary>
/// <param name="Word">What a first line holds, as ASCII.</param>
/// <param name="Rules">What it may begin, the most particular first.</param>
internal sealed record ReportFamily(string Word, IReadOnlyList<ReportRule> Rules);
