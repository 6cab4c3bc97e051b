namespace LabTrace.Tracing.Queries;

/// <summary>Durations, rates, and whether the trace can be trusted.</summary>
public static partial class TraceQueries
{
    // Counters: their unit is the cpu's, or none.
    extension(Trace trace)
    {
        /// <summary>The time from one event to the next of another kind is within a limit.</summary>
        /// <param name="from">An <see cref="EventSelector"/>.</param>
        /// <param name="to">An <see cref="EventSelector"/>; an event without a start before it is counted as unmatched.</param>
        /// <param name="statistic">Which of the times.</param>
        /// <param name="limit">On which side of the bound it must be.</param>
        /// <param name="bound">The bound.</param>
        /// <param name="key">What both must share (<c>cpu</c>, <c>pid</c>, <c>tgid</c>, <c>comm</c> or a field), or null for nothing.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        /// <exception cref="InvalidOperationException">The trace clock does not count nanoseconds.</exception>
        public Finding TimeBetween(string from, string to, Statistic statistic, Limit limit, Duration bound, string? key = null)
        {
            RequireNanoseconds(trace, "a time limit");
            var expected = $"the {statistic.InWords()} time from {from} to {to}{new EventKey(key).Clause} is {limit.InWords()} {bound}";
            var pairs = Intervals.Find(trace, from, to, key);
            if (pairs.Lengths.Count == 0)
            {
                return Presence(trace, holds: false, expected, $"no such interval; {pairs.UnmatchedInWords}{Instead(trace, from, 0)}", []);
            }

            var value = new Duration(pairs.Lengths.At(statistic));
            var holds = limit.Allows(value, bound);
            List<int> outside = [.. pairs.Found.Where(i => !limit.Allows(i.Length, bound)).Select(i => (int)i.EndIndex)];
            var finding = Universal(trace, holds, expected, $"{value} over {pairs.InWords}", holds ? [] : outside);
            finding.Times = new MeasuredTimes(
                $"from {from} to {to}{new EventKey(key).Clause}", pairs.Lengths.Values, bound, $"{statistic.InWords()} {limit.InWords()} {bound}");
            return Counted(finding, pairs);
        }

        /// <summary>The number of events per second, over the time that the trace covers, is within a limit.</summary>
        /// <param name="events">An <see cref="EventSelector"/>.</param>
        /// <param name="limit">On which side of the bound it must be.</param>
        /// <param name="perSecond">The bound.</param>
        /// <exception cref="FormatException">The selector is wrong.</exception>
        /// <exception cref="InvalidOperationException">The trace clock does not count nanoseconds.</exception>
        public Finding Rate(string events, Limit limit, double perSecond)
        {
            RequireNanoseconds(trace, "a rate");
            var expected = $"{limit.InWords()} {perSecond} {Events(events, 2)} per second";
            var count = Indices(trace, events).Count;
            var covered = trace.Events.Count < 2 ? Duration.Zero : trace.Events[^1].Time - trace.Events[0].Time;
            if (covered.Nanoseconds <= 0)
            {
                return Presence(trace, holds: false, expected, $"{Number(count)} events in a trace that covers no time", []);
            }

            var rate = count * 1e9 / covered.Nanoseconds;
            var found = $"{rate:0.###} per second: {Number(count)} events in {covered}";
            return limit == Limit.AtLeast
                ? Presence(trace, rate >= perSecond, expected, found, [])
                : Universal(trace, rate <= perSecond, expected, found);
        }

        /// <summary>The kernel lost nothing.</summary>
        public Finding NothingLost() => new(
            trace,
            trace.Tally.HasLost ? Answer.Refuted : Answer.Holds,
            "no events lost",
            trace.Tally.HasLost ? $"{trace.Tally}" : $"{Number(trace.Events.Count)} events, none lost",
            [.. trace.Losses.Where(l => l.Index < trace.Events.Count).Select(l => l.Index)]);

        /// <summary>The kernel lost events, and says so.</summary>
        public Finding SomethingLost() => new(
            trace, trace.Tally.HasLost ? Answer.Holds : Answer.Refuted, "events lost", $"{trace.Tally}");

        /// <summary>Every record could be read.</summary>
        public Finding NothingMalformed() => new(
            trace,
            trace.Tally.Malformed == 0 && trace.Tally.Missing.Count == 0 ? Answer.Holds : Answer.Refuted,
            "nothing malformed",
            $"{trace.Tally}{string.Concat(trace.Tally.Samples.Select(s => $"\n  at offset {s.Offset}: {s.Reason}: {s.Excerpt}"))}");

        /// <summary>The trace was recorded with this clock.</summary>
        /// <param name="clock">As in <c>trace_clock</c>.</param>
        public Finding RecordedWithClock(string clock) => new(
            trace,
            string.Equals(trace.ClockName, clock, StringComparison.Ordinal) ? Answer.Holds : Answer.Refuted,
            $"recorded with the clock '{clock}'",
            $"'{trace.ClockName}'");
    }

    private static void RequireNanoseconds(Trace trace, string what)
    {
        if (!trace.IsClockInNanoseconds || !EventSchema.IsNanosecondClock(trace.ClockName))
        {
            throw new InvalidOperationException(
                $"{what} needs a clock that counts nanoseconds, and the trace was recorded with '{trace.ClockName}'\n  try: `Given the trace clock is \"mono\"`");
        }
    }
}
