using System.Globalization;

namespace LabTrace.Tracing.Queries;

/// <summary>Distributions of times, gaps, rates over time, repeated orders, comparison with another trace, and the four counters.</summary>
public static partial class TraceQueries
{
    extension(Trace trace)
    {
        /// <summary>Of the times between two kinds of events at least so many percent lie within bounds.</summary>
        /// <param name="from">An <see cref="EventSelector"/>.</param>
        /// <param name="to">An <see cref="EventSelector"/>; may be the same, for periods.</param>
        /// <param name="percent">From 0 to 100.</param>
        /// <param name="least">The shortest time that counts.</param>
        /// <param name="most">The longest time that counts.</param>
        /// <param name="key">What both must share, see <see cref="IntervalPairing"/>; null for nothing.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        /// <exception cref="InvalidOperationException">The trace clock does not count nanoseconds.</exception>
        public Finding ShareWithin(string from, string to, double percent, Duration least, Duration most, string? key = null)
        {
            RequireNanoseconds(trace, "a time limit");
            var expected = string.Create(
                CultureInfo.InvariantCulture, $"at least {percent} % of the times from {from} to {to}{new EventKey(key).Clause} are between {least} and {most}");
            var pairs = Intervals.Find(trace, from, to, key);
            if (pairs.Lengths.Count == 0)
            {
                return Counted(Presence(trace, holds: false, expected, $"no such interval; {pairs.UnmatchedInWords}{Instead(trace, from, 0)}", []), pairs);
            }

            List<int> outside = [.. pairs.Found.Where(i => i.Length < least || i.Length > most).Select(i => (int)i.EndIndex)];
            var share = 100.0 * (pairs.Lengths.Count - outside.Count) / pairs.Lengths.Count;
            var found = string.Create(CultureInfo.InvariantCulture, $"{share:0.###} % of {pairs.InWords}");
            return Counted(Universal(trace, share >= percent, expected, found, share >= percent ? [] : outside), pairs);
        }

        /// <summary>At most so many starts and ends of intervals have no partner.</summary>
        /// <param name="most">Zero or more.</param>
        /// <param name="from">An <see cref="EventSelector"/>.</param>
        /// <param name="to">An <see cref="EventSelector"/>.</param>
        /// <param name="key">What both must share, see <see cref="IntervalPairing"/>; null for nothing.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        public Finding UnmatchedAtMost(int most, string from, string to, string? key = null)
        {
            var expected = $"at most {Number(most)} unmatched starts and ends from {from} to {to}{new EventKey(key).Clause}";
            var pairs = Intervals.Find(trace, from, to, key);
            return pairs.Lengths.Count == 0 && pairs.Unmatched == 0
                ? NoneToSpeakOf(trace, from, expected)
                : Counted(Universal(trace, pairs.Unmatched <= most, expected, $"{pairs.UnmatchedInWords}, {Number(pairs.Lengths.Count)} intervals"), pairs);
        }

        /// <summary>The times between two kinds of events are not longer than in another trace, on the whole or in their tail, beyond chance.</summary>
        /// <param name="other">The trace to compare with.</param>
        /// <param name="name">What to call it.</param>
        /// <param name="from">An <see cref="EventSelector"/>.</param>
        /// <param name="to">An <see cref="EventSelector"/>; may be the same, for periods.</param>
        /// <param name="key">What both must share, see <see cref="IntervalPairing"/>; null for nothing.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        /// <exception cref="InvalidOperationException">A trace clock does not count nanoseconds.</exception>
        public Finding NotLongerThan(Trace other, string name, string from, string to, string? key = null) =>
            Compared(trace, other, name, from, to, key, "not longer than", (c, _, _) => !c.IsSecondLonger);

        /// <summary>The times between two kinds of events are shorter than in another trace, on the whole or in their tail, beyond chance.</summary>
        /// <param name="other">The trace to compare with.</param>
        /// <param name="name">What to call it.</param>
        /// <param name="from">An <see cref="EventSelector"/>.</param>
        /// <param name="to">An <see cref="EventSelector"/>; may be the same, for periods.</param>
        /// <param name="key">What both must share, see <see cref="IntervalPairing"/>; null for nothing.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        /// <exception cref="InvalidOperationException">A trace clock does not count nanoseconds.</exception>
        public Finding ShorterThan(Trace other, string name, string from, string to, string? key = null) =>
            Compared(trace, other, name, from, to, key, "shorter than", (c, _, _) => !c.IsSecondLonger && (c.PlaceShift == Shift.Shorter || c.TailShift == Shift.Shorter));

