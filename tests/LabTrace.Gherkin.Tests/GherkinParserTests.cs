using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Tests;

public sealed class GherkinParserTests
{
    [Test]
    public void A_feature_has_tags_keyword_name_and_description()
    {
        var feature = Features.Feature("@a @b\nFeature:  Clocks \n\n  first line\n\n  second line\n\n  Scenario: s");

        feature.Tags.Select(tag => tag.Name).Should().Equal("@a", "@b");
        feature.Keyword.Should().Be("Feature");
        feature.Name.Should().Be("Clocks");
        feature.Description.Should().Be("  first line\n\n  second line");
        feature.Location.Should().Be(new Location(2, 1));
        feature.Language.Should().Be("en");
    }

    [Test]
    public void Rules_hold_their_own_background_and_scenarios()
    {
        var feature = Features.Feature(
            "Feature: f\nBackground:\nGiven x\nExample: outside\n@r\nRule: r\nBackground: b\nGiven y\n@s\nScenario: inside\nThen z");

        feature.Children.Select(child => child.Background?.Keyword ?? child.Scenario?.Name ?? child.Rule!.Name)
            .Should().Equal("Background", "outside", "r");
        var rule = feature.Children[2].Rule!;
        rule.Tags.Single().Name.Should().Be("@r");
        rule.Children[0].Background!.Steps.Single().Text.Should().Be("y");
        rule.Children[1].Scenario!.Tags.Single().Name.Should().Be("@s");
    }

    [Test]
    public void An_outline_has_several_tagged_examples()
    {
        var outline = Features.Scenario(
            "Feature: f\nScenario Outline: o\nGiven <n>\n@small\nExamples: small\n| n |\n| 1 |\n\n@big\nScenarios:\n| n |\n| 10 |\n| 20 |");

        outline.Examples.Select(examples => examples.Keyword).Should().Equal("Examples", "Scenarios");
        outline.Examples.Select(examples => examples.Tags.Single().Name).Should().Equal("@small", "@big");
        outline.Examples[1].TableHeader!.Cells.Single().Value.Should().Be("n");
        outline.Examples[1].TableBody.Select(row => row.Cells[0].Value).Should().Equal("10", "20");
    }

    [TestCase("Given", StepKeywordType.Context)]
    [TestCase("When", StepKeywordType.Action)]
    [TestCase("Then", StepKeywordType.Outcome)]
    [TestCase("And", StepKeywordType.Conjunction)]
    [TestCase("But", StepKeywordType.Conjunction)]
    [TestCase("*", StepKeywordType.Unknown)]
    public void A_keyword_tells_what_a_step_means(string keyword, StepKeywordType type)
    {
        var step = Features.Scenario($"Feature: f\nScenario: s\n  {keyword}   some text  ").Steps.Single();

        step.Keyword.Should().Be(keyword + " ");
        step.KeywordType.Should().Be(type);
        step.Text.Should().Be("some text");
        step.Location.Should().Be(new Location(3, 3));
    }

    [TestCase("  \"\"\"\n  one\n    two\n three\n\n  \"\"\"", "one\n  two\nthree\n", null, TestName = "A_doc_string_loses_the_indent_of_its_fence")]
    [TestCase("```json \n{}\n```", "{}", "json", TestName = "A_doc_string_has_a_media_type")]
    [TestCase("\"\"\"\n\\\"\\\"\\\"\n```\n\"\"\"", "\"\"\"\n```", null, TestName = "A_doc_string_can_hold_its_own_fence_escaped")]
    [TestCase("```\n\\`\\`\\`\n```", "```", null, TestName = "A_doc_string_of_backticks_can_hold_backticks")]
    [TestCase("\"\"\"\n\"\"\"", "", null, TestName = "A_doc_string_may_be_empty")]
    [TestCase("\"\"\"\nGiven no step\n# no comment\n@no_tag\n\"\"\"", "Given no step\n# no comment\n@no_tag", null, TestName = "A_doc_string_hides_keywords")]
    public void Doc_strings(string lines, string content, string? mediaType)
    {
        var docString = Features.Step(lines).DocString!;

        docString.Content.Should().Be(content);
        docString.MediaType.Should().Be(mediaType);
    }

