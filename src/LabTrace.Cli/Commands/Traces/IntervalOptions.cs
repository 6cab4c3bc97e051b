using System.CommandLine;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>The options that say which intervals a command measures.</summary>
internal sealed class IntervalOptions
{
    private readonly Option<EventSelector?> _from = TraceOptions.One("--from", "SELECTOR", "what starts an interval", EventSelector.Parse);
    private readonly Option<EventSelector?> _to = TraceOptions.One("--to", "SELECTOR", "what ends it [default: the same as --from: periods]", EventSelector.Parse);
    private readonly Option<string?> _key = new("--on")
    {
        Description = "what both must share: cpu, pid, tgid, comm or a field; pid=next_pid where the end calls it otherwise; several joined by commas",
        HelpName = "KEY",
    };

    private readonly Option<Duration?> _deadline = TraceOptions.Time("--deadline", "the longest an interval may be; a longer one makes the exit code 1");

    /// <summary>Adds the options to a command.</summary>
    public IntervalOptions AddTo(Command command)
    {
        foreach (var option in new Option[] { _from, _to, _key, _deadline })
        {
            command.Options.Add(option);
        }

        return this;
    }

    /// <summary>What starts an interval, null when nobody said.</summary>
    public EventSelector? From(ParseResult parsed) => parsed.GetValue(_from);

    /// <summary>What ends it.</summary>
    public EventSelector? To(ParseResult parsed) => parsed.GetValue(_to) ?? parsed.GetValue(_from);

    /// <summary>What both share.</summary>
    public string? Key(ParseResult parsed) => parsed.GetValue(_key);

    /// <summary>How long an interval may be.</summary>
    public Duration? Deadline(ParseResult parsed) => parsed.GetValue(_deadline);

    /// <summary>Measures a capture.</summary>
    /// <exception cref="UsageException">Nothing says what to measure, or the clock measures no time.</exception>
    public MeasuredIntervals Measure(ParseResult parsed, TraceInput input, int worst, CancellationToken cancellationToken)
    {
        if (From(parsed) is not { } from || To(parsed) is not { } to)
        {
            throw new UsageException("what to measure is not known\n  try: --from SELECTOR and --to SELECTOR");
        }

        if (!input.Info.IsClockInNanoseconds)
        {
            throw new UsageException($"the capture was recorded with the clock '{input.Info.ClockName}', which counts ticks and measures no time\n  try: record with `-C mono`");
        }

        var measured = new MeasuredIntervals(new IntervalPairing(from, to, Key(parsed)), worst);
        while (input.Read(out var item, cancellationToken))
        {
            measured.Add(item, input.Events.Index);
        }

        return measured;
    }
}
