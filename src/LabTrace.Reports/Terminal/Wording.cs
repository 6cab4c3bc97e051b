using System.Globalization;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;

namespace LabTrace.Reports.Terminal;

/// <summary>What the console report calls things.</summary>
internal static class Wording
{
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Failed => "failed",
        Verdict.Skipped => "skipped",
        _ => "broken",
    };

    public static Colour ColourOf(Verdict verdict) => verdict switch
    {
        Verdict.Passed => Colour.Green,
        Verdict.Failed => Colour.Red,
        Verdict.Skipped => Colour.Yellow,
        _ => Colour.Magenta,
    };

    public static string TitleOf(ScenarioRecord scenario) =>
        $"{scenario.FeatureName} › {(scenario.Name.Length > 0 ? scenario.Name : "(no name)")}";

    public static string Count(int count, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");

    public static string FirstLine(string text)
    {
        var end = text.AsSpan().IndexOfAny('\n', '\r');
        return end < 0 ? text : text[..end];
    }
}
