using FsCheck.Fluent;

namespace LabTrace.Gherkin.Tests;

public sealed class GherkinFuzzTests
{
    private static readonly string[] Pieces =
    [
        "Feature: f", "Rule: r", "Background:", "Scenario: s", "Scenario Outline: <a>", "Examples:", "Given x <a>", "When y", "* z", "@tag @two", "@",
        "@a b", "| a |", "| b | c |", "|", "|\\", "\"\"\"", "```json", "# language: de", "# language: xx", "# comment", "text", "", "  ", "\t",
        "Funktionalität: f", "\uFEFF", "\u3000@", "\0", "\ud800", "Given", "Given ", ":", "Feature:",
    ];

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public FsCheck.Property Any_lines_give_a_document_or_errors()
    {
        var lines = Gen.ListOf(Gen.Elements(Pieces)).Select(pieces => string.Join('\n', pieces));

        return Prop.ForAll(lines.ToArbitrary(), IsDocumentOrErrors);
    }

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public bool Any_text_gives_a_document_or_errors(string? text) => IsDocumentOrErrors(text ?? "");

    [Test]
    public void A_feature_with_any_one_line_left_out_gives_a_document_or_errors()
    {
        foreach (var line in Fixtures.Lines("gherkin/official/documents.ndjson"))
        {
            var lines = line.Split(@"\n");

            for (var i = 0; i < lines.Length; i++)
            {
                IsDocumentOrErrors(string.Join('\n', lines.Where((_, index) => index != i))).Should().BeTrue();
            }
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public FsCheck.Property Line_ends_do_not_matter()
    {
        var lines = Gen.ListOf(Gen.Elements(Pieces)).Select(pieces => string.Join('\n', pieces));

        return Prop.ForAll(lines.ToArbitrary(), text =>
        {
            var unix = Features.Parse(text);
            var windows = Features.Parse(text.Replace("\n", "\r\n"));
            unix.Should().BeEquivalentTo(windows);
        });
    }

    private static bool IsDocumentOrErrors(string text)
    {
        var newId = Features.Ids();
        var result = GherkinParser.Parse("u", text, newId);
        if (result.Document is not null)
        {
            PickleCompiler.Compile(result.Document, "u", newId).Should().NotBeNull();
        }

        return result.Document is null == result.Errors.Count > 0;
    }
}
