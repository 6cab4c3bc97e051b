using FluentAssertions;
using LabTrace.Reports.History;
using LabTrace.Scenarios;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

public sealed class PlaceDifferencesTests
{
    private static readonly string[] Places = ["emulated", "vm"];

    [Test]
    public void The_same_verdict_everywhere_is_no_difference() =>
        Find(Run(("a", Verdict.Passed)), Run(("a", Verdict.Passed))).Should().BeEmpty();

    [Test]
    public void What_the_kernel_lacks_and_skips_says_nothing() =>
        Find(Run(("a", Verdict.Passed)), Run(("a", Verdict.Skipped))).Should().BeEmpty();

    [Test]
    public void What_the_emulation_lacks_and_a_kernel_runs_is_a_difference() =>
        Find(Run(("a", Verdict.Skipped)), Run(("a", Verdict.Passed))).Should().ContainSingle()
            .Which.Should().BeEquivalentTo(new { Title = "a", Place = "vm", Reference = "skipped", Found = "passed" });

    [Test]
    public void Other_verdicts_and_scenarios_that_are_not_there_are_differences()
    {
        var found = Find(Run(("a", Verdict.Passed), ("b", Verdict.Passed)), Run(("a", Verdict.Failed)));

        found.Select(d => (d.Title, d.Found)).Should().Equal(("a", "failed"), ("b", "not run"));
    }

    [Test]
    public void Rows_of_an_outline_are_compared_one_by_one()
    {
        var found = Find(Run(("a", Verdict.Passed), ("a", Verdict.Passed)), Run(("a", Verdict.Passed), ("a", Verdict.Broken)));

        found.Should().ContainSingle().Which.Title.Should().Be("a #2");
    }

    [Test]
    public void A_list_gives_reasons_and_tells_what_is_listed_in_vain()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("list", "# known\na \u203a b @ c @ vm: the emulation has none\nx @ vm: gone\ny @ local: not asked\n");

        var listed = ListedDifferences.Read(file);

        listed.ReasonOf(new PlaceDifference("a \u203a b @ c", "vm", "", "", "")).Should().Be("the emulation has none");
        listed.ReasonOf(new PlaceDifference("other", "vm", "", "", "")).Should().BeNull();
        listed.Unmet(Places).Should().Equal("x @ vm");
    }

    [TestCase("a scenario without a place")]
    [TestCase("a @ vm")]
    [TestCase("a @ vm: ")]
    public void A_line_without_a_reason_is_refused_with_its_place_in_the_file(string line)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("list", "\n" + line + "\n");

        var read = () => ListedDifferences.Read(file);

        read.Should().Throw<UsageException>().WithMessage($"{file}:2: expected TITLE @ PLACE: REASON*");
    }

    private static IReadOnlyList<PlaceDifference> Find(params StoredRun[] runs) => PlaceDifferences.Find(PlaceDifferences.Align(runs), Places);

    private static StoredRun Run(params (string Title, Verdict Verdict)[] scenarios) =>
        new() { Name = "run", Scenarios = [.. scenarios.Select((s, i) => new StoredScenario { Id = $"{s.Title}{i}", Title = s.Title, Verdict = s.Verdict })] };
}