    [TestCase("| a | b |", "a", "b")]
    [TestCase("|a|  |", "a", "")]
    [TestCase(@"| a\|b | c\\ |", "a|b", @"c\")]
    [TestCase(@"| one\ntwo | \x |", "one\ntwo", @"\x")]
    [TestCase("| a | b | no cell", "a", "b")]
    [TestCase("\t|\ta\u00A0|  b|", "a", "b")]
    public void Cells_are_trimmed_and_unescaped(string row, string first, string second)
    {
        var cells = Features.Step(row).DataTable!.Rows.Single().Cells;

        cells.Select(cell => cell.Value).Should().Equal(first, second);
    }

    [Test]
    public void A_cell_knows_where_its_text_starts()
    {
        var cells = Features.Step("  | a |   bc |").DataTable!.Rows.Single().Cells;

        cells.Select(cell => cell.Location).Should().Equal(new Location(4, 5), new Location(4, 11));
    }

    [Test]
    public void A_step_may_have_both_a_table_and_a_doc_string()
    {
        var step = Features.Step("| a |\n\"\"\"\ntext\n\"\"\"");

        step.DataTable!.Rows.Should().ContainSingle();
        step.DocString!.Content.Should().Be("text");
    }

    [Test]
    public void Comments_are_kept_apart_from_what_they_stand_in()
    {
        var document = Features.Parse("# one\nFeature: f\n  # two\n  described\nScenario: s\n# three\nGiven x # not a comment").Document!;

        document.Comments.Select(comment => comment.Text).Should().Equal("# one", "  # two", "# three");
        document.Feature!.Description.Should().Be("  described");
        document.Feature.Children.Single().Scenario!.Steps.Single().Text.Should().Be("x # not a comment");
    }

    [Test]
    public void Tags_may_touch_each_other_and_be_followed_by_a_comment()
    {
        var tags = Features.Feature("  @a@b  @c#1 # @no\nFeature: f").Tags;

        tags.Select(tag => tag.Name).Should().Equal("@a", "@b", "@c#1");
        tags.Select(tag => tag.Location.Column).Should().Equal(3, 5, 9);
    }

    [TestCase("\uFEFFFeature: f\nScenario: s\nGiven x\n")]
    [TestCase("Feature: f\r\nScenario: s\r\nGiven x\r\n")]
    [TestCase("Feature: f\nScenario: s\nGiven x\n   ")]
    [TestCase("Feature:\tf\nScenario:\ts\t\nGiven \tx")]
    public void Byte_order_marks_carriage_returns_and_tabs_change_nothing(string text)
    {
        var feature = Features.Feature(text);

        feature.Should().BeEquivalentTo(Features.Feature("Feature: f\nScenario: s\nGiven x"));
    }

    [TestCase("")]
    [TestCase("\n\n")]
    [TestCase("# only a comment")]
    public void A_file_may_hold_no_feature(string text)
    {
        var result = Features.Parse(text);

        result.Document!.Feature.Should().BeNull();
        result.Errors.Should().BeEmpty();
    }

    [Test]
    public void A_text_is_read_in_linear_time()
    {
        var steps = string.Concat(Enumerable.Repeat("    Given a step with \"text\" and 12 more words in it\n      | a | b | c |\n", 100_000));
        var tags = string.Concat(Enumerable.Repeat("@a\n# b\n", 50_000));

        var feature = Features.Feature($"Feature: f\n  Scenario: s\n{steps}\n{tags}Scenario: t");

        feature.Children[0].Scenario!.Steps.Should().HaveCount(100_000);
        feature.Children[1].Scenario!.Tags.Should().HaveCount(50_000);
    }
}
