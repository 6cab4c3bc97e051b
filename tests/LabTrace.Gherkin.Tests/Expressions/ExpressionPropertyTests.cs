using FsCheck;
using FsCheck.Fluent;
using LabTrace.Gherkin.Expressions;

namespace LabTrace.Gherkin.Tests.Expressions;

/// <summary>Matching by hand must be the same as matching by the regular expression, to the last group.</summary>
public sealed class ExpressionPropertyTests
{
    private static readonly ParameterTypeRegistry Registry = MakeRegistry();

    private static readonly string[] ExpressionPieces =
    [
        "a", " ", "b(s)", "is/are", "x(s)/y(z)/w", "{int}", "{float}", "{string}", "{word}", "{}", "{colour}", "{digits}", "é", ".", "\\(", "1", "-", "E", "\"",
    ];

    private static readonly string[] TextPieces =
    [
        "a", " ", "b", "s", "is", "are", "x", "y", "z", "w", "12", "-3", "+4.5E6", ".7", "1.", "\"q\"", "'r'", "\"e\\\"f\"", "'g\\", "red", "reddish", "é", ".", "(", "1", "-",
        "E", "\"", "\n", "\t", "\u00A0", "٣", "\u0085", "\u200B",
    ];

    private static readonly string[] AnyPieces = [.. ExpressionPieces, "(", ")", "{", "}", "/", "\\", "()", "{nope}", "((a))", "({int})", "a//b", "{a/b}"];

    [FsCheck.NUnit.Property(MaxTest = 10_000)]
    public Property By_hand_and_by_regular_expression_are_the_same()
    {
        var cases = from expression in Pieces(ExpressionPieces, 6)
                    from text in Pieces(TextPieces, 10)
                    select (expression, text);

        return Prop.ForAll(cases.ToArbitrary(), sample => AreSame(sample.expression, sample.text));
    }

    [FsCheck.NUnit.Property(MaxTest = 2_000)]
    public Property A_text_made_from_the_expression_matches_the_same_way()
    {
        var cases = from pieces in Gen.ListOf(Gen.Zip(Gen.Elements(ExpressionPieces), Gen.Elements(TextPieces)))
                    select (
                        expression: string.Concat(pieces.Select(piece => piece.Item1)),
                        text: string.Concat(pieces.Select(piece => piece.Item1[0] is '{' ? piece.Item2 : piece.Item1.Replace("\\", "").Split('/')[0])));

        return Prop.ForAll(cases.ToArbitrary(), sample => AreSame(sample.expression, sample.text));
    }

    [Test]
    public void Every_character_is_a_word_a_digit_or_a_blank_to_both()
    {
        CucumberExpression[] expressions = [new("{word}", Registry), new("{int}", Registry), new("{float}", Registry), new("{}", Registry), new("{string}", Registry)];

        for (var character = 0; character <= char.MaxValue; character++)
        {
            string[] texts = [$"{(char)character}", $"'\\{(char)character}'"];
            foreach (var expression in expressions)
            {
                foreach (var text in texts)
                {
                    (expression.Match(text) is null).Should().Be(expression.MatchByRegex(text) is null, "of {0} and U+{1:X4}", expression, character);
                }
            }
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 5_000)]
    public Property Any_pieces_are_an_expression_or_an_error()
    {
        var cases = from expression in Pieces(AnyPieces, 12)
                    from text in Pieces(TextPieces, 10)
                    select (expression, text);

        return Prop.ForAll(cases.ToArbitrary(), sample => TryMatch(sample.expression, sample.text));
    }

    [FsCheck.NUnit.Property(MaxTest = 2_000)]
    public bool Any_text_is_an_expression_or_an_error(string? expression, string? text) => TryMatch(expression ?? "", text ?? "");

    [FsCheck.NUnit.Property(MaxTest = 2_000)]
    public Property A_match_starts_with_the_literal_prefix()
    {
        var pieces = Pieces(["a", "b", "\\.", ".", "(a)", "(?:b)", "|", "[ab]", "?", "+", "*", "{2}", "^", "$", " ", "\\d", "\\ "], 6);
        var cases = from source in pieces from text in Pieces(["a", "b", ".", " ", "1"], 6) select (source, text);

        return Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            try
            {
                var expression = new RegularExpression(sample.source, Registry);
                var matches = System.Text.RegularExpressions.Regex.IsMatch(sample.text, $@"\A(?:{sample.source})\z", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(10));
                return !matches || sample.text.StartsWith(expression.LiteralPrefix, StringComparison.Ordinal);
            }
            catch (ArgumentException)
            {
                return true;
            }
        });
    }

    private static Gen<string> Pieces(string[] pieces, int most) =>
        from count in Gen.Choose(0, most)
        from chosen in Gen.ArrayOf(Gen.Elements(pieces), count)
        select string.Concat(chosen);

    private static bool AreSame(string source, string text)
    {
        CucumberExpression expression;
        try
        {
            expression = new CucumberExpression(source, Registry);
        }
        catch (CucumberExpressionException)
        {
            return true;
        }

        var byHand = expression.Match(text);
        var byRegex = expression.MatchByRegex(text);
        return (byHand is null && byRegex is null)
            || (byHand is not null && byRegex is not null && byHand.Zip(byRegex).All(pair => AreSame(pair.First.Group, pair.Second.Group)));
    }

    private static bool AreSame(MatchGroup left, MatchGroup right) =>
        left.Value == right.Value
        && left.Start == right.Start
        && left.Children.Count == right.Children.Count
        && left.Children.Zip(right.Children).All(pair => AreSame(pair.First, pair.Second));

    private static bool TryMatch(string source, string text)
    {
        try
        {
            var expression = new CucumberExpression(source, Registry);
            return expression.Match(text) is null || text.StartsWith(expression.LiteralPrefix, StringComparison.Ordinal);
        }
        catch (CucumberExpressionException)
        {
            return true;
        }
    }

    private static ParameterTypeRegistry MakeRegistry()
    {
        var registry = new ParameterTypeRegistry();
        registry.Define(new ParameterType("colour", ["red|reddish", "blue"], typeof(string)));
        registry.Define(new ParameterType("digits", [@"\d+"], typeof(string)));
        return registry;
    }
}
