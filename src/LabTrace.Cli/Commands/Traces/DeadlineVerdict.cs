using System.Globalization;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>Whether intervals keep a deadline, as far as the capture can tell.</summary>
/// <param name="Deadline">The longest an interval may be.</param>
/// <param name="Missed">How many are longer.</param>
/// <param name="HasLost">Whether events were lost that might have shown another miss.</param>
internal sealed record DeadlineVerdict(Duration Deadline, Proportion Missed, bool HasLost)
{
    /// <summary>What the capture says.</summary>
    public Answer Answer => Missed.Misses > 0 ? Answer.Refuted
        : HasLost ? Answer.Undecided
        : Missed.Total == 0 ? Answer.Refuted
        : Answer.Holds;

    /// <summary>What that means for the command's exit code.</summary>
    public ExitCode ExitCode => Answer switch
    {
        Answer.Holds => ExitCode.Passed,
        Answer.Refuted => ExitCode.Failed,
        _ => ExitCode.Broken,
    };

    /// <summary>The verdict in words.</summary>
    public string InWords => Answer switch
    {
        Answer.Undecided => "cannot be told: events were lost that might have shown a miss",
        Answer.Refuted when Missed.Total == 0 => "not kept: there is no interval to speak of",
        Answer.Refuted => $"missed: {Shares}",
        _ => $"kept: {Shares}",
    };

    private string Shares => string.Create(
        CultureInfo.InvariantCulture,
        $"{Missed.Misses:N0} of {Missed.Total:N0} longer than {Deadline} ({Missed.Share * 100:0.####} %; with 95 % confidence at most {Missed.UpperBound * 100:0.####} %)");
}
