using LabTrace.Devices;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>What surrounds every scenario: its needs are checked first, and what it changed is undone last.</summary>
[Binding]
public sealed class PlaceHooks(ScenarioPlace place, ScenarioContext scenario)
{
    private const string Needs = "needs:";
    private const string Lacks = "lacks:";
    private const string MinLevel = "min-level:";

    [BeforeScenario(Order = 0)]
    public async Task CheckNeedsAsync()
    {
        Mark($"scenario: {scenario.ScenarioInfo.Title}");
        if (place.Lab.Absence is { } absence)
        {
            // A machine that is to test must have what it tests with.
            throw Environment.GetEnvironmentVariable("CI") == "true" ? absence.Again() : new IgnoreException(absence.Message.Replace("\n  try:", "; try:", StringComparison.Ordinal));
        }

        foreach (var tag in scenario.ScenarioInfo.CombinedTags)
        {
            if (tag.StartsWith(Needs, StringComparison.Ordinal))
            {
                await CheckNeedAsync(tag[Needs.Length..]);
            }
            else if (tag.StartsWith(MinLevel, StringComparison.Ordinal))
            {
                CheckLevel(tag[MinLevel.Length..]);
            }
            else if (tag.StartsWith(Lacks, StringComparison.Ordinal))
            {
                await CheckLackAsync(tag[Lacks.Length..]);
            }
        }
    }

    [BeforeStep(Order = 0)]
    public void MarkStep() => Mark($"step: {scenario.StepContext.StepInfo.StepDefinitionType} {scenario.StepContext.StepInfo.Text}");

    [AfterScenario(Order = int.MaxValue)]
    public Task UndoAsync() => place.CloseAsync();

    private void Mark(string text) => (place.Lab.Target as IConsoleTarget)?.MarkConsole(SecretRedactor.Process.Redact(text));

    private async Task CheckNeedAsync(string name)
    {
        var capability = await TryAsync(name);
        if (capability.Available)
        {
            return;
        }

        var description = place.Lab.Place;
        if (description.Expects.Contains(name, StringComparer.Ordinal))
        {
            throw new NotOnTargetException(
                $"place '{description.Name}' is meant to have {name} and lacks it: {capability.Evidence}", capability.Remedy);
        }

        throw new IgnoreException($"place '{description.Name}' lacks {name}: {capability.Evidence}; try: {capability.Remedy}");
    }

    private void CheckLevel(string wanted)
    {
        if (!Enum.TryParse<EvidenceLevel>(wanted, out var level) || !Enum.IsDefined(level))
        {
            throw new LabConfigException($"'@{MinLevel}{wanted}' names no level of evidence", $"one of: {string.Join(", ", Enum.GetNames<EvidenceLevel>())}");
        }

        var found = EvidenceLevels.Of(place.Lab.Place);
        if (found < level)
        {
            throw new IgnoreException(
                $"place '{place.Lab.Place.Name}' gives evidence of level {found} ({found.Meaning()}), and the scenario asks for {level} ({level.Meaning()}) at least; "
                + "try: a place with the real driver, such as --place local");
        }
    }

    private async Task CheckLackAsync(string name)
    {
        if ((await TryAsync(name)).Available)
        {
            throw new IgnoreException($"place '{place.Lab.Place.Name}' has {name}, and the scenario is about kernels without it");
        }
    }

    private Task<Capability> TryAsync(string name) => place.Lab.RememberAsync(
        "capability " + name,
        (target, token) => place.Lab.Place.IsShared ? TryJournalledAsync(name, token) : CapabilityCatalog.TryAsync(target, name, token),
        place.Cancellation);

    // Trying changes the target for a moment; a run that is killed just then must be undone like any other.
    private async Task<Capability> TryJournalledAsync(string name, CancellationToken cancellationToken)
    {
        var probe = CapabilityCatalog.Get(name);
        await using var trial = await place.Lab.OpenScenarioAsync("capability " + name, cancellationToken);
        return await probe.TryAsync(trial.Changes, cancellationToken);
    }
}