        /// <summary>
        /// The longest time between two kinds of events is shorter than the longest in another trace, whatever the others are: for a
        /// worst case that both recordings are known to have provoked. It says nothing of chance.
        /// </summary>
        /// <param name="other">The trace to compare with.</param>
        /// <param name="name">What to call it.</param>
        /// <param name="from">An <see cref="EventSelector"/>.</param>
        /// <param name="to">An <see cref="EventSelector"/>; may be the same, for periods.</param>
        /// <param name="key">What both must share, see <see cref="IntervalPairing"/>; null for nothing.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        /// <exception cref="InvalidOperationException">A trace clock does not count nanoseconds.</exception>
        public Finding LongestShorterThan(Trace other, string name, string from, string to, string? key = null) =>
            Compared(trace, other, name, from, to, key, "shorter at their longest than", (_, before, now) => now.Found.Max(i => i.Length) < before.Found.Max(i => i.Length));

        /// <summary>Between two events of a kind there is never more than so much time.</summary>
        /// <param name="events">An <see cref="EventSelector"/>; there must be at least two.</param>
        /// <param name="limit">The longest time.</param>
        /// <param name="key">What both must share; null for nothing.</param>
        /// <exception cref="FormatException">The selector is wrong.</exception>
        /// <exception cref="InvalidOperationException">The trace clock does not count nanoseconds.</exception>
        public Finding NoGapLongerThan(string events, Duration limit, string? key = null)
        {
            RequireNanoseconds(trace, "a gap");
            var expected = $"no gap longer than {limit} between {Events(events, 2)}{new EventKey(key).Clause}";
            var (selector, finder) = (EventSelector.Parse(events), new GapFinder(limit, key));
            var gaps = new List<int>();
            var all = trace.Events;
            for (var i = 0; i < all.Count; i++)
            {
                if (selector.Matches(all[i]) && finder.Add(all[i], i, out _))
                {
                    gaps.Add(i);
                }
            }

            return finder.Longest is not { } longest
                ? NoneToSpeakOf(trace, events, expected)
                : Universal(trace, gaps.Count == 0, expected, $"{Number(gaps.Count)} gaps; the longest time is {longest.Length}{(longest.Key.Length > 0 ? $" ({longest.Key})" : "")}", gaps);
        }

        /// <summary>In every step of time, the last and incomplete one left out, there are at least so many events.</summary>
        /// <param name="events">An <see cref="EventSelector"/>.</param>
        /// <param name="least">Zero or more.</param>
        /// <param name="step">The length of a step.</param>
        /// <exception cref="FormatException">The selector is wrong.</exception>
        /// <exception cref="InvalidOperationException">The trace clock does not count nanoseconds.</exception>
        public Finding RateInEvery(string events, int least, Duration step)
        {
            RequireNanoseconds(trace, "a rate");
            var expected = $"at least {Number(least)} {Events(events, least)} in every {step}";
            var (selector, series) = (EventSelector.Parse(events), new RateSeries(step));
            foreach (var item in trace.Events)
            {
                if (selector.Matches(item))
                {
                    series.Add(item.Time);
                }
            }

            if (series.Counts.Count < 2)
            {
                return Presence(trace, holds: false, expected, $"{Number(series.Counts.Sum())} in less than one step{Instead(trace, events, series.Counts.Count)}", []);
            }

            var whole = series.Counts.Take(series.Counts.Count - 1).ToArray();
            var worst = Array.IndexOf(whole, whole.Min());
            return Universal(
                trace, whole[worst] >= least, expected, $"{Number(whole.Min())} to {Number(whole.Max())} in {Number(whole.Length)} steps; fewest in the step from {series.Start + new Duration(step.Nanoseconds * worst)}");
        }

