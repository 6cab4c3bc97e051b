namespace LabTrace.Tracing;

/// <summary>What to do with a capture whose container is damaged.</summary>
public enum ReadMode
{
    /// <summary>Refuse it with a <see cref="TraceFormatException"/> that says where.</summary>
    Strict,

    /// <summary>Read everything before the damage and tell in <see cref="ReadTally.Missing"/> what is not there.</summary>
    Salvage,
}
