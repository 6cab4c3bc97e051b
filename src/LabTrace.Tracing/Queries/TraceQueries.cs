namespace LabTrace.Tracing.Queries;

/// <summary>
/// The questions scenarios ask of a trace. A claim about all events, or about an absence, that holds on a trace which lost
/// events is undecided: green must mean checked.
/// </summary>
public static partial class TraceQueries
{
    extension(Trace trace)
    {
        /// <summary>There are at least so many events.</summary>
        /// <param name="events">An <see cref="EventSelector"/>.</param>
        /// <param name="count">Zero or more.</param>
        /// <exception cref="FormatException">The selector is wrong.</exception>
        public Finding CountAtLeast(string events, int count)
        {
            var found = Indices(trace, events);
            return Presence(trace, found.Count >= count, $"at least {Number(count)} {Events(events, count)}", $"{Number(found.Count)}{Instead(trace, events, found.Count)}", found);
        }

        /// <summary>There are at most so many events.</summary>
        /// <param name="events">An <see cref="EventSelector"/>.</param>
        /// <param name="count">Zero or more.</param>
        /// <exception cref="FormatException">The selector is wrong.</exception>
        public Finding CountAtMost(string events, int count)
        {
            var found = Indices(trace, events);
            return Universal(trace, found.Count <= count, $"at most {Number(count)} {Events(events, count)}", Number(found.Count), found.Skip(count).ToList());
        }

        /// <summary>There are exactly so many events.</summary>
        /// <param name="events">An <see cref="EventSelector"/>.</param>
        /// <param name="count">Zero or more.</param>
        /// <exception cref="FormatException">The selector is wrong.</exception>
        public Finding CountExactly(string events, int count)
        {
            var found = Indices(trace, events);
            var expected = $"exactly {Number(count)} {Events(events, count)}";
            return found.Count < count
                ? Presence(trace, holds: false, expected, $"{Number(found.Count)}{Instead(trace, events, found.Count)}", found)
                : Universal(trace, found.Count == count, expected, Number(found.Count), found.Skip(count).ToList());
        }

        /// <summary>Each event has all these fields, and there is at least one event.</summary>
        /// <param name="events">An <see cref="EventSelector"/>.</param>
        /// <param name="fields">Names of fields.</param>
        /// <exception cref="FormatException">The selector is wrong.</exception>
        public Finding EveryHasFields(string events, params IReadOnlyList<string> fields)
        {
            var expected = $"every {Events(events, 1)} has the fields {string.Join(", ", fields)}";
            var found = Indices(trace, events);
            if (found.Count == 0)
            {
                return NoneToSpeakOf(trace, events, expected);
            }

            var lacking = found.Where(i => fields.Any(f => !trace.Events[i].TryGetField(f, out _))).ToList();
            if (lacking.Count == 0)
            {
                return new Finding(trace, Answer.Holds, expected, $"{Number(found.Count)} that have them");
            }

            var first = trace.Events[lacking[0]];
            var missing = fields.Where(f => !first.TryGetField(f, out _));
            return new Finding(
                trace,
                Answer.Refuted,
                expected,
                $"{Number(lacking.Count)} of {Number(found.Count)} without {string.Join(", ", missing)}; its fields: {string.Join(", ", first.Fields.Select(f => f.Key))}",
                lacking);
        }

        /// <summary>Every, some or no event satisfies a condition on a field.</summary>
        /// <param name="quantity">How many must.</param>
        /// <param name="events">An <see cref="EventSelector"/>.</param>
        /// <param name="condition">The condition.</param>
        /// <exception cref="FormatException">The selector is wrong.</exception>
        public Finding Compare(Quantity quantity, string events, FieldCondition condition)
        {
            ArgumentNullException.ThrowIfNull(condition);
            var expected = $"{quantity.ToString().ToLowerInvariant()} {Events(events, 1)} with {condition}";
            var found = Indices(trace, events);
            if (found.Count == 0 && quantity != Quantity.No)
            {
                return NoneToSpeakOf(trace, events, expected);
            }

            var with = found.Where(i => condition.IsSatisfiedBy(trace.Events[i])).ToList();
            switch (quantity)
            {
                case Quantity.Some:
                    return Presence(trace, with.Count > 0, expected, $"{Number(with.Count)} of {Number(found.Count)}; {Values(trace, found, condition.Field)}", with.Count > 0 ? with : found);
                case Quantity.No:
                    return with.Count > 0
                        ? new Finding(trace, Answer.Refuted, expected, $"{Number(with.Count)} of {Number(found.Count)}", with)
                        : Universal(trace, holds: true, expected, $"none of {Number(found.Count)}");
                default:
                    var without = found.Except(with).ToList();
                    return without.Count > 0
                        ? new Finding(trace, Answer.Refuted, expected, $"{Number(without.Count)} of {Number(found.Count)} otherwise; {Values(trace, without, condition.Field)}", without)
                        : Universal(trace, holds: true, expected, $"all {Number(found.Count)}");
            }
        }

        /// <summary>There are no other events.</summary>
        /// <param name="events">An <see cref="EventSelector"/>.</param>
        /// <exception cref="FormatException">The selector is wrong.</exception>
        public Finding Only(string events)
        {
            var selector = EventSelector.Parse(events);
            var others = Indices(trace, (in TraceEvent e) => !selector.Matches(e));
            return Universal(trace, others.Count == 0, $"no events but {events}", $"{Number(others.Count)} others", others);
        }

