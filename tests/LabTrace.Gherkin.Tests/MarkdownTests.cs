using FsCheck.Fluent;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Tests;

public sealed class MarkdownTests
{
    private const string Cheese =
        """
        # Feature: Cheese

        Free text, and a table that is not indented:

        | foo | bar |
        | --- | --- |

        `@slow` and `@nightly`
        ## Rule: Nom

        ### Scenario Outline: eats <what>

        * Given some code:
          ````typescript
          ```
          type Cheese = 'a'
          ````
        - And a table
          | name | age |
          | ---- | --: |
          | Bill |   3 |
        + Then it is <what>
        1. no step

        #### Examples: all

          | what |
          | ---- |
          | gone |
        """;

    [Test]
    public void Headers_are_titles_and_bullets_are_steps()
    {
        var feature = Parse(Cheese).Document!.Feature!;

        var rule = feature.Children.Single().Rule!;
        var outline = rule.Children.Single().Scenario!;
        feature.Name.Should().Be("Cheese");
        feature.Location.Should().Be(new Location(1, 3));
        rule.Tags.Select(tag => tag.Name).Should().Equal("@slow", "@nightly");
        outline.Steps.Select(step => step.Keyword + step.Text).Should().Equal("Given some code:", "And a table", "Then it is <what>");
        outline.Steps[0].Location.Should().Be(new Location(13, 3));
        outline.Steps[0].DocString.Should().Be(new DocString(new Location(14, 3), "typescript", "```\ntype Cheese = 'a'", "````"));
        outline.Steps[1].DataTable!.Rows.Select(row => row.Cells[0].Value).Should().Equal("name", "Bill");
        outline.Examples.Single().TableBody.Single().Cells.Single().Value.Should().Be("gone");
    }

    [Test]
    public void The_first_line_names_the_feature_when_no_title_does()
    {
        var feature = Parse("\nSome prose\n\n## Scenario: s\n* Given x").Document!.Feature!;

        feature.Name.Should().Be("Some prose");
        feature.Keyword.Should().BeEmpty();
        feature.Children.Single().Scenario!.Name.Should().Be("s");
    }

    [Test]
    public void A_step_in_the_wrong_place_is_an_error_that_quotes_the_line()
    {
        var errors = Parse("# Feature: f\n## Scenario: s\n* Given x\n### Examples:\n  | a |\n* Given y").Errors;

        errors.Single().Message.Should().Be(
            "(6:1): expected: #EOF, #TableRow, #TagLine, #ExamplesLine, #ScenarioLine, #RuleLine, #Comment, #Empty, got '* Given y'");
    }

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public FsCheck.Property Any_lines_give_a_document_or_errors()
    {
        string[] pieces = [.. Cheese.Split('\n'), "#", "######", "* ", "*", "`@", "`@a", "```", "|", "  |", "####### x", "* * star", "", "`@a` `@b`"];
        var texts = Gen.ListOf(Gen.Elements(pieces)).Select(lines => string.Join('\n', lines));

        return Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var result = Parse(text);
            return result.Document is null == result.Errors.Count > 0;
        });
    }

    [Test]
    public void A_title_of_a_feature_behind_the_one_that_it_has_is_text()
    {
        var result = Parse("Just text\n\n# Feature: late\n\n## Scenario: s\n* Given a\n# Feature: later\n* Then b\n");

        result.Errors.Should().BeEmpty();
        result.Document!.Feature!.Name.Should().Be("Just text");
        result.Document.Feature.Description.Should().BeEmpty();
        result.Document.Feature.Children.Should().ContainSingle().Which.Scenario!.Steps.Select(s => s.Text).Should().Equal("a", "b");
    }

    private static ParseResult Parse(string text) => GherkinParser.Parse("a.feature.md", text, Features.Ids());
}
