using LabTrace.Gherkin.Ast;
using LabTrace.Gherkin.Parsing;

namespace LabTrace.Gherkin.Tests;

public sealed class DialectTests
{
    public static IEnumerable<string> Languages => Dialects.Names;

    [Test]
    public void English_is_written_down_as_the_table_has_it()
    {
        var table = Dialects.Load("en");

        Dialect.English.Keywords.Should().BeEquivalentTo(table.Keywords);
    }

    [Test]
    public void There_are_80_languages()
    {
        Languages.Should().HaveCount(80);
    }

    [TestCaseSource(nameof(Languages))]
    public void Every_keyword_of_every_language_is_read(string language)
    {
        var keywords = Dialects.Find(language)!.Keywords.ToList();
        string First(TokenKind kind) => keywords.First(keyword => keyword.Kind == kind).Text;
        var scenario = $"{First(TokenKind.FeatureLine)}: f\n{First(TokenKind.ScenarioLine)}: s\n";

        foreach (var keyword in keywords)
        {
            var text = keyword.Kind switch
            {
                TokenKind.FeatureLine => $"{keyword.Text}: f\n",
                TokenKind.StepLine => scenario + keyword.Text + "x\n",
                TokenKind.ExamplesLine => scenario + First(TokenKind.StepLine) + "x\n" + keyword.Text + ": e\n| a |\n",
                _ => $"{First(TokenKind.FeatureLine)}: f\n{keyword.Text}: t\n",
            };
            var feature = Features.Feature($"# language: {language}\n{text}");

            feature.Language.Should().Be(language);
            KeywordsOf(feature).Should().Contain(keyword.Text);
        }
    }

    [Test]
    public void The_longest_of_two_keywords_that_fit_is_taken()
    {
        var step = Features.Scenario("# language: ht\nKarakteristik: f\nSenaryo: s\nSipoze ke x").Steps.Single();

        step.Keyword.Should().Be("Sipoze ke ");
        step.Text.Should().Be("x");
    }

    [Test]
    public void A_word_that_is_both_a_step_and_a_title_is_read_by_its_place()
    {
        var feature = Features.Feature("# language: tr\nÖzellik: f\nMevcut Durum: b\nMevcut Durum: x");

        var background = feature.Children.Single().Background!;
        background.Keyword.Should().Be("Mevcut Durum");
        background.Steps.Single().Keyword.Should().Be("Mevcut ");
    }

    private static IEnumerable<string> KeywordsOf(Feature feature) =>
    [
        feature.Keyword,
        .. feature.Children.SelectMany(child => new[] { child.Background?.Keyword, child.Scenario?.Keyword, child.Rule?.Keyword }).OfType<string>(),
        .. feature.Children.SelectMany(child => child.Scenario?.Steps ?? []).Select(step => step.Keyword),
        .. feature.Children.SelectMany(child => child.Scenario?.Examples ?? []).Select(examples => examples.Keyword),
    ];
}
