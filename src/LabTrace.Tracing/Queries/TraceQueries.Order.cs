namespace LabTrace.Tracing.Queries;

/// <summary>Order and absence.</summary>
public static partial class TraceQueries
{
    extension(Trace trace)
    {
        /// <summary>Each event of one kind is followed by one of another.</summary>
        /// <param name="first">An <see cref="EventSelector"/>; there must be at least one such event.</param>
        /// <param name="second">An <see cref="EventSelector"/>.</param>
        /// <param name="key">What both must share (<c>cpu</c>, <c>pid</c>, <c>tgid</c>, <c>comm</c> or a field), or null for nothing.</param>
        /// <param name="within">The longest time between them.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        /// <exception cref="InvalidOperationException">The trace clock does not count nanoseconds.</exception>
        public Finding FollowedBy(string first, string second, string? key, Duration within)
        {
            RequireNanoseconds(trace, "a time limit");
            var shared = new EventKey(key);
            var expected = $"every {Events(first, 1)} followed by {second}{shared.Clause} within {within}";
            var (begin, end) = (EventSelector.Parse(first), EventSelector.Parse(second));
            var next = new Dictionary<(Int128, string?), int>();
            var late = new List<int>();
            var found = 0;
            var all = trace.Events;
            Duration? worst = null;
            for (var i = all.Count - 1; i >= 0; i--)
            {
                if (begin.Matches(all[i]))
                {
                    found++;
                    var follower = shared.TryGet(all[i], isSecond: false, out var value) && next.TryGetValue(value, out var at) ? all[at].Time - all[i].Time : (Duration?)null;
                    if (follower is null || follower.Value > within)
                    {
                        late.Add(i);
                        worst = follower is null || (worst is { } w && w > follower.Value) ? worst : follower;
                    }
                }

                if (end.Matches(all[i]) && shared.TryGet(all[i], isSecond: true, out var ending))
                {
                    next[ending] = i;
                }
            }

            if (found == 0)
            {
                return NoneToSpeakOf(trace, first, expected);
            }

            late.Reverse();
            return late.Count == 0
                ? Universal(trace, holds: true, expected, $"all {Number(found)}")
                : Presence(trace, holds: false, expected, $"{Number(late.Count)} of {Number(found)} not followed in time{(worst is null ? "" : $"; one only after {worst}")}", late);
        }

        /// <summary>No event of one kind comes between one of a second kind and the next of a third.</summary>
        /// <param name="unwanted">An <see cref="EventSelector"/>.</param>
        /// <param name="begin">An <see cref="EventSelector"/>.</param>
        /// <param name="end">An <see cref="EventSelector"/>; there must be at least one such pair.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        public Finding NoneBetween(string unwanted, string begin, string end)
        {
            var expected = $"no {Events(unwanted, 1)} between {begin} and {end}";
            var (bad, from, to) = (EventSelector.Parse(unwanted), EventSelector.Parse(begin), EventSelector.Parse(end));
            var pending = new List<int>();
            var between = new List<int>();
            var windows = 0;
            var open = false;
            var all = trace.Events;
            for (var i = 0; i < all.Count; i++)
            {
                if (open && to.Matches(all[i]))
                {
                    between.AddRange(pending);
                    windows++;
                    open = false;
                }
                else if (open && bad.Matches(all[i]))
                {
                    pending.Add(i);
                }

                if (!open && from.Matches(all[i]))
                {
                    open = true;
                    pending.Clear();
                }
            }

            return windows == 0
                ? Presence(trace, holds: false, expected, $"no {begin} with {end} behind it{Instead(trace, begin, 0)}", [])
                : Universal(trace, between.Count == 0, expected, $"{Number(between.Count)} in {Number(windows)} such intervals", between);
        }

        /// <summary>No event of one kind comes after the last of another.</summary>
        /// <param name="unwanted">An <see cref="EventSelector"/>.</param>
        /// <param name="last">An <see cref="EventSelector"/>; there must be at least one such event.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        public Finding NoneAfterLast(string unwanted, string last)
        {
            var expected = $"no {Events(unwanted, 1)} after the last {last}";
            var marks = Indices(trace, last);
            if (marks.Count == 0)
            {
                return NoneToSpeakOf(trace, last, expected);
            }

            var after = Indices(trace, unwanted).Where(i => i > marks[^1]).ToList();
            return Universal(trace, after.Count == 0, expected, Number(after.Count), after);
        }

        /// <summary>Events come in this order; others may come between them.</summary>
        /// <param name="events"><see cref="EventSelector"/>s, at least one.</param>
        /// <exception cref="FormatException">A selector is wrong.</exception>
        public Finding InOrder(params IReadOnlyList<string> events)
        {
            var selectors = events.Select(EventSelector.Parse).ToArray();
            var expected = $"in this order: {string.Join(", then ", events)}";
            var matched = new List<int>();
            var all = trace.Events;
            for (var i = 0; i < all.Count && matched.Count < selectors.Length; i++)
            {
                if (selectors[matched.Count].Matches(all[i]))
                {
                    matched.Add(i);
                }
            }

            if (matched.Count == selectors.Length)
            {
                return new Finding(trace, Answer.Holds, expected, "they do", matched);
            }

            var missing = events[matched.Count];
            var anywhere = Indices(trace, missing);
            var where = (matched.Count, anywhere.Count) switch
            {
                (_, 0) => $"no {missing} at all{Instead(trace, missing, 0)}",
                (0, _) => $"no {missing}",
                _ => $"{missing} only before {events[matched.Count - 1]}",
            };
            return Presence(trace, holds: false, expected, where, anywhere.Count > 0 ? anywhere : matched);
        }

        /// <summary>No cpu's timestamps step back.</summary>
        public Finding TimeNeverGoesBackwards()
        {
            var last = new Dictionary<int, TraceTime>();
            var steps = new List<int>();
            var all = trace.Events;
            for (var i = 0; i < all.Count; i++)
            {
                if (last.TryGetValue(all[i].Cpu, out var before) && all[i].Time < before)
                {
                    steps.Add(i);
                }

                last[all[i].Cpu] = all[i].Time;
            }

            return new Finding(
                trace,
                steps.Count == 0 && trace.StepsBack == 0 ? Answer.Holds : Answer.Refuted,
                "timestamps never go backwards on a cpu",
                steps.Count == 0 && trace.StepsBack == 0 ? $"{Number(all.Count)} events in order"
                : steps.Count == 0 ? $"{Number(trace.StepsBack)} {(trace.StepsBack == 1 ? "step" : "steps")} back in the order in which they were recorded"
                : $"{Number(steps.Count)} {(steps.Count == 1 ? "step" : "steps")} back",
                steps);
        }
    }
}
