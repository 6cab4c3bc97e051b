// Step code that uses what step authors use of Reqnroll 3.3.3, written as they write it.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Reqnroll;
using Reqnroll.Assist;
using Reqnroll.Assist.Attributes;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Tests.Corpus;

public enum Unit
{
    NanoSecond,
    Second,
}

public class Reading
{
    public string Name { get; set; } = "";

    [TableAliases("Val", "Amount")]
    public double Value { get; set; }

    public Unit Unit { get; set; }

    public int? Limit { get; set; }

    public DateTime Taken { get; set; }

    public Guid Id { get; set; }
}

public record Span(long From, long To);

public interface IClock
{
    long Now { get; }
}

public class FixedClock : IClock
{
    public long Now => 42;
}

public class Journal
{
    public List<string> Lines { get; } = new();
}

[Binding]
public class CorpusHooks
{
    private readonly Journal _journal;
    private readonly ScenarioContext _scenario;

    public CorpusHooks(Journal journal, ScenarioContext scenario)
    {
        _journal = journal;
        _scenario = scenario;
    }

    [BeforeTestRun]
    public static void BeforeRun(IObjectContainer container)
    {
        container.RegisterTypeAs<FixedClock, IClock>();
        container.RegisterInstanceAs(new Journal());
    }

    [BeforeTestRun(Order = 20)]
    public static Task BeforeRunLater() => Task.CompletedTask;

    [AfterTestRun]
    public static void AfterRun()
    {
    }

    [BeforeFeature("@corpus", Order = 5)]
    public static async Task BeforeFeature(FeatureContext feature, FeatureInfo info)
    {
        await Task.Yield();
        feature.Set("kept", "key");
        feature["title"] = info.Title;
    }

    [AfterFeature]
    public static void AfterFeature(IFeatureContext feature)
    {
        if (feature.BeforeFeatureHookFailed)
        {
            throw new InvalidOperationException("no", feature.BeforeFeatureHookError);
        }
    }

    [Before(Order = 1)]
    public void Before() => _journal.Lines.Add("before");

    [BeforeScenario("tagged", "other")]
    public void BeforeTagged() => _journal.Lines.Add("tagged");

    [BeforeScenario]
    [Scope(Tag = "tagged", Feature = "Corpus")]
    public void BeforeScoped() => _journal.Lines.Add("scoped");

    [After]
    public void After() => _journal.Lines.Add($"after {_scenario.ScenarioInfo.Title} {_scenario.TestError?.Message}");

    [AfterScenario("@tagged", Order = 20000)]
    public void AfterTagged()
    {
        if (_scenario.ScenarioExecutionStatus == ScenarioExecutionStatus.OK)
        {
            _journal.Lines.Add("ok");
        }
    }

    [BeforeScenarioBlock]
    public void BeforeBlock() => _journal.Lines.Add(_scenario.CurrentScenarioBlock.ToString());

    [AfterScenarioBlock]
    public void AfterBlock()
    {
    }

    [BeforeStep]
    public void BeforeStep() => _journal.Lines.Add(_scenario.StepContext.StepInfo.Text);

    [AfterStep]
    public void AfterStep()
    {
    }
}

[Binding]
[Scope(Feature = "Corpus")]
public class CorpusSteps
{
    private readonly ScenarioContext _scenario;
    private readonly FeatureContext _feature;
    private readonly IReqnrollOutputHelper _output;
    private readonly IObjectContainer _container;
    private List<Reading> _readings = new();
    private Span? _span;

    public CorpusSteps(ScenarioContext scenario, FeatureContext feature, IReqnrollOutputHelper output, IObjectContainer container)
    {
        _scenario = scenario;
        _feature = feature;
        _output = output;
        _container = container;
    }

    [Given("these readings:")]
    public void Readings(Table table)
    {
        _readings = table.CreateSet<Reading>().ToList();
        _output.WriteLine("{0} readings, columns {1}", table.RowCount, string.Join(",", table.Header));
        foreach (DataTableRow row in table.Rows)
        {
            if (!row.ContainsKey("Name") || row["Name"] != row[0] || row.GetString("Name") != row.Values.First())
            {
                throw new InvalidOperationException("the row is not what it was");
            }
        }
    }

    [Then("the readings are")]
    public void ReadingsAre(DataTable table) => table.CompareToSet(_readings);

    [Then("the readings are in this order")]
    public void ReadingsAreInOrder(DataTable table) => table.CompareToSet(_readings, sequentialEquality: true);

    [Then("one reading is")]
    public void OneReading(Table table)
    {
        table.CompareToInstance(_readings.First(reading => table.IsEquivalentToInstance(reading)));
        var found = table.FindInSet(_readings);
        var made = table.CreateInstance<Reading>();
        if (found is null || made.Name != found.Name)
        {
            throw new InvalidOperationException("not found");
        }

        table.FillInstance(made);
    }

    [When(@"^the span goes from (\d+) to (\d+)$")]
    public void SpanIs(long from, long to) => _span = new Span(from, to);

    [When("the span is {span}")]
    public async Task SpanIs(Span span)
    {
        await Task.Delay(1);
        _span = span;
    }

    [Then("the span is {int} long", ExpressionType = ExpressionType.CucumberExpression)]
    public ValueTask SpanIsLong(int length) => _span!.To - _span.From == length
        ? ValueTask.CompletedTask
        : throw new InvalidOperationException($"{_span} is not {length} long");

    [StepArgumentTransformation(@"(\d+)\.\.(\d+)", Name = "span")]
    public Span ToSpan(long from, long to) => new(from, to);

    [StepArgumentTransformation]
    public static Version ToVersion(string text) => Version.Parse(text);

    [Given("a version {word}")]
    public void AVersion(Version version) => _scenario.Set(version);

    [Then("the version is kept")]
    public void VersionIsKept()
    {
        if (_scenario.Get<Version>().Major != 5 || !_scenario.TryGetValue<Version>(out var kept) || kept is null)
        {
            throw new InvalidOperationException("lost");
        }

        if (_feature.Get<string>("key") != "kept" || (string)_feature["title"] != "Corpus")
        {
            throw new InvalidOperationException("lost by the feature");
        }

        if (_container.Resolve<IClock>().Now != 42 || !_container.IsRegistered<IClock>())
        {
            throw new InvalidOperationException("no clock");
        }
    }

    [Given("a text")]
    public void AText(string text) => _scenario["text"] = text;

    [StepDefinition("the unit is {Unit}")]
    public void UnitIs(Unit unit) => _scenario.Set(unit, "unit");

    [Then]
    public void Then_the_text_is_P0(string expected)
    {
        if (!Equals(_scenario["text"], expected))
        {
            throw new InvalidOperationException($"the text is {_scenario["text"]}");
        }
    }

    [When("something is not there yet")]
    public void NotYet() => throw new PendingStepException();
}

[Binding]
public class CorpusBase : Steps
{
    [Then("the contexts are those that run")]
    public void Contexts()
    {
        if (ScenarioContext.ScenarioInfo.Title.Length == 0 || FeatureContext.FeatureInfo.Tags.Length != 1 || StepContext.StepInfo.Text.Length == 0)
        {
            throw new InvalidOperationException("wrong contexts");
        }

        if (TestThreadContext.TestThreadContainer is null || ScenarioContext.ScenarioInfo.CombinedTags.Length != 2)
        {
            throw new InvalidOperationException("wrong tags");
        }
    }
}
