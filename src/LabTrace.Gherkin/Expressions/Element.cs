namespace LabTrace.Gherkin.Expressions;

/// <summary>A part of an expression that is matched without a regular expression: texts to choose from in order, or a parameter.</summary>
internal sealed record Element(string[] Choices, ParameterMatcher? Parameter = null);
