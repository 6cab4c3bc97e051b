using System.Text.RegularExpressions;

namespace LabTrace.Reports.Tests;

/// <summary>What an independent reader of TAP makes of a text: written from the TAP specification, not from the sink.</summary>
internal sealed partial record TapReading(int Ok, int NotOk, int Skipped, int Subtests, bool BailedOut, IReadOnlyList<string> Problems)
{
    public static TapReading Read(string text)
    {
        var problems = new List<string>();
        var lines = text.Split('\n');
        if (lines[0] != "TAP version 13")
        {
            problems.Add("no version line");
        }

        var reader = new Level(problems);
        var i = 1;
        var child = new Counts();
        Level? subtest = null;
        var subtests = 0;
        var bailedOut = false;
        for (; i < lines.Length; i++)
        {
            var line = lines[i];
            if (bailedOut && line.Length > 0)
            {
                problems.Add($"line {i + 1} after the end: {line}");
            }
            else if (line.StartsWith("Bail out!", StringComparison.Ordinal))
            {
                bailedOut = true;
            }
            else if (line.StartsWith("    ", StringComparison.Ordinal))
            {
                subtest ??= new Level(problems);
                subtest.Take(line[4..]);
            }
            else if (line.Length > 0)
            {
                if (reader.Take(line) is { } isOk)
                {
                    subtests++;
                    subtest?.End(mustBeWhole: false);
                    if (subtest is null || subtest.IsOk != isOk)
                    {
                        problems.Add($"line {i + 1} does not agree with its subtest: {line}");
                    }

                    child += subtest?.Counts ?? default;
                    subtest = null;
                }
            }
        }

        child += subtest?.Counts ?? default;
        reader.End(mustBeWhole: !bailedOut);
        return new TapReading(child.Ok, child.NotOk, child.Skipped, subtests, bailedOut, problems);
    }

    [GeneratedRegex(@"^(?<not>not )?ok (?<number>\d+)(?: (?<description>[^#]*))?(?:#\s*(?<directive>\S*).*)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestLine();

    [GeneratedRegex(@"^1\.\.(?<count>\d+)(?<skip> # SKIP .+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PlanLine();

    private readonly record struct Counts(int Ok, int NotOk, int Skipped)
    {
        public static Counts operator +(Counts left, Counts right) =>
            new(left.Ok + right.Ok, left.NotOk + right.NotOk, left.Skipped + right.Skipped);
    }

    private sealed class Level(List<string> problems)
    {
        private int? _planned;
        private int _seen;
        private bool _isYaml;

        public Counts Counts { get; private set; }

        public bool IsOk => Counts.NotOk == 0 && _planned == _seen;

        /// <returns>Whether a test line is ok; null for any other line.</returns>
        public bool? Take(string line)
        {
            if (_isYaml)
            {
                _isYaml = line != "  ...";
                return null;
            }

            if (line == "  ---")
            {
                _isYaml = true;
                return null;
            }

            if (line.StartsWith('#'))
            {
                return null;
            }

            if (PlanLine().Match(line) is { Success: true } plan)
            {
                _planned = _seen == 0 && _planned is null ? int.Parse(plan.Groups["count"].ValueSpan) : -1;
                return null;
            }

            var match = TestLine().Match(line);
            if (!match.Success)
            {
                problems.Add($"not TAP: {line}");
                return null;
            }

            _seen++;
            if (int.Parse(match.Groups["number"].ValueSpan) != _seen)
            {
                problems.Add($"out of order: {line}");
            }

            var isOk = !match.Groups["not"].Success;
            var isSkipped = match.Groups["directive"].Value == "SKIP";
            if (match.Groups["description"].Value.Trim() is "" or "-" || (isSkipped && !isOk) || match.Groups["directive"].Value == "TODO")
            {
                problems.Add($"not portable: {line}");
            }

            Counts += isSkipped ? new Counts(0, 0, 1) : isOk ? new Counts(1, 0, 0) : new Counts(0, 1, 0);
            return isOk;
        }

        public void End(bool mustBeWhole)
        {
            if (mustBeWhole ? _planned != _seen : _planned is -1 || _planned < _seen)
            {
                problems.Add($"planned {_planned}, saw {_seen}");
            }
        }
    }
}
