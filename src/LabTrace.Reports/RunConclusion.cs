using System.Globalization;
using LabTrace.Reports.Record;

namespace LabTrace.Reports;

/// <summary>What went wrong with a run outside of its scenarios, told so that no report of it reads as a pass.</summary>
internal static class RunConclusion
{
    /// <summary>Each thing that went wrong: what, where if known, and why.</summary>
    public static IEnumerable<RunFault> Of(RunRecord run)
    {
        foreach (var error in run.ParseErrors)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{error.Source.Uri}:{Math.Max(error.Source.Location.Line, 1)}");
            yield return new RunFault("a feature file", place, error.Message);
        }

        foreach (var fault in run.Faults)
        {
            yield return fault;
        }

        var notRun = run.NotRun.Count();
        var left = notRun switch
        {
            0 => "",
            1 => ": 1 scenario did not run",
            _ => string.Create(CultureInfo.InvariantCulture, $": {notRun} scenarios did not run"),
        };
        if (run.Finished is null)
        {
            yield return new RunFault("the run", null, "the run was cut off" + left);
        }
        else if (notRun > 0)
        {
            yield return new RunFault("the run", null, "the run was stopped" + left);
        }
    }
}
