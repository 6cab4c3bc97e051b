namespace LabTrace.Reports.Record;

/// <summary>Something that went wrong outside of scenarios.</summary>
/// <param name="What">A run hook, or the run itself.</param>
/// <param name="Place"><c>file:line</c>, if known.</param>
/// <param name="Message">What went wrong.</param>
public sealed record RunFault(string What, string? Place, string Message);
