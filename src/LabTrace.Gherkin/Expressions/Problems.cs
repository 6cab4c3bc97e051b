namespace LabTrace.Gherkin.Expressions;

/// <summary>The official texts of errors in cucumber expressions, with the place they point at.</summary>
internal static class Problems
{
    private const string EscapeOptional = @"If you did not mean to use an optional you can use '\(' to escape the '('";

    public static CucumberExpressionException AlternativeMayNotExclusivelyContainOptionals(Node node, string expression) =>
        At(node.Start, node.End, expression, "An alternative may not exclusively contain optionals", EscapeOptional);

    public static CucumberExpressionException AlternativeMayNotBeEmpty(Node node, string expression) =>
        At(
            node.Start,
            node.End,
            expression,
            "Alternative may not be empty",
            @"If you did not mean to use an alternative you can use '\/' to escape the '/'");

    public static CucumberExpressionException OptionalMayNotBeEmpty(Node node, string expression) =>
        At(node.Start, node.End, expression, "An optional must contain some text", EscapeOptional);

    public static CucumberExpressionException ParameterIsNotAllowedInOptional(Node node, string expression) =>
        At(
            node.Start,
            node.End,
            expression,
            "An optional may not contain a parameter type",
            @"If you did not mean to use an parameter type you can use '\{' to escape the '{'");

    public static CucumberExpressionException OptionalIsNotAllowedInOptional(int start, int end, string expression) =>
        At(
            start,
            end,
            expression,
            "An optional may not contain an other optional",
            @"If you did not mean to use an optional type you can use '\(' to escape the '('. For more complicated expressions consider "
                + "using a regular expression instead.");

    public static CucumberExpressionException EndOfLineCanNotBeEscaped(string expression) =>
        At(
            expression.Length - 1,
            expression.Length,
            expression,
            "The end of line can not be escaped",
            @"You can use '\\' to escape the '\'");

    public static CucumberExpressionException MissingEnd(Token begin, char endSymbol, string purpose, string expression) =>
        At(
            begin.Start,
            begin.End,
            expression,
            $"The '{begin.Text}' does not have a matching '{endSymbol}'",
            $@"If you did not intend to use {purpose} you can use '\{begin.Text}' to escape the {purpose}");

    public static CucumberExpressionException AlternationNotAllowedInOptional(Token token, string expression) =>
        At(
            token.Start,
            token.End,
            expression,
            "An alternation can not be used inside an optional",
            @"If you did not mean to use an alternation you can use '\/' to escape the '/'. Otherwise rephrase your expression or "
                + "consider using a regular expression instead.");

    public static CucumberExpressionException CanNotBeEscaped(int index, string expression) =>
        At(
            index,
            index + 1,
            expression,
            @"Only the characters '{', '}', '(', ')', '\', '/' and whitespace can be escaped",
            @"If you did mean to use an '\' you can use '\\' to escape it");

    public static CucumberExpressionException InvalidParameterTypeName(Token token, string expression) =>
        At(
            token.Start,
            token.End,
            expression,
            @"Parameter names may not contain '{', '}', '(', ')', '\' or '/'",
            "Did you mean to use a regular expression?");

    public static UndefinedParameterTypeException UndefinedParameterType(Node node, string expression, string name) =>
        new(
            name,
            expression,
            Message(
                node.Start,
                node.End,
                expression,
                $"Undefined parameter type '{name}'",
                $"Please register a ParameterType for '{name}'"));

    private static CucumberExpressionException At(int start, int end, string expression, string problem, string solution) =>
        new(Message(start, end, expression, problem, solution));

    private static string Message(int start, int end, string expression, string problem, string solution)
    {
        var pointer = new string(' ', start) + "^" + (start + 1 < end ? new string('-', end - start - 2) + "^" : "");
        return $"This Cucumber Expression has a problem at column {start + 1}:\n\n{expression}\n{pointer}\n{problem}.\n{solution}";
    }
}
