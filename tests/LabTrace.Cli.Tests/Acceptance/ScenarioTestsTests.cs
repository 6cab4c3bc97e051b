using LabTrace.Acceptance;
using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace LabTrace.Cli.Tests.Acceptance;

/// <summary>How scenarios appear among NUnit's tests.</summary>
public sealed class ScenarioTestsTests
{
    private const string First = """
        @nightly
        Feature: Clocks. And more

          @slow
          Scenario: same
            Given x

          Scenario: same
            Given x

          Scenario Outline: time passes
            Given <n>
            @one
            Examples:
              | n | what          |
              | 1 | a             |
              | 1 | a             |
              | 2 | (a.b), "c"    |
        """;

    private static readonly string Directory = Path.Combine(TestContext.CurrentContext.WorkDirectory, "scenario-tests-" + Guid.NewGuid().ToString("N"));

    [OneTimeTearDown]
    public void Remove() => System.IO.Directory.Delete(Directory, recursive: true);

    [Test]
    public void Scenarios_have_their_own_names_categories_and_lines()
    {
        var suite = Build(("a.feature", First), ("b.feature", "Feature: Clocks. And more\nScenario: same\nGiven x"), ("c.feature", "Feature: wrong\n  Scenario: s\n  Given x\n  nonsense"));
        var tests = Leaves(suite).ToList();

        Assert.That(tests.Select(test => test.FullName[(typeof(FeatureTests).FullName!.Length + 1)..]), Is.EqualTo(new[]
        {
            "Clocks. And more.same",
            "Clocks. And more.same [2]",
            "Clocks. And more.time passes (n: 1, what: a)",
            "Clocks. And more.time passes (n: 1, what: a) [2]",
            "Clocks. And more.time passes (n: 2, what: (a.b), \"c\")",
            "Clocks. And more [2].same",
            "c.feature.has no errors",
        }));
        Assert.That(tests[0].Properties[PropertyNames.Category], Is.EqualTo(new[] { "nightly", "slow" }));
        Assert.That(tests[4].Properties[PropertyNames.Category], Is.EqualTo(new[] { "nightly", "one" }));
        Assert.That(tests.Take(5).Select(test => test.Properties.Get("_LineNumber")), Is.EqualTo(new[] { 5, 8, 16, 17, 18 }));
        Assert.That(tests[0].Properties.Get("_CodeFilePath"), Does.EndWith("a.feature"));
        Assert.That(tests[6].RunState, Is.EqualTo(RunState.NotRunnable));
        Assert.That(tests[6].Properties.Get(PropertyNames.SkipReason), Does.Contain("c.feature:4: (4:3): expected: ").And.Contain("got 'nonsense'"));
        Assert.That(tests.Select(test => test.Id).Distinct().Count(), Is.EqualTo(tests.Count));
    }

    private static TestSuite Build(params (string Name, string Text)[] features)
    {
        System.IO.Directory.CreateDirectory(Directory);
        foreach (var (name, text) in features)
        {
            File.WriteAllText(Path.Combine(Directory, name), text);
        }

        return new FeaturesAttribute().BuildFrom(new TypeWrapper(typeof(FeatureTests)), [Directory], Directory).Single();
    }

    private static IEnumerable<ITest> Leaves(ITest test) => test.HasChildren ? test.Tests.SelectMany(Leaves) : [test];
}
