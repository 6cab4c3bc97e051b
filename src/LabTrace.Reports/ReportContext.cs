using LabTrace.Reports.Record;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports;

/// <summary>What a report is given besides the messages.</summary>
public sealed record ReportContext
{
    /// <summary>The environment variable that says where known issues are.</summary>
    public const string IssueUrlVariable = "LABTRACE_ISSUE_URL";

    /// <summary>Where a report without a file, or with the file <c>-</c>, goes.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Where the console report goes.</summary>
    public required TextWriter Console { get; init; }

    /// <summary>The console is a terminal that somebody watches: progress may be drawn.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Colours may be used on the terminal.</summary>
    public bool UseColours { get; init; }

    /// <summary>What the stream says of the run, kept once for all reports that follow the same stream: a context is for one run.</summary>
    public RunRecord Run { get; init; } = new();

    /// <summary>The stream's lines, made once for all the files that they go to.</summary>
    public MessageLines Lines { get; init; } = new();

    /// <summary>The stream is read from a file, not written as it goes: a report may wait for its end.</summary>
    public bool IsReplay { get; init; }

    /// <summary>The run's directory, told at the end and what links are relative to; null when there is none.</summary>
    public string? RunDirectory { get; init; }

    /// <summary>Where a known issue that a scenario is tagged with (<c>@issue:KEY</c>) can be read, with <c>{key}</c> for its key; null for no links.</summary>
    public string? IssueUrl { get; init; }

    /// <summary>Takes secrets out of a text that does not come from the message stream, a captured file for example.</summary>
    public Func<string, string> Redact { get; init; } = text => text;

    /// <summary>Told a secret of a report's own configuration, which <see cref="Redact"/> and the message stream then leave out.</summary>
    public Action<string> KeepSecret { get; init; } = _ => { };

    /// <summary>Cancelled by Ctrl-C: what may wait is not waited for.</summary>
    public CancellationToken Interrupt { get; init; }

    /// <summary>The process's own console: a terminal unless redirected, in CI, or dumb; colours unless <c>NO_COLOR</c> is set.</summary>
    /// <param name="runDirectory">The run's directory, or null.</param>
    /// <param name="consoleToError">Another report has standard output, so the console report goes to standard error.</param>
    public static ReportContext ForProcess(string? runDirectory, bool consoleToError)
    {
        var isRedirected = consoleToError ? System.Console.IsErrorRedirected : System.Console.IsOutputRedirected;
        return new ReportContext
        {
            Out = System.Console.Out,
            Console = consoleToError ? System.Console.Error : System.Console.Out,
            IsTerminal = !isRedirected && !IsSet("CI") && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb"),
            UseColours = !IsSet("NO_COLOR"),
            RunDirectory = runDirectory,
            IssueUrl = Environment.GetEnvironmentVariable(IssueUrlVariable) is { Length: > 0 } pattern ? pattern : null,
        };
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
