using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>What reports ask of a step's result.</summary>
internal static class StepResultExtensions
{
    extension(TestStepResult result)
    {
        /// <summary>The message, or the exception's; null for none. Other Cucumbers write an empty one, or the exception's only.</summary>
        public string? Explanation =>
            !string.IsNullOrWhiteSpace(result.Message) ? result.Message
            : !string.IsNullOrWhiteSpace(result.Exception?.Message) ? result.Exception.Message
            : null;
    }
}
