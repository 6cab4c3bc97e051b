namespace LabTrace.Reports;

/// <summary>A report cannot be made or written.</summary>
public sealed class ReportException : IOException
{
    internal ReportException(string message, string hint, Exception? inner = null)
        : base($"{message}\n  try: {hint}", inner)
    {
        Hint = hint;
    }

    /// <summary>What to do about it.</summary>
    public string Hint { get; }
}
