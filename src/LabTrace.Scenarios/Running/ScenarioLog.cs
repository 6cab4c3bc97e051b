using System.Globalization;
using System.Text;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios.Running;

/// <summary>Reqnroll's step trace of one attempt, with the output of its steps.</summary>
internal sealed class ScenarioLog(ScenarioPlan plan)
{
    private readonly StringBuilder _text = new();

    public void Add(PlannedStep? planned, Outcome outcome, TimeSpan duration, IReadOnlyList<string> lines)
    {
        if (planned is { } step)
        {
            _text.Append(plan.Feature.File.StepOf(step.Step).Keyword).AppendLine(step.Step.Text);
            AppendArgument(step);
        }

        foreach (var line in lines)
        {
            _text.Append("-> ").AppendLine(line);
        }

        if (planned is { } ended)
        {
            _text.AppendLine(Trace(ended, outcome, duration));
        }
        else if (outcome.Status == TestStepResultStatus.Failed)
        {
            _text.Append("-> error: ").AppendLine(outcome.Message);
        }
    }

    public override string ToString() => _text.ToString();

    private static string Trace(PlannedStep step, Outcome outcome, TimeSpan duration)
    {
        var seconds = duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return outcome.Status switch
        {
            TestStepResultStatus.Passed => $"-> done: {Call(step)} ({seconds}s)",
            TestStepResultStatus.Failed => $"-> error: {outcome.Message} ({seconds}s)",
            TestStepResultStatus.Pending => $"-> pending: {Call(step)}",
            TestStepResultStatus.Undefined => $"-> undefined: {outcome.Message}",
            TestStepResultStatus.Ambiguous => $"-> binding error: {outcome.Message}",
            _ => outcome.Message is null ? "-> skipped because of previous errors" : $"-> skipped: {outcome.Message}",
        };
    }

    private static string Call(PlannedStep step)
    {
        var candidate = step.Match.Candidates[0];
        var arguments = candidate.Arguments.Select(argument =>
            argument.ParameterTypeName is "string" or "word" or null ? $"\"{argument.Value}\"" : argument.Value ?? "null");
        if (step.Step.Argument is { } last)
        {
            arguments = arguments.Append(last.DocString is null ? "<table>" : "<text>");
        }

        return $"{candidate.Definition.Call.ShortName}({string.Join(", ", arguments)})";
    }

    private void AppendArgument(PlannedStep step)
    {
        if (step.Step.Argument?.DocString is { } text)
        {
            _text.AppendLine("  --- multiline step argument ---").Append("  ").AppendLine(text.Content.Replace("\n", "\n  "));
        }

        foreach (var row in step.Step.Argument?.DataTable?.Rows ?? [])
        {
            _text.Append("  |");
            foreach (var cell in row.Cells)
            {
                _text.Append(' ').Append(cell.Value).Append(" |");
            }

            _text.AppendLine();
        }
    }
}
