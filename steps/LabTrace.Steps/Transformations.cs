using LabTrace.Tracing;
using LabTrace.Tracing.Queries;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>The parameter types of the vocabulary.</summary>
[Binding]
public sealed class Transformations
{
    [StepArgumentTransformation("on|off", Name = "onoff")]
    public bool OnOff(string text) => text == "on";

    [StepArgumentTransformation(@"\d+(?:\.\d+)? ?(?:ns|us|µs|ms|s|min)", Name = "duration")]
    public Duration Duration(string text) => Tracing.Duration.Parse(text);

    [StepArgumentTransformation("every|some|no", Name = "quantity")]
    public Quantity Quantity(string text) => Enum.Parse<Quantity>(text, ignoreCase: true);

    [StepArgumentTransformation(
        "equal to|not equal to|less than|greater than|at most|at least|containing|starting with|ending with|matching", Name = "comparison")]
    public FieldOperator Comparison(string words) => FieldOperators.FromWords(words);

    [StepArgumentTransformation("""
        "([^"]*)"|(-?(?:0x[0-9a-fA-F]+|\d+))
        """, Name = "value")]
    public FieldText Value(string quoted, string number) => new(string.IsNullOrEmpty(number) ? quoted : number);

    [StepArgumentTransformation(@"shortest|median|longest|p\d+(?:\.\d+)?", Name = "statistic")]
    public Statistic Statistic(string text) => Tracing.Queries.Statistic.Parse(text);

    [StepArgumentTransformation("lost|malformed|skipped", Name = "counter")]
    public TraceCounter Counter(string word) => Enum.Parse<TraceCounter>(word, ignoreCase: true);

    [StepArgumentTransformation("at most|at least", Name = "limit")]
    public Limit Limit(string words) => words == "at most" ? Tracing.Queries.Limit.AtMost : Tracing.Queries.Limit.AtLeast;
}

/// <summary>What a field is compared with, as a sentence writes it.</summary>
/// <param name="Text">The text between quotes, or the number.</param>
public sealed record FieldText(string Text);
