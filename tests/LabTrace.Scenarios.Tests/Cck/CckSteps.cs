using FluentAssertions;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests.Cck;

/// <summary>The step code of each case, after the TypeScript that the kit carries along.</summary>
internal static class CckSteps
{
    /// <summary>The binding class of a case: <c>hooks-skipped</c> is <c>HooksSkipped</c>.</summary>
    public static Type[] Of(string name)
    {
        var typeName = string.Concat(name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return typeof(CckSteps).Assembly.GetType($"LabTrace.Scenarios.Tests.Cck.{typeName}") is { } type ? [type] : [];
    }
}

internal sealed class Whoops(string message = "whoops") : Exception(message);

[Binding]
public sealed class AllStatuses
{
    [StepDefinition("^a step$")]
    public void Step()
    {
    }

    [StepDefinition("^a failing step$")]
    public void Failing() => throw new Whoops();

    [StepDefinition("^a pending step$")]
    public void Pending() => throw new PendingStepException();

    [StepDefinition("^a skipped step$")]
    public void Skipped() => throw new IgnoreException(string.Empty);

    [StepDefinition("^an ambiguous (.*?)$")]
    public void Ambiguous(string what) => _ = what;

    [StepDefinition("^(.*?) ambiguous step$")]
    public void AmbiguousToo(string what) => _ = what;
}

[Binding]
public sealed class Ambiguous
{
    [StepDefinition("^a (.*?) with (.*?)$")]
    public void First(string what, string with) => _ = what + with;

    [StepDefinition("^a step with (.*?)$")]
    public void Second(string with) => _ = with;
}

[Binding]
public sealed class Attachments(ScenarioOutput output)
{
    [StepDefinition("the string {string} is attached as {string}")]
    public void Text(string text, string mediaType) => output.Attach(text, mediaType);

    [StepDefinition("the string {string} is logged")]
    public void Log(string text) => output.WriteLine(text);

    [StepDefinition("text with ANSI escapes is logged")]
    public void Ansi() => output.WriteLine(
        "This displays a \x1b[31mr\x1b[0m\x1b[91ma\x1b[0m\x1b[33mi\x1b[0m\x1b[32mn\x1b[0m\x1b[34mb\x1b[0m\x1b[95mo\x1b[0m\x1b[35mw\x1b[0m");

    [StepDefinition("the following string is attached as {string}:")]
    public void DocString(string mediaType, string text) => output.Attach(text, mediaType);

    [StepDefinition("an array with {int} bytes is attached as {string}")]
    public void Bytes(int size, string mediaType) => output.Attach([.. Enumerable.Range(0, size).Select(value => (byte)value)], mediaType);

    [StepDefinition("a PDF document is attached and renamed")]
    public void Pdf() => output.Attach(CckData.Bytes("document.pdf"), "application/pdf", "renamed.pdf");

    [StepDefinition("a link to {string} is attached")]
    public void Link(string uri) => output.Attach(uri, "text/uri-list");

    [StepDefinition("the string {string} is attached as {string} before a failure")]
    public void Failing(string text, string mediaType)
    {
        output.Attach(text, mediaType);
        throw new Whoops();
    }
}

[Binding]
public sealed class Backgrounds
{
    [StepDefinition("an order for {string}")]
    public void Order(string what) => _ = what;

    [StepDefinition("an action")]
    public void Action()
    {
    }

    [StepDefinition("an outcome")]
    public void Outcome()
    {
    }
}

[Binding]
public sealed class RulesBackgrounds
{
    [StepDefinition("an order for {string}")]
    public void Order(string what) => _ = what;

    [StepDefinition("an action")]
    public void Action()
    {
    }

    [StepDefinition("an outcome")]
    public void Outcome()
    {
    }
}

[Binding]
public sealed class Cdata
{
    [StepDefinition("I have {int} <![CDATA[cukes]]> in my belly")]
    public void Cukes(int count) => _ = count;
}

[Binding]
public sealed class DataTables
{
    private string[][] _transposed = [];

    [StepDefinition("the following table is transposed:")]
    public void Transpose(DataTable table) => _transposed = [.. table.Header.Select((_, column) => Raw(table).Select(row => row[column]).ToArray())];

    [StepDefinition("it should be:")]
    public void ShouldBe(DataTable expected) => Assert.That(_transposed, Is.EqualTo(Raw(expected)));

    private static string[][] Raw(DataTable table) => [[.. table.Header], .. table.Rows.Select(row => row.Values.ToArray())];
}

[Binding]
public sealed class DocStrings
{
    [StepDefinition("a doc string:")]
    public void DocString(string text) => _ = text;
}

[Binding]
public sealed class ExamplesTables
{
    private int _count;
    private int _friends;

    [StepDefinition("there are {int} cucumbers")]
    public void Cucumbers(int count) => _count = count;

    [StepDefinition("there are {int} friends")]
    public void Friends(int count) => _friends = count;

    [StepDefinition("I eat {int} cucumbers")]
    public void Eat(int count) => _count -= count;

    [StepDefinition("I should have {int} cucumbers")]
    public void Have(int count) => _count.Should().Be(count);

    [StepDefinition("each person can eat {int} cucumbers")]
    public void Share(int count) => (_count / (1 + _friends)).Should().Be(count);
}

[Binding]
public sealed class ExamplesTablesAttachment(ScenarioOutput output)
{
    [StepDefinition("a JPEG image is attached")]
    public void Jpeg() => output.Attach(CckData.Bytes("cucumber.jpeg"), "image/jpeg");

    [StepDefinition("a PNG image is attached")]
    public void Png() => output.Attach(CckData.Bytes("cucumber.png"), "image/png");
}

[Binding]
public class ExamplesTablesUndefined
{
    private int _count;

    [StepDefinition("there are {int} cucumbers")]
    public void Cucumbers(int count) => _count = count;

    [StepDefinition("I eat {int} cucumbers")]
    public void Eat(int count) => _count -= count;

    [StepDefinition("I should have {int} cucumbers")]
    public void Have(int count) => _count.Should().Be(count);
}

[Binding]
public sealed class ExamplesTablesUndefinedMultiple : ExamplesTablesUndefined;

[Binding]
public sealed class FailedishCombinations
{
    [StepDefinition("^a step$")]
    public void Step()
    {
    }

    [StepDefinition("^a skipped step$")]
    public void Skipped() => throw new IgnoreException(string.Empty);

    [StepDefinition("^a pending step$")]
    public void Pending() => throw new PendingStepException();

    [StepDefinition("^an ambiguous (.*?)$")]
    public void Ambiguous(string what) => _ = what;

    [StepDefinition("^(.*?) ambiguous step$")]
    public void AmbiguousToo(string what) => _ = what;

    [StepDefinition("^a failing step$")]
    public void Failing() => throw new Whoops();
}
