namespace LabTrace.Reports;

/// <summary>A report cannot be made or written.</summary>
public sealed class ReportException : IOException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What could not be done, where and why.</param>
    /// <param name="hint">What to do about it.</param>
    /// <param name="inner">The cause, or null.</param>
    public ReportException(string message, string hint, Exception? inner = null)
        : base($"{message}\n  try: {hint}", inner)
    {
        Hint = hint;
    }

    /// <summary>What to do about it.</summary>
    public string Hint { get; }
}
