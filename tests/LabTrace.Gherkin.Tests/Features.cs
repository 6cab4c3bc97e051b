using System.Globalization;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Tests;

/// <summary>Parses texts written in tests.</summary>
internal static class Features
{
    public static Func<string> Ids()
    {
        var next = 0;
        return () => (next++).ToString(CultureInfo.InvariantCulture);
    }

    public static ParseResult Parse(string text) => GherkinParser.Parse("a.feature", text, Ids());

    public static Feature Feature(string text)
    {
        var result = Parse(text);
        result.Errors.Should().BeEmpty();
        return result.Document!.Feature!;
    }

    public static Scenario Scenario(string text) => Feature(text).Children.Select(child => child.Scenario).OfType<Scenario>().First();

    public static Step Step(string lines) => Scenario($"Feature: f\nScenario: s\nGiven a step\n{lines}").Steps[0];

    public static IReadOnlyList<Pickle> Pickles(string text)
    {
        var newId = Ids();
        var result = GherkinParser.Parse("a.feature", text, newId);
        result.Errors.Should().BeEmpty();
        return PickleCompiler.Compile(result.Document!, "a.feature", newId);
    }

    public static IEnumerable<string> Errors(string text) => Parse(text).Errors.Select(error => error.Message);
}
