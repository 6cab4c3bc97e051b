using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests.Cck;

[Binding]
public sealed class Markdown(IReqnrollOutputHelper output)
{
    [StepDefinition("some TypeScript code:")]
    public void Code(string code) => Assert.That(code, Is.Not.Empty);

    [StepDefinition("some classic Gherkin:")]
    public void Gherkin(string text) => Assert.That(text, Is.Not.Empty);

    [StepDefinition("we use a data table and attach something and then {word}")]
    public void Attach(string word, DataTable table)
    {
        Assert.That(table, Is.Not.Null);
        output.WriteLine($"We are logging some plain text ({word})");
        if (word == "fail")
        {
            throw new Whoops("You asked me to fail");
        }
    }

    [StepDefinition("this might or might not run")]
    public void MightRun()
    {
    }
}

[Binding]
public sealed class Minimal
{
    [StepDefinition("I have {int} cukes in my belly")]
    public void Cukes(int count) => _ = count;
}

[Binding]
public class MultipleFeatures
{
    [StepDefinition("an order for {string}")]
    public void Order(string what) => _ = what;
}

[Binding]
public sealed class MultipleFeaturesReversed : MultipleFeatures;

public sealed record Flight(string From, string To);

[Binding]
public sealed class ParameterTypes
{
    [StepArgumentTransformation("([A-Z]{3})-([A-Z]{3})", Name = "flight")]
    public Flight Flight(string from, string to) => new(from, to);

    [StepDefinition("{flight} has been delayed")]
    public void Delayed(Flight flight) => Assert.That(flight, Is.EqualTo(new Flight("LHR", "CDG")));
}

[Binding]
public sealed class PendingException
{
    [StepDefinition("an unimplemented pending step")]
    public void Pending() => throw new PendingStepException("not yet");
}

[Binding]
public sealed class Pending
{
    [StepDefinition("an implemented non-pending step")]
    public void Implemented()
    {
    }

    [StepDefinition("an implemented step that is skipped")]
    public void Skipped()
    {
    }

    [StepDefinition("an unimplemented pending step")]
    public void Unimplemented() => ScenarioContext.StepIsPending();
}

[Binding]
public sealed class RegularExpression
{
    [StepDefinition("^a (.*?)(?: and a (.*?))?(?: and a (.*?))?$")]
    public void Vegetables(string first, string second, string third) => _ = first + second + third;
}

[Binding]
public sealed class RetryAmbiguous
{
    [StepDefinition("an ambiguous step")]
    public void First()
    {
    }

    [StepDefinition("an ambiguous step")]
    public void Second()
    {
    }
}

[Binding]
public sealed class RetryPending
{
    [StepDefinition("a pending step")]
    public void Pending() => throw new PendingStepException();
}

[Binding]
public sealed class Retry(TestThreadContext worker)
{
    [StepDefinition("a step that always passes")]
    public void Passes()
    {
    }

    [StepDefinition("a step that passes the second time")]
    public void Second() => PassAt(2, nameof(Second));

    [StepDefinition("a step that passes the third time")]
    public void Third() => PassAt(3, nameof(Third));

    [StepDefinition("a step that always fails")]
    public void Fails() => throw new Whoops("Exception in step");

    private void PassAt(int time, string key)
    {
        var times = worker.TryGetValue<int>(key, out var before) ? before + 1 : 1;
        worker.Set(times, key);
        if (times < time)
        {
            throw new Whoops("Exception in step");
        }
    }
}

[Binding]
public sealed class Rules
{
    private readonly Stack<string> _stock = new();
    private int _money;
    private string? _chocolate;

    [StepDefinition("the customer has {int} cents")]
    public void Money(int cents) => _money = cents;

    [StepDefinition("there are chocolate bars in stock")]
    public void Stock() => _stock.Push("Mars");

    [StepDefinition("there are no chocolate bars in stock")]
    public void NoStock() => _stock.Clear();

    [StepDefinition("the customer tries to buy a {int} cent chocolate bar")]
    public void Buy(int price)
    {
        if (_money >= price)
        {
            _stock.TryPop(out _chocolate);
        }
    }

    [StepDefinition("the sale should not happen")]
    public void NoSale() => Assert.That(_chocolate, Is.Null);

    [StepDefinition("the sale should happen")]
    public void Sale() => Assert.That(_chocolate, Is.Not.Null);
}

[Binding]
public sealed class SkippedException
{
    [StepDefinition("I skip a step")]
    public void Skip() => Assert.Ignore("skipping");
}

[Binding]
public sealed class Skipped
{
    [StepDefinition("a step that does not skip")]
    public void DoesNotSkip()
    {
    }

    [StepDefinition("a step that is skipped")]
    public void IsSkipped()
    {
    }

    [StepDefinition("I skip a step")]
    public void Skip() => throw new IgnoreException(string.Empty);
}

[Binding]
public sealed class StackTraces
{
    [StepDefinition("a step throws an exception")]
    public void Throws() => throw new Whoops("BOOM");
}

[Binding]
public sealed class TestRunException
{
    [StepDefinition("a step")]
    public void Step()
    {
    }
}

[Binding]
public class Undefined
{
    [StepDefinition("an implemented step")]
    public void Implemented()
    {
    }

    [StepDefinition("a step that will be skipped")]
    public void Skipped()
    {
    }
}

[Binding]
public sealed class UndefinedMultiple : Undefined;

[Binding]
public sealed class UnknownParameterType
{
    [StepDefinition("{airport} is closed because of a strike")]
    public void Closed(string airport) => throw new Whoops($"Should not be called because {airport} has not been defined");
}

[Binding]
public sealed class UnusedSteps
{
    [StepDefinition("a step that is used")]
    public void Used()
    {
    }

    [StepDefinition("a step that is not used")]
    public void NotUsed()
    {
    }
}
