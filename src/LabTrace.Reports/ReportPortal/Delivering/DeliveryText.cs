using System.Globalization;

namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>What is said of a delivery.</summary>
internal static class DeliveryText
{
    /// <summary>Tells what came of it, a line each.</summary>
    /// <param name="result">The result.</param>
    /// <param name="spool">The spool's directory.</param>
    public static IEnumerable<string> Tell(DeliveryResult result, string spool)
    {
        foreach (var remark in result.Remarks)
        {
            yield return $"ReportPortal: {remark}";
        }

        if (result.IsComplete)
        {
            yield return $"ReportPortal: reported{Where(result.Link, result.Number)}";
            yield break;
        }

        if (result.Refused.Count > 0)
        {
            yield return "ReportPortal: the server refused";
            foreach (var refused in result.Refused)
            {
                yield return $"   {refused}";
            }
        }

        var reason = result.GaveUp is { } why ? $": {why}" : "";
        yield return $"WARNING: ReportPortal: {Say(result.Left, "result")} of {result.Total.ToString("N0", CultureInfo.InvariantCulture)} not delivered{reason}";
        yield return $"  try: labtrace report --drain {spool}";
    }

    /// <summary>Where a launch is to be seen: its number and page, as far as the server told.</summary>
    public static string Where(string? link, long? number) => (number, link) switch
    {
        (null or 0, null) => "",
        (null or 0, _) => $" as {link}",
        (_, null) => string.Create(CultureInfo.InvariantCulture, $" as launch #{number}"),
        _ => string.Create(CultureInfo.InvariantCulture, $" as launch #{number}, {link}"),
    };

    /// <summary>A number of things.</summary>
    public static string Say(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");
}
