using System.Text.Json;
using LabTrace.Reports.Record;

namespace LabTrace.Reports.Kcidb;

/// <summary>What the kernel reported of itself, as KCIDB's issues, and where it did, as incidents.</summary>
/// <remarks>
/// An issue's id is made of the report's title, which names the defect and not the occurrence: the same defect has one issue in all
/// runs of an origin, whatever machine it was met on.
/// </remarks>
internal sealed class KcidbIssues(RunRecord run, KcidbOptions options)
{
    private const int Version = 1;

    /// <summary>Writes both lists; nothing where the kernel reported nothing.</summary>
    /// <param name="json">The document, between two properties of its root.</param>
    /// <param name="testOf">A scenario's test.</param>
    public void Write(Utf8JsonWriter json, Func<ScenarioRecord, string> testOf)
    {
        List<(ScenarioRecord Scenario, KernelReportRecord Report)> found = [];
        foreach (var scenario in run.Scenarios)
        {
            found.AddRange(KernelReportRecord.Of(scenario.Attempts.SelectMany(static a => a.AllAttachments)).DistinctBy(static r => r.Title).Select(report => (scenario, report)));
        }

        if (found.Count == 0)
        {
            return;
        }

        json.WriteStartArray("issues");
        foreach (var report in found.Select(static f => f.Report).DistinctBy(static r => r.Title))
        {
            WriteIssue(json, report);
        }

        json.WriteEndArray();
        json.WriteStartArray("incidents");
        foreach (var (scenario, report) in found)
        {
            WriteIncident(json, report, testOf(scenario));
        }

        json.WriteEndArray();
    }

    private void WriteIssue(Utf8JsonWriter json, KernelReportRecord report)
    {
        json.WriteStartObject();
        json.WriteString("id", IdOf(report));
        json.WriteNumber("version", Version);
        json.WriteString("origin", options.Origin);
        json.WriteString("report_subject", KcidbReport.Clean(report.Title));
        json.WriteString("comment", KcidbReport.Clean(report.Type.Length == 0 ? report.Title : $"{report.Title} [{report.Type}]"));
        json.WriteStartObject("culprit");
        json.WriteBoolean("code", true);
        json.WriteBoolean("tool", false);
        json.WriteBoolean("harness", false);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteIncident(Utf8JsonWriter json, KernelReportRecord report, string test)
    {
        json.WriteStartObject();
        json.WriteString("id", $"{options.Origin}:{KcidbReport.Hash(test, report.Title)}");
        json.WriteString("origin", options.Origin);
        json.WriteString("issue_id", IdOf(report));
        json.WriteNumber("issue_version", Version);
        json.WriteString("test_id", test);
        json.WriteBoolean("present", true);
        json.WriteEndObject();
    }

    private string IdOf(KernelReportRecord report) => $"{options.Origin}:{KcidbReport.Hash("kernel report", report.Title)}";
}
