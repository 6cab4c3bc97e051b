using LabTrace.Gherkin.Expressions;

namespace LabTrace.Gherkin.Tests.Expressions;

public sealed class RegularExpressionTests
{
    private static readonly ParameterTypeRegistry Registry = new();

    [TestCase("I have (.*) and (.*)", "I have a and b", "a|b")]
    [TestCase("^I have (\\d+)$", "I have 5", "5")]
    [TestCase("one|two (x)", "one", "")]
    [TestCase("(?<second>b)?(?:c)(d)", "cd", "|d")]
    [TestCase("(a(b)?)", "a", "a")]
    public void A_text_matches(string expression, string text, string values)
    {
        var arguments = new RegularExpression(expression, Registry).Match(text)!;

        string.Join('|', arguments.Select(argument => argument.Value)).Should().Be(values);
    }

    [TestCase("have", "I have")]
    [TestCase("one|two", "one two")]
    [TestCase("^a", "ab")]
    [TestCase("a$", "a\n")]
    public void The_whole_text_must_match(string expression, string text)
    {
        new RegularExpression(expression, Registry).Match(text).Should().BeNull();
    }

    [Test]
    public void A_group_that_looks_like_a_parameter_type_is_one()
    {
        var arguments = new RegularExpression(@"(\d+) (.*) (x)", Registry).Match("1 a x")!;

        arguments.Select(argument => argument.ParameterTypeName).Should().Equal("int", "", null);
    }

    [Test]
    public void Groups_nest_as_their_parentheses_do()
    {
        var argument = new RegularExpression("((a)(?:-)(b(c)?))d[)(]", Registry).Match("a-bd)")!.Single();

        argument.Group.Value.Should().Be("a-b");
        argument.Group.Children.Select(child => child.Value).Should().Equal("a", "b");
        argument.Group.Children[1].Children.Single().Value.Should().BeNull();
    }

    [TestCase("^I have (.*)$", "I have ")]
    [TestCase("colou?r", "colo")]
    [TestCase(@"1\.5\d", "1.5")]
    [TestCase("a|b", "")]
    [TestCase("a(b|c)", "a")]
    [TestCase("ab{2}", "a")]
    [TestCase("ab+", "ab")]
    [TestCase("(?i)a", "")]
    public void The_literal_prefix_is_what_every_match_starts_with(string expression, string prefix)
    {
        new RegularExpression(expression, Registry).LiteralPrefix.Should().Be(prefix);
    }

    [Test]
    public void A_bad_expression_is_told_at_the_first_match()
    {
        var expression = new RegularExpression("a (", Registry);

        expression.Invoking(bad => bad.Match("a b")).Should().Throw<CucumberExpressionException>()
            .WithMessage("The expression 'a (' holds a regular expression that is not well formed: *");
    }

    [Test]
    public void An_expression_that_backs_off_without_end_is_stopped()
    {
        var expression = new RegularExpression("(a+)+b", Registry);

        expression.Invoking(slow => slow.Match(new string('a', 40))).Should().Throw<CucumberExpressionException>()
            .WithMessage("The expression '(a+)+b' took more than 1 s to match 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': "
                + "its regular expression backs off without end. Rephrase it so that no two parts can match the same text.");
    }

    [Test]
    public void Two_parameter_types_of_one_expression_are_ambiguous()
    {
        var registry = new ParameterTypeRegistry();
        registry.Define(new ParameterType("person", ["[A-Z][a-z]+"], typeof(string)));
        registry.Define(new ParameterType("place", ["[A-Z][a-z]+"], typeof(string)));
        var expression = new RegularExpression("to ([A-Z][a-z]+)", registry);

        expression.Invoking(ambiguous => ambiguous.Match("to Paris")).Should().Throw<CucumberExpressionException>().WithMessage(
            "Your Regular Expression /to ([A-Z][a-z]+)/\nmatches multiple parameter types with regexp [A-Z][a-z]+:\n   {person}\n   {place}\n\n"
            + "I couldn't decide which one to use. You have two options:\n\n"
            + "1) Use a Cucumber Expression instead of a Regular Expression. Try one of these:\n   to {person}\n   to {place}\n\n"
            + "2) Make one of the parameter types preferential and continue to use a Regular Expression.\n");
    }
}
