using LabTrace.Gherkin.Expressions;

namespace LabTrace.Gherkin.Tests.Expressions;

public sealed class CucumberExpressionTests
{
    private static readonly ParameterTypeRegistry Registry = new();

    [TestCase("three mice", "three mice", "")]
    [TestCase("{int} cucumber(s)", "1 cucumber", "1")]
    [TestCase("{int} cucumber(s)", "-22 cucumbers", "-22")]
    [TestCase("mice/rats and rats\\/mice", "rats and rats/mice", "")]
    [TestCase("it is/was {string}", "it was \"a \\\"b\\\"\"", "a \"b\"")]
    [TestCase("it is {string}", "it is 'x'", "x")]
    [TestCase("it is {string}", "it is ''", "")]
    [TestCase("{float} s", "-1.5E3 s", "-1.5E3")]
    [TestCase("{double} s", ".5 s", ".5")]
    [TestCase("{word}-{word}", "a-b-c", "a-b|c")]
    [TestCase("{}{}", "abc", "abc|")]
    [TestCase("a \\(b\\) \\{c\\} \\\\", "a (b) {c} \\", "")]
    [TestCase("", "", "")]
    public void A_text_matches(string expression, string text, string values)
    {
        var arguments = new CucumberExpression(expression, Registry).Match(text)!;

        string.Join('|', arguments.Select(argument => argument.Value)).Should().Be(values);
    }

    [TestCase("three mice", "three mice ")]
    [TestCase("three mice", "Three mice")]
    [TestCase("{int} s", "1.5 s")]
    [TestCase("{string}", "\"open")]
    [TestCase("{word}", "two words")]
    [TestCase("{float}", "1.")]
    [TestCase("is/are", "isare")]
    [TestCase("line", "line\n")]
    public void A_text_does_not_match(string expression, string text)
    {
        new CucumberExpression(expression, Registry).Match(text).Should().BeNull();
    }

    [Test]
    public void An_argument_knows_its_place_and_parameter_type()
    {
        var arguments = new CucumberExpression("{int} of {string}", Registry).Match("12 of \"x\"")!;

        arguments[0].ParameterTypeName.Should().Be("int");
        arguments[0].Group.Should().BeEquivalentTo(new MatchGroup("12", 0, []));
        arguments[1].Group.Start.Should().Be(6);
        arguments[1].Group.Children[0].Should().BeEquivalentTo(new MatchGroup("x", 7, [new MatchGroup(null, null, [])]));
        arguments[1].Group.Children[1].Value.Should().BeNull();
    }

    [Test]
    public void A_custom_parameter_type_gives_its_groups()
    {
        var registry = new ParameterTypeRegistry();
        registry.Define(new ParameterType("flight", ["([A-Z]{3})-([A-Z]{3})"], typeof(string)));
        var expression = new CucumberExpression("{flight} is late", registry);

        var argument = expression.Match("LHR-CDG is late")!.Single();

        argument.Group.Children.Select(child => child.Value).Should().Equal("LHR", "CDG");
        argument.Value.Should().Be("LHR-CDG");
        expression.NeedsRegex.Should().BeTrue();
    }

    [Test]
    public void A_parameter_type_of_plain_words_needs_no_regular_expression()
    {
        var registry = new ParameterTypeRegistry();
        registry.Define(new ParameterType("colour", ["red|reddish", "blue"], typeof(string)));
        var expression = new CucumberExpression("a {colour} one", registry);

        expression.NeedsRegex.Should().BeFalse();
        expression.Match("a reddish one")!.Single().Value.Should().Be("reddish");
        expression.Match("a green one").Should().BeNull();
    }

    [TestCase("I have {int}", "I have ")]
    [TestCase("mouse(s)", "mouse")]
    [TestCase("a/b c", "")]
    [TestCase("\\{int\\}", "{int}")]
    [TestCase("{int}", "")]
    public void The_literal_prefix_ends_where_choice_begins(string expression, string prefix)
    {
        new CucumberExpression(expression, Registry).LiteralPrefix.Should().Be(prefix);
    }

    [Test]
    public void An_undefined_parameter_type_names_itself()
    {
        var parse = () => new CucumberExpression("a {nope}", Registry);

        var thrown = parse.Should().Throw<UndefinedParameterTypeException>().Which;
        thrown.ParameterTypeName.Should().Be("nope");
        thrown.Expression.Should().Be("a {nope}");
        thrown.Message.Should().Be(
            "This Cucumber Expression has a problem at column 3:\n\na {nope}\n  ^----^\nUndefined parameter type 'nope'.\nPlease register a ParameterType for 'nope'");
    }

    [Test]
    public void A_bad_regular_expression_in_a_parameter_type_is_told_by_verify()
    {
        var registry = new ParameterTypeRegistry();
        registry.Define(new ParameterType("bad", ["(["], typeof(string)));
        var expression = new CucumberExpression("a {bad}", registry);

        expression.Invoking(bad => bad.Verify()).Should().Throw<CucumberExpressionException>()
            .WithMessage("The expression 'a {bad}' holds a regular expression that is not well formed: *");
    }

    [TestCase("((((", 10_000)]
    [TestCase("}", 10_000)]
    [TestCase("a/", 10_000)]
    [TestCase("a(b)/", 2_000)]
    [TestCase("(a)b/c ", 2_000)]
    public void A_long_expression_ends_in_time(string piece, int count)
    {
        var source = string.Concat(Enumerable.Repeat(piece, count));

        var parse = () => new CucumberExpression(source, Registry);

        try
        {
            parse().Match(source);
        }
        catch (CucumberExpressionException exception)
        {
            exception.Message.Should().StartWith("This Cucumber Expression has a problem at column");
        }
    }

    [Test]
    public void Backing_off_is_bounded()
    {
        var expression = new CucumberExpression(string.Concat(Enumerable.Repeat("{}a", 20)), Registry);

        expression.Match(new string('a', 2000) + "b").Should().BeNull();
    }
}
