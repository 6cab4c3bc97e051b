namespace LabTrace.Reports.History;

/// <summary>How strictly a candidate is judged.</summary>
public sealed record QualificationOptions
{
    /// <summary>Executions of a scenario that each side needs on a board before its numbers are judged; at least 2.</summary>
    public int Repetitions { get; init; } = 5;

    /// <summary>Failed executions that make a failure a regression: one alone is not believed.</summary>
    public int Confirmations { get; init; } = 2;

    /// <summary>The chance of calling any number worse that is not, over all numbers together.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Shifts of a median smaller than this part of it are no regression, however certain.</summary>
    public double Tolerance { get; init; } = 0.05;
}
