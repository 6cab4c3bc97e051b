namespace LabTrace.Cli.Commands.Traces;

/// <summary>How a command wants the events of text, whose lines need not be in order of time.</summary>
internal enum WantedOrder
{
    /// <summary>In order of time, also what comes through a pipe: its end is waited for.</summary>
    Time,

    /// <summary>In order of time, but what comes through a pipe as it comes: people look on.</summary>
    TimeUnlessLive,

    /// <summary>In any order: everything is counted.</summary>
    Any,
}
