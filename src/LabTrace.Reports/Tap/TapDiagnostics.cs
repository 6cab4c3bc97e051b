using System.Globalization;
using System.Text;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Tap;

/// <summary>What is told of a scenario in comments: KTAP's way, where they stand before the line they belong to.</summary>
internal static class TapDiagnostics
{
    public static void Write(StringBuilder lines, string indent, ScenarioRecord scenario)
    {
        Line(lines, indent, "scenario", scenario.Place);
        if (scenario.Verdict is Verdict.Failed or Verdict.Broken)
        {
            if (scenario.DecidingStep is { } step)
            {
                Line(lines, indent, "step", step.Place is null ? step.Sentence : $"{step.Sentence} ({step.Place})");
            }

            // Whatever a line of the message looks like, a bar in front keeps it from being read as anything.
            foreach (var line in VisibleText.Lines(scenario.Reason).TrimEnd().Split('\n'))
            {
                lines.Append(indent).Append("# | ").Append(line.TrimEnd()).Append('\n');
            }
        }

        if (scenario.Attempts.Count > 1)
        {
            Line(lines, indent, "attempts", scenario.Attempts.Count.ToString(CultureInfo.InvariantCulture));
        }

        Line(lines, indent, "duration_ms", TapFeature.Milliseconds(scenario));
        foreach (var measurement in scenario.Measurements)
        {
            Line(lines, indent, "measured", Say(measurement));
        }
    }

    public static string Say(MeasurementRecord measurement) =>
        VisibleText.Line(string.Create(CultureInfo.InvariantCulture, $"{measurement.Name}: {measurement.Value} {measurement.Unit}").TrimEnd());

    private static void Line(StringBuilder lines, string indent, string key, string value) =>
        lines.Append(indent).Append("# ").Append(key).Append(": ").Append(VisibleText.Line(value)).Append('\n');
}
