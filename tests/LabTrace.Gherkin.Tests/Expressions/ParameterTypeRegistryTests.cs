using LabTrace.Gherkin.Expressions;

namespace LabTrace.Gherkin.Tests.Expressions;

public sealed class ParameterTypeRegistryTests
{
    [TestCase("int", "There is already a parameter type with name int")]
    [TestCase("", "The anonymous parameter type has already been defined")]
    [TestCase("a(b", "Illegal character in parameter name {a(b}. Parameter names may not contain '{', '}', '(', ')', '\\' or '/'")]
    public void A_name_must_be_legal_and_free(string name, string message)
    {
        var registry = new ParameterTypeRegistry();

        var define = () => registry.Define(new ParameterType(name, ["x"], typeof(string)));

        define.Should().Throw<CucumberExpressionException>().WithMessage(message);
    }

    [Test]
    public void Only_one_type_can_be_preferred_for_an_expression()
    {
        var registry = new ParameterTypeRegistry();
        registry.Define(new ParameterType("a", ["x"], typeof(string), preferForRegexMatch: true));

        var define = () => registry.Define(new ParameterType("b", ["x"], typeof(string), preferForRegexMatch: true));

        define.Should().Throw<CucumberExpressionException>().WithMessage(
            "There can only be one preferential parameter type per regexp. "
            + "The regexp /x/ is used for two preferential parameter types, {a} and {b}");
    }
}
