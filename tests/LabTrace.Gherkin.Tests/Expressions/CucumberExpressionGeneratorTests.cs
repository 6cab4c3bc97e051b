using LabTrace.Gherkin.Expressions;

namespace LabTrace.Gherkin.Tests.Expressions;

public sealed class CucumberExpressionGeneratorTests
{
    [TestCase("a step", "a step")]
    [TestCase("I have 2 cucumbers and 1.5 tomatoes", "I have {int} cucumbers and {float} tomatoes")]
    [TestCase("the event \"sched:sched_switch\" is 'on'", "the event {string} is {string}")]
    [TestCase("a (b) {c} d/e f\\g", @"a \(b) \{c} d\/e f\\g")]
    [TestCase("v2 is no number", "v2 is no number")]
    [TestCase("", "")]
    public void The_first_proposal_has_parameters_for_numbers_and_quoted_texts(string text, string expression)
    {
        var generated = new CucumberExpressionGenerator(new ParameterTypeRegistry()).Generate(text);

        generated[0].Source.Should().Be(expression);
    }

    [Test]
    public void Custom_parameter_types_are_proposed()
    {
        var registry = new ParameterTypeRegistry();
        registry.Define(new ParameterType("cpu", [@"cpu \d+"], typeof(int)));
        registry.Define(new ParameterType("broken", ["(["], typeof(int)));

        var generated = new CucumberExpressionGenerator(registry).Generate("on cpu 3");

        generated[0].Source.Should().Be("on {cpu}");
        generated[0].ParameterTypes.Single().Type.Should().Be<int>();
    }

    [TestCase("1.5 and 2.5 and 3.5 and 4.5 and 5.5 and 6.5 and 7.5 and 8.5 and 9.5 and 1.25 and 2.25")]
    [TestCase("12 of \"it\" at 1.5")]
    public void Every_proposal_matches_the_text(string text)
    {
        var registry = new ParameterTypeRegistry();

        var generated = new CucumberExpressionGenerator(registry).Generate(text);

        generated.Should().HaveCountLessThanOrEqualTo(256);
        generated.Should().OnlyContain(proposal => new CucumberExpression(proposal.Source, registry).Match(text) != null);
    }
}