        /// <summary>All events were recorded by one thread.</summary>
        /// <param name="pid">The thread.</param>
        public Finding OnlyPid(int pid) => OnlyWith(trace, $"pid {pid}", (in TraceEvent e) => e.Pid != pid);

        /// <summary>All events were recorded on one cpu.</summary>
        /// <param name="cpu">Zero-based.</param>
        public Finding OnlyCpu(int cpu) => OnlyWith(trace, $"cpu {cpu}", (in TraceEvent e) => e.Cpu != cpu);

        /// <summary>Every event that a thread recorded names its process, and there is at least one.</summary>
        /// <param name="pid">The thread.</param>
        public Finding TgidKnown(int pid)
        {
            var own = Indices(trace, (in TraceEvent e) => e.Pid == pid);
            var expected = $"every event of pid {pid} has its tgid";
            var unknown = own.Where(i => trace.Events[i].Tgid < 0).ToList();
            return own.Count == 0
                ? NoneToSpeakOf(trace, $"event of pid {pid}", expected)
                : new Finding(trace, unknown.Count == 0 ? Answer.Holds : Answer.Refuted, expected, $"{Number(unknown.Count)} of {Number(own.Count)} without", unknown);
        }

        /// <summary>A marker with just this text was written.</summary>
        /// <param name="text">The text, without the newline that the kernel adds.</param>
        public Finding HasMarker(string text)
        {
            var markers = Indices(trace, (in TraceEvent e) => EventName.Print.Matches(e.Name));
            var same = markers.Where(i => string.Equals(MarkerText(trace.Events[i]), text, StringComparison.Ordinal)).ToList();
            var others = string.Join(", ", markers.Take(5).Select(i => $"'{MarkerText(trace.Events[i])}'"));
            return Presence(trace, same.Count > 0, $"the marker '{text}'", markers.Count == 0 ? "no marker" : $"{Number(same.Count)}; markers: {others}", same);
        }
    }

    private delegate bool EventTest(in TraceEvent item);

    private static string MarkerText(in TraceEvent item) => item.Text.TrimEnd('\n');

    private static Finding OnlyWith(Trace trace, string what, EventTest other)
    {
        var others = Indices(trace, other);
        var expected = $"every event has {what}";
        return trace.Events.Count == 0
            ? NoneToSpeakOf(trace, "event", expected)
            : Universal(trace, others.Count == 0, expected, $"{Number(others.Count)} of {Number(trace.Events.Count)} otherwise", others);
    }

    private static List<int> Indices(Trace trace, string events)
    {
        var selector = EventSelector.Parse(events);
        return Indices(trace, selector.Matches);
    }

    private static List<int> Indices(Trace trace, EventTest test)
    {
        var found = new List<int>();
        var all = trace.Events;
        for (var i = 0; i < all.Count; i++)
        {
            if (test(all[i]))
            {
                found.Add(i);
            }
        }

        return found;
    }

    // A thing that was found is there, whatever else was lost; one that was not may be among the lost.
    private static Finding Presence(Trace trace, bool holds, string expected, string found, List<int> deciding) =>
        new(trace, holds ? Answer.Holds : trace.Tally.HasLost ? Answer.Undecided : Answer.Refuted, expected, found, deciding);

    // A counter-example refutes, whatever was lost; that there is none cannot be told when events were lost.
    private static Finding Universal(Trace trace, bool holds, string expected, string found, params IReadOnlyList<int> deciding) =>
        new(trace, !holds ? Answer.Refuted : trace.Tally.HasLost ? Answer.Undecided : Answer.Holds, expected, found, deciding);

    // "Every" about nothing would be green without having checked anything.
    private static Finding NoneToSpeakOf(Trace trace, string events, string expected) =>
        new(trace, trace.Tally.HasLost ? Answer.Undecided : Answer.Refuted, expected, $"no {Events(events, 1)} at all{Instead(trace, events, 0)}");

    private static string Instead(Trace trace, string events, int found)
    {
        if (found > 0)
        {
            return "";
        }

        var others = trace.Events.GroupBy(e => e.Name).OrderByDescending(g => g.Count()).ThenBy(g => g.Key.ToString(), StringComparer.Ordinal).ToList();
        return others.Count == 0
            ? "; the trace is empty"
            : $"; the trace has {string.Join(", ", others.Take(6).Select(g => $"{Number(g.Count())} {g.Key}"))}{(others.Count > 6 ? ", …" : "")}";
    }

    private static string Values(Trace trace, IEnumerable<int> indices, string field)
    {
        var values = indices
            .Select(i => trace.Events[i].TryGetField(field, out var value) ? value.ToString().TrimEnd('\n') : null)
            .GroupBy(v => v)
            .OrderByDescending(g => g.Count())
            .Take(6)
            .Select(g => g.Key is null ? $"no such field in {Number(g.Count())}" : $"\"{g.Key}\" in {Number(g.Count())}");
        return $"{field} is {string.Join(", ", values)}";
    }

    private static string Events(string events, int count) =>
        events.StartsWith("event", StringComparison.Ordinal) ? events : $"{events} {(count == 1 ? "event" : "events")}";

    private static string Number(long number) => number.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
}
