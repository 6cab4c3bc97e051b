using LabTrace.Gherkin;

namespace LabTrace.Acceptance;

/// <summary>A scenario as a test case; rows of one outline are told apart by their values.</summary>
/// <param name="Pickle">The scenario.</param>
/// <param name="Row">The row's values, or empty.</param>
public sealed record ScenarioCase(Pickle Pickle, string Row)
{
    public override string ToString() => Row.Length == 0 ? Pickle.Name : $"{Pickle.Name} ({Row})";
}
