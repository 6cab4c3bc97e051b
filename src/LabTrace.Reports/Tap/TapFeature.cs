using System.Globalization;
using System.Text;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Tap;

/// <summary>A feature as a subtest: its header, its scenarios in the order they end, its own line.</summary>
internal sealed class TapFeature(TapForm form, string name, int planned)
{
    private readonly string _indent = form == TapForm.Ktap1 ? "  " : "    ";
    private readonly string _dash = form == TapForm.Ktap1 ? "" : "- ";
    private readonly StringBuilder _lines = new();
    private int _ended;
    private bool _isOk = true;
    private bool _isChecked;

    public bool HasStarted { get; private set; }

    public bool HasEnded => _ended == planned;

    public void Start()
    {
        HasStarted = true;
        if (form == TapForm.Ktap1)
        {
            Append($"{_indent}KTAP version 1");
            Append($"{_indent}# Subtest: {TapText.Describe(name, form)}");
        }
        else
        {
            Append($"# Subtest: {TapText.Describe(name, form)}");
        }

        Append(string.Create(CultureInfo.InvariantCulture, $"{_indent}1..{planned}"));
    }

    public void Add(ScenarioRecord scenario)
    {
        _ended++;
        _isChecked |= scenario.Verdict != Verdict.Skipped;
        if (form == TapForm.Ktap1)
        {
            TapDiagnostics.Write(_lines, _indent, scenario);
        }

        var retried = scenario.IsFlaky ? string.Create(CultureInfo.InvariantCulture, $" (passed at attempt {scenario.Attempts.Count})") : "";
        var numbered = string.Create(CultureInfo.InvariantCulture, $"{_ended} {_dash}{Name(scenario)}{retried}");
        switch (scenario.Verdict)
        {
            case Verdict.Passed:
                var time = form == TapForm.Tap13 ? $" # time={Milliseconds(scenario)}ms" : "";
                Append($"{_indent}ok {numbered}{time}");
                break;
            case Verdict.Skipped:
                Append($"{_indent}ok {numbered} # SKIP {TapText.Reason(scenario.Reason)}");
                break;
            default:
                _isOk = false;
                var isError = form == TapForm.Ktap1 && scenario.Verdict == Verdict.Broken;
                Append($"{_indent}not ok {numbered}{(isError ? $" # ERROR {TapText.Reason(scenario.Reason)}" : "")}");
                break;
        }

        AppendDetails(scenario);
    }

    /// <summary>kunit_parser takes a line with the feature's name for the feature's own, however it is indented.</summary>
    private string Name(ScenarioRecord scenario)
    {
        var own = TapText.Describe(scenario.Name, form);
        return form == TapForm.Ktap1 && own == TapText.Describe(name, form) ? own + " (scenario)" : own;
    }

    /// <summary>The feature's own line: ok only when all its scenarios ran and none is not ok.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="fault">What went wrong outside of scenarios, where the dialect has no other way to say it; null for nothing.</param>
    public void AddOwnLine(int number, string? fault)
    {
        // kunit_parser takes a suite for skipped only when its line says so.
        var skip = form == TapForm.Ktap1 && !_isChecked && fault is null ? " # SKIP all skipped" : "";
        var error = fault is null ? "" : $" # ERROR {TapText.Reason(fault)}";
        var word = _isOk && HasEnded && fault is null ? "ok" : "not ok";
        Append(string.Create(CultureInfo.InvariantCulture, $"{word} {number} {_dash}{TapText.Describe(name, form)}{skip}{error}"));
    }

    /// <summary>The lines since the last call.</summary>
    public string TakeLines()
    {
        var lines = _lines.ToString();
        _lines.Clear();
        return lines;
    }

    internal static string Milliseconds(ScenarioRecord scenario) =>
        scenario.Last!.Duration.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);

    private void AppendDetails(ScenarioRecord scenario)
    {
        var isOk = scenario.Verdict is Verdict.Passed or Verdict.Skipped;
        if (form == TapForm.Tap14 || (form == TapForm.Tap13 && !isOk))
        {
            AppendYaml(scenario, isOk);
        }
        else if (form == TapForm.Tap13)
        {
            foreach (var measurement in scenario.Measurements)
            {
                Append($"{_indent}# {TapDiagnostics.Say(measurement)}");
            }
        }
    }

    private void AppendYaml(ScenarioRecord scenario, bool isOk)
    {
        var yaml = new TapYaml(_lines, _indent + "  ");
        yaml.Open();
        if (!isOk)
        {
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
        }

        yaml.Add("scenario", scenario.Place);
        if (scenario.Attempts.Count > 1)
        {
            yaml.AddNumber("attempts", scenario.Attempts.Count.ToString(CultureInfo.InvariantCulture));
        }

        yaml.AddNumber("duration_ms", Milliseconds(scenario));
        foreach (var measurement in scenario.Measurements)
        {
            yaml.Add("measured", TapDiagnostics.Say(measurement));
        }

        yaml.Close();
    }

    private void Append(string line) => _lines.Append(line).Append('\n');
}
