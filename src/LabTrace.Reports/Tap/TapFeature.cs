using System.Globalization;
using System.Text;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Tap;

/// <summary>A feature as a subtest: its header, its scenarios in the order they end, its own line.</summary>
internal sealed class TapFeature(string name, int planned)
{
    private const string Indent = "    ";

    private readonly StringBuilder _lines = new();
    private int _ended;
    private bool _isOk = true;

    public bool HasStarted { get; private set; }

    public bool HasEnded => _ended == planned;

    public void Start()
    {
        HasStarted = true;
        Append($"# Subtest: {TapText.Describe(name)}");
        Append(string.Create(CultureInfo.InvariantCulture, $"{Indent}1..{planned}"));
    }

    public void Add(ScenarioRecord scenario)
    {
        _ended++;
        var numbered = string.Create(CultureInfo.InvariantCulture, $"{_ended} - {TapText.Describe(scenario.Name)}");
        switch (scenario.Verdict)
        {
            case Verdict.Passed:
                var retried = scenario.IsFlaky ? string.Create(CultureInfo.InvariantCulture, $" (passed at attempt {scenario.Attempts.Count})") : "";
                Append($"{Indent}ok {numbered}{retried} # time={Milliseconds(scenario)}ms");
                break;
            case Verdict.Skipped:
                Append($"{Indent}ok {numbered} # SKIP {TapText.Reason(scenario.Reason)}");
                break;
            default:
                _isOk = false;
                Append($"{Indent}not ok {numbered}");
                AppendYaml(scenario);
                break;
        }
    }

    /// <summary>The feature's own line: ok only when all its scenarios ran and none is not ok.</summary>
    public void AddOwnLine(int number) =>
        Append(string.Create(CultureInfo.InvariantCulture, $"{(_isOk && HasEnded ? "ok" : "not ok")} {number} - {TapText.Describe(name)}"));

    /// <summary>The lines since the last call.</summary>
    public string TakeLines()
    {
        var lines = _lines.ToString();
        _lines.Clear();
        return lines;
    }

    private static string Milliseconds(ScenarioRecord scenario) =>
        scenario.Last!.Duration.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);

    private void AppendYaml(ScenarioRecord scenario)
    {
        var yaml = new TapYaml(_lines, Indent + "  ");
        yaml.Open();
        yaml.Add("verdict", scenario.Verdict == Verdict.Failed ? "failed" : "broken");
        yaml.AddLines("message", scenario.Reason);
        if (scenario.DecidingStep is { } step)
        {
            yaml.Add("step", step.Sentence);
            if (step.Place is { } place)
            {
                yaml.Add("at", place);
            }

            if (step.Result?.Exception?.Type is { } type)
            {
                yaml.Add("exception", type);
            }
        }

        yaml.Add("scenario", scenario.Place);
        if (scenario.Attempts.Count > 1)
        {
            yaml.AddNumber("attempts", scenario.Attempts.Count.ToString(CultureInfo.InvariantCulture));
        }

        yaml.AddNumber("duration_ms", Milliseconds(scenario));
        yaml.Close();
    }

    private void Append(string line) => _lines.Append(line).Append('\n');
}