        /// <summary>Events follow each other in an order, again and again, for every key by itself.</summary>
        /// <param name="chain"><see cref="EventSelector"/>s, at least two; the order must be run through at least once.</param>
        /// <param name="key">What the events of one run must share; null for nothing.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        public Finding AlwaysInOrder(IReadOnlyList<string> chain, string? key = null)
        {
            var expected = $"again and again: {string.Join(", then ", chain)}{new EventKey(key).Clause}";
            var rule = new OrderRule([.. chain.Select(EventSelector.Parse)], key);
            var all = trace.Events;
            for (var i = 0; i < all.Count; i++)
            {
                rule.Add(all[i], i);
            }

            var found = $"{Number(rule.Complete)} times in order, {Number(rule.Broken)} events out of turn, {Number(rule.Unmatched)} begun and not ended";
            var first = rule.CounterExamples.Count == 0 ? "" : $"; expected {rule.CounterExamples[0].Expected} instead of the marked event";
            var finding = rule.Broken > 0 ? Universal(trace, holds: false, expected, found + first, [.. rule.CounterExamples.Select(b => (int)b.Index)])
                : rule.Complete == 0 ? NoneToSpeakOf(trace, chain[0], expected)
                : Universal(trace, holds: true, expected, found);
            finding.Unmatched = rule.Unmatched;
            return finding;
        }

        /// <summary>One of the counters of what was not seen is at most so large.</summary>
        /// <param name="counter">Which one.</param>
        /// <param name="most">Zero or more.</param>
        public Finding CounterAtMost(TraceCounter counter, int most)
        {
            var counters = QueryCounters.Of(trace.Tally);
            var (count, isExact) = counter switch
            {
                TraceCounter.Lost => (counters.Lost, counters.IsLostExact),
                TraceCounter.Malformed => (counters.Malformed, true),
                _ => (counters.Skipped, true),
            };
            var name = counter.ToString().ToLowerInvariant();

            // "At least three were lost" may be four.
            var answer = count > most ? Answer.Refuted : isExact ? Answer.Holds : Answer.Undecided;
            return new Finding(trace, answer, $"at most {Number(most)} {name} events", $"{(isExact ? "" : "at least ")}{Number(count)} {name}; {trace.Tally}");
        }
    }

    private static Finding Compared(
        Trace trace, Trace other, string name, string from, string to, string? key, string relation, Func<SampleComparison, Intervals, Intervals, bool> isSo)
    {
        RequireNanoseconds(trace, "a comparison of times");
        RequireNanoseconds(other, "a comparison of times");
        var expected = $"the times from {from} to {to}{new EventKey(key).Clause} are {relation} in {name}";
        var (pairs, before) = (Intervals.Find(trace, from, to, key), Intervals.Find(other, from, to, key));
        if (before.Lengths.Count == 0)
        {
            throw new InvalidOperationException($"{name} has no interval from {from} to {to} to compare with; {before.UnmatchedInWords}");
        }

        if (pairs.Lengths.Count == 0)
        {
            return Counted(Presence(trace, holds: false, expected, $"no such interval; {pairs.UnmatchedInWords}{Instead(trace, from, 0)}", []), pairs);
        }

        var comparison = SampleComparison.Of(before.Lengths, pairs.Lengths);
        var found = string.Create(CultureInfo.InvariantCulture, $"{comparison.InWords()} (delta {comparison.Place.Delta:0.###}, p {comparison.Place.PValue:0.##e+0}; above {new Duration(comparison.TailBound)}: {comparison.SecondTail.Share * 100:0.##} % instead of {comparison.FirstTail.Share * 100:0.##} %, p {comparison.TailPValue:0.##e+0}); {pairs.InWords}; in {name} {before.InWords}");
        var holds = isSo(comparison, before, pairs);
        List<int> longest = holds ? [] : [.. pairs.Found.OrderByDescending(i => i.Length).Take(3).Select(i => (int)i.EndIndex)];

        // Losses on either side may hide the intervals that differ.
        return Counted(new Finding(trace, !holds ? Answer.Refuted : trace.Tally.HasLost || other.Tally.HasLost ? Answer.Undecided : Answer.Holds, expected, found, longest), pairs);
    }

    private static Finding Counted(Finding finding, Intervals pairs)
    {
        finding.Unmatched = pairs.Unmatched;
        return finding;
    }
}
