using FluentAssertions;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests;

public sealed class CultureTests
{
    [TestCase("en", "Feature", "Scenario", "Given", "3.5", "11/21/2026")]
    [TestCase("de", "Funktionalität", "Szenario", "Angenommen", "3,5", "21.11.2026")]
    [TestCase("fr", "Fonctionnalité", "Scénario", "Soit", "3,5", "21/11/2026")]
    [TestCase("hu", "Jellemző", "Forgatókönyv", "Amennyiben", "3,5", "2026.11.21")]
    [TestCase("ja", "フィーチャ", "シナリオ", "前提", "3.5", "2026/11/21")]
    [TestCase("nl", "Functionaliteit", "Scenario", "Gegeven", "3,5", "21-11-2026")]
    [TestCase("pt", "Funcionalidade", "Cenário", "Dado", "3,5", "21/11/2026")]
    public async Task Numbers_and_dates_are_read_in_the_language_of_the_feature(
        string language, string feature, string scenario, string given, string number, string date)
    {
        var run = await TestRun.OfAsync(
            $"# language: {language}\n{feature}: f\n{scenario}: s\n{given} {number} on {date} in {language}", typeof(NumberSteps));

        run.Only.Message.Should().BeNull();
        run.Only.Verdict.Should().Be(Verdict.Passed);
    }

    [Test]
    public async Task A_culture_set_for_bindings_wins()
    {
        var features = FeatureSet.Parse(("test.feature", "Feature: f\nScenario: s\nGiven 1.003,5 of them"));
        var settings = ReqnrollSettings.Parse("""{ "language": { "binding": "de" } }""");

        var summary = await new ScenarioRunner(features, Bindings.BindingRegistry.BuildFrom(typeof(NumberSteps)), new RunOptions(), settings)
            .RunAsync([], CancellationToken.None);

        summary.Scenarios.Single().Message.Should().BeNull();
    }

    [Binding]
    public class NumberSteps(FeatureContext feature)
    {
        [Given(@"^(\S+) on (\S+) in (\w+)$")]
        public void NumberAndDate(double number, DateTime date, string language)
        {
            number.Should().Be(3.5);
            date.Should().Be(new DateTime(2026, 11, 21));
            feature.FeatureInfo.Language.Name.Should().Be(language);
            feature.BindingCulture.Should().Be(feature.FeatureInfo.Language);
        }

        [Given("^(.*) of them$")]
        public void Number(decimal number) => number.Should().Be(1003.5m);
    }
}
