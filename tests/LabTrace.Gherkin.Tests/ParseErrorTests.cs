namespace LabTrace.Gherkin.Tests;

public sealed class ParseErrorTests
{
    [Test]
    public void A_line_that_does_not_fit_tells_what_was_expected()
    {
        var errors = Features.Errors("Feature: f\nScenario: s\n  Given x\n    foo bar  ");

        errors.Should().Equal(
            "(4:5): expected: #EOF, #TableRow, #DocStringSeparator, #StepLine, #TagLine, #ExamplesLine, #ScenarioLine, #RuleLine, #Comment, #Empty, got 'foo bar'");
    }

    [Test]
    public void A_file_that_ends_too_early_tells_what_was_expected()
    {
        var errors = Features.Errors("Feature: f\nScenario: s\nGiven x\n\"\"\"\ntext\n");

        errors.Should().Equal("(6:0): unexpected end of file, expected: #DocStringSeparator, #Other");
    }

    [Test]
    public void Tags_need_something_to_tag()
    {
        var errors = Features.Errors("Feature: f\nScenario: s\nGiven x\n@a");

        errors.Should().Equal("(5:0): unexpected end of file, expected: #TagLine, #RuleLine, #Comment, #Empty");
    }

    [Test]
    public void A_table_with_rows_of_different_length_points_at_the_first_that_differs()
    {
        var errors = Features.Errors("Feature: f\nScenario: s\nGiven x\n | a | b |\n | a |\n | a | b | c |\nGiven y");

        errors.Should().Equal("(5:2): inconsistent cell count within the table");
    }

    [Test]
    public void A_language_nobody_speaks_is_named()
    {
        var errors = Features.Errors(" # language: xx\nFeature: f");

        errors.Should().Equal("(1:2): Language not supported: xx");
    }

    [Test]
    public void A_tag_with_a_blank_is_pointed_at()
    {
        var errors = Features.Errors("@a @b c @d\nFeature: f");

        errors.Should().Equal("(1:4): A tag may not contain whitespace");
    }

    [Test]
    public void One_file_reports_all_its_errors_in_order()
    {
        var result = Features.Parse("Feature: f\nScenario: s\nGiven x\n | a |\n | b | c |\nwrong\n@x y\nScenario: t\nBackground:\nThen z\nnonsense");

        result.Errors.Select(error => error.Location.Line).Should().Equal(5, 6, 7, 11);
        result.Document.Should().BeNull();
    }

    [Test]
    public void A_file_that_is_no_feature_file_reports_a_limited_number_of_errors()
    {
        var errors = Features.Errors(string.Concat(Enumerable.Repeat("int main() { return 0; }\n", 5000)));

        errors.Should().HaveCount(GherkinParser.MaxErrors);
    }

    [Test]
    public void A_long_line_is_quoted_in_part()
    {
        var errors = Features.Errors(new string('x', 100_000));

        errors.Single().Should().HaveLength("(1:1): expected: #EOF, #Language, #TagLine, #FeatureLine, #Comment, #Empty, got ''".Length + 201);
    }
}
