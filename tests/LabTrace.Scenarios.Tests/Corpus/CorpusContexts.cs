// Step code that uses what contexts, hooks and the runner offer, written as step authors write it.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using NUnit.Framework;
using Reqnroll;
using Reqnroll.Bindings;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Tests.Corpus;

/// <summary>A step attribute of a team's own.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public class StepAttribute : StepDefinitionBaseAttribute
{
    public StepAttribute(string expression)
        : base(expression, new[] { StepDefinitionType.Given, StepDefinitionType.When })
    {
    }
}

public class Fixture : IAsyncDisposable
{
    public static int Disposed { get; set; }

    public ValueTask DisposeAsync()
    {
        Disposed++;
        return default;
    }
}

[Binding]
public class ContextHooks
{
    public static List<string> Seen { get; } = new();

    [BeforeTestRun]
    public static void BeforeRun(ITestRunContext run)
    {
        Seen.Clear();
        Seen.Add($"run {run.TestDirectory.Length > 0} {run.TestRunContainer is not null}");
        var same = (DefaultTestRunContext)run;
        same["key"] = 1;
        Seen.Add($"{same.TestRunContainer == run.TestRunContainer} {same.TestDirectory == run.TestDirectory} {same.Count}");
    }

    [AfterTestRun]
    public static void AfterRun(ITestRunContext run) => Seen.Add("run ended");

    [BeforeFeature("not @slow")]
    public static void BeforeFeature(FeatureContext feature, IReqnrollOutputHelper output, TestThreadContext thread)
    {
        var info = feature.FeatureInfo;
        Seen.Add($"{info.Title}|{info.Description.Trim()}|{info.FolderPath}|{info.GenerationTargetLanguage}|{info.Language.Name}|{string.Join(",", info.Tags)}");
        feature.FeatureContainer.RegisterInstanceAs(new Journal());
        thread.Disposing += context => Seen.Add($"worker ended {context.TestThreadContainer is not null}");
        output.WriteLine("feature hook");
    }

    [BeforeScenario(Order = HookAttribute.DefaultOrder)]
    public void BeforeScenario(IScenarioContext scenario, ITestThreadContext thread)
    {
        Assert.That(scenario.RuleInfo?.Title, Is.EqualTo("the rule"));
        Assert.That(thread.TestThreadContainer, Is.Not.Null);
        Assert.That(scenario.TestError, Is.Null);
        Assert.That(scenario.CurrentScenarioBlock, Is.EqualTo(ScenarioBlock.None));
    }

    [AfterStep]
    public void AfterStep(ScenarioContext scenario)
    {
        IScenarioStepContext step = scenario.StepContext;
        Seen.Add($"{step.StepInfo.Text}: {step.Status} {step.StepError?.Message}");
        step.Status = step.Status;
        step.StepError = step.StepError;
    }

    [AfterScenario("@failing")]
    public void AfterFailing(ScenarioContext scenario)
    {
        Seen.Add($"{scenario.ScenarioExecutionStatus} {scenario.TestError.Message}");
        scenario.ScenarioContainer.Resolve<Fixture>();
    }
}

[Binding]
[Scope(Scenario = "contexts"), Scope(Scenario = "a failing step")]
public class ContextSteps : Steps
{
    private readonly ITestRunner _runner;
    private readonly IFeatureContext _feature;
    private readonly IReqnrollOutputHelper _output;

    public ContextSteps(ITestRunner runner, IFeatureContext feature, IReqnrollOutputHelper output)
    {
        _runner = runner;
        _feature = feature;
        _output = output;
    }

    [Step("a {word} of its own")]
    public void AnAttributeOfItsOwn(string what) => Assert.That(what, Is.EqualTo("sentence"));

    [Given("the rule and the row are told")]
    public void RuleAndRow()
    {
        var scenario = ScenarioContext;
        Assert.That((scenario.RuleInfo.Title, scenario.RuleInfo.Description.Trim(), scenario.RuleInfo.Tags.Single()), Is.EqualTo(("the rule", "of the house", "r")));
        Assert.That((scenario.ScenarioInfo.Title, scenario.ScenarioInfo.Description.Trim()), Is.EqualTo(("contexts", "of the scenario")));
        Assert.That(scenario.ScenarioInfo.Tags, Is.EqualTo(new[] { "o", "e" }));
        Assert.That(scenario.ScenarioInfo.CombinedTags, Is.EquivalentTo(new[] { "f", "r", "o", "e" }));
        Assert.That(scenario.ScenarioInfo.Arguments["n"], Is.EqualTo("3"));
        Assert.That(scenario.ScenarioInfo.Arguments.Keys.Cast<string>(), Is.EqualTo(new[] { "n", "m" }));
        Assert.That(ScenarioContext.Current, Is.SameAs(scenario));
        Assert.That(FeatureContext.Current, Is.SameAs(FeatureContext));
        Assert.That(ScenarioStepContext.Current, Is.SameAs(StepContext));
        Assert.That(scenario.GetBindingInstance(typeof(ContextSteps)), Is.SameAs(this));
        Assert.That(scenario.CurrentScenarioBlock, Is.EqualTo(ScenarioBlock.Given));
        AssertInitialized();
        Assert.That(() => new ContextSteps(null!, null!, null!).FeatureContext, Throws.TypeOf<ReqnrollException>());
        Assert.That((_feature.BindingCulture, _feature.FeatureContainer == FeatureContext.FeatureContainer), Is.EqualTo((FeatureContext.BindingCulture, true)));
        Assert.That((FeatureContext.BeforeFeatureHookFailed, FeatureContext.BeforeFeatureHookError), Is.EqualTo((false, (Exception?)null)));
        using (new CultureInfoScope(FeatureContext))
        {
            Assert.That(CultureInfo.CurrentCulture, Is.Not.Null);
        }
    }

    [Given("values are kept")]
    public void ValuesAreKept()
    {
        var scenario = ScenarioContext;
        scenario.Set("by type");
        scenario.Set(3, "three");
        scenario.Set(() => new Version(1, 2));
        scenario["plain"] = 4.5;
        Assert.That((scenario.Get<string>(), scenario.Get<int>("three"), scenario.Get<Version>().Minor), Is.EqualTo(("by type", 3, 2)));
        Assert.That(scenario.TryGetValue<int>("three", out var three) && three == 3);
        Assert.That(scenario.TryGetValue<DateTime>(out _), Is.False);
        Assert.That(scenario.TryGetValue("plain", out double plain) && plain > 4);
        Assert.That(() => scenario.Get<decimal>(), Throws.TypeOf<KeyNotFoundException>());
    }

    [When("it calls other steps")]
    public async Task CallsOtherSteps()
    {
        Assert.That(_runner, Is.SameAs(TestRunner));
        Assert.That((_runner.ScenarioContext, _runner.FeatureContext), Is.EqualTo((ScenarioContext, FeatureContext)));
        Assert.That(_runner.TestThreadContext, Is.SameAs(TestThreadContext));
        Assert.That(_runner.TestWorkerId, Is.Not.Empty);
        var table = new Table("a", "b");
        table.AddRow("1", "2");
        await _runner.GivenAsync("a called step with 3");
        await _runner.AndAsync("a called step with 4");
        await _runner.ButAsync("a called step with 5", null, null, "But ");
        await _runner.GivenAsync("a called text", "so to say", null, "Given ");
        await _runner.WhenAsync("a called table", null, table);
        await _runner.AndAsync("a called table", null, table, "And ");
        await _runner.ThenAsync("the called sum is 12", null, null);
        await _runner.WhenAsync("nothing is called");
        await _runner.ThenAsync("the called sum is 12");
        await _runner.ButAsync("the called sum is 12");
        Assert.That(StepContext.StepInfo.Text, Is.EqualTo("it calls other steps"));
        Assert.That(() => _runner.ThenAsync("nobody knows this 7"), Throws.TypeOf<MissingStepDefinitionException>()
            .With.Message.StartsWith("No matching step definition found for one or more steps.\n[Then(\"nobody knows this {int}\")]"));
        Assert.That(() => _runner.ThenAsync("ambiguous"), Throws.TypeOf<AmbiguousBindingException>()
            .With.Message.StartsWith("Ambiguous step definitions found for step 'Then ambiguous': "));
        Assert.That(() => _runner.GivenAsync("ambiguous"), Throws.TypeOf<MissingStepDefinitionException>(), "it is a Then step");
        Assert.That(() => _runner.Pending(), Throws.TypeOf<PendingStepException>());
        Assert.That(() => ScenarioContext.StepIsPending(), Throws.TypeOf<PendingStepException>());
        Assert.That(() => ScenarioContext.Pending(), Throws.TypeOf<PendingStepException>()
            .With.Message.EqualTo("One or more step definitions are not implemented yet."));
    }

    [Given("a called step with {int}")]
    public void Called(int number) => ScenarioContext.Set(ScenarioContext.TryGetValue<int>(out var sum) ? sum + number : number);

    [Given("a called text")]
    public void CalledText(string text)
    {
        Assert.That(text, Is.EqualTo("so to say"));
        Assert.That(StepContext.StepInfo.MultilineText, Is.EqualTo(text));
        Assert.That(StepContext.StepInfo.StepDefinitionType, Is.EqualTo(StepDefinitionType.Given));
        _output.WriteLine("called {0}", text);
    }

    [When("a called table")]
    public void CalledTable(DataTable table) => Assert.That((table.Rows[0]["b"], StepContext.StepInfo.Table), Is.EqualTo(("2", table)));

    [When("nothing is called")]
    public void Nothing()
    {
    }

    [Then("the called sum is {int}")]
    public void CalledSum(int sum) => Assert.That(ScenarioContext.Get<int>(), Is.EqualTo(sum));

    [Then("ambiguous")]
    public void Ambiguous()
    {
    }

    [Then("(ambiguous)$")]
    public void AlsoAmbiguous(string text)
    {
    }

    [When("a step fails")]
    public void Fails()
    {
        Assert.That(ScenarioContext.ScenarioExecutionStatus, Is.EqualTo(ScenarioExecutionStatus.OK));
        throw new InvalidOperationException("so it does");
    }

    [Then("its error is known to hooks")]
    public void NeverRun() => ScenarioContext.Set(true, "run");
}

[Binding]
public class ExceptionSteps
{
    [Given("the exceptions say what they are told")]
    public void Exceptions()
    {
        var inner = new FormatException();
        Assert.That(new ReqnrollException("m", inner).InnerException, Is.SameAs(inner));
        Assert.That(new BindingException("m", inner), Is.InstanceOf<ReqnrollException>());
        Assert.That(new AmbiguousBindingException("m", inner).InnerException, Is.SameAs(inner));
        Assert.That(new AmbiguousBindingException("m"), Is.InstanceOf<BindingException>());
        Assert.That(new BindingException().Message + new ReqnrollException().Message, Is.Not.Empty);
        Assert.That(new BindingException("m").Message, Is.EqualTo("m"));
        Assert.That(new PendingStepException("later").Message, Is.EqualTo("later"));
        Assert.That(new MissingStepDefinitionException().Message, Is.EqualTo("No matching step definition found for one or more steps."));
        Assert.That(new ColumnCouldNotBeBoundException("m", inner, new[] { "c" }).Columns, Is.EqualTo(new[] { "c" }));
        Assert.That(new ColumnCouldNotBeBoundException("m", new[] { "c" }).Message, Is.EqualTo("m"));
        Assert.That(new ColumnCouldNotBeBoundException(new[] { "c" }).Columns.Count + new ColumnCouldNotBeBoundException().Columns.Count, Is.EqualTo(1));
        Assert.That(new ComparisonException("m").Message, Is.EqualTo("m"));
        Assert.That(TagHelper.ContainsIgnoreTag(new[] { "a", "Ignore" }) && !TagHelper.ContainsIgnoreTag(new[] { "ignored" }));
        Assert.That(TagHelper.CombineTags(new[] { "a" }, new[] { "b" }), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(EnvironmentVariableNames.NCrunch + EnvironmentVariableNames.ReqnrollDisableParallelExecution, Is.EqualTo("NCrunchREQNROLL_DISABLE_PARALLEL"));
        Assert.That(new FeatureInfo(CultureInfo.InvariantCulture, "f", "t", "d", "a", "b").Tags, Has.Length.EqualTo(2));
        Assert.That(new FeatureInfo(CultureInfo.InvariantCulture, "f", "t", "d", ProgrammingLanguage.VB, "a").GenerationTargetLanguage, Is.EqualTo(ProgrammingLanguage.VB));
        Assert.That(new RuleInfo("t", "d", new[] { "a" }).Tags, Has.Length.EqualTo(1));
        Assert.That(new ScenarioInfo("t", "d", new[] { "a" }, null, new[] { "b" }).CombinedTags, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(new StepInfo(StepDefinitionType.Then, "t", null, "m").StepDefinitionType, Is.EqualTo(StepDefinitionType.Then));
        var attribute = typeof(ContextHooks).GetMethod(nameof(ContextHooks.AfterFailing))!.GetCustomAttributes(typeof(HookAttribute), false).Cast<HookAttribute>().Single();
        Assert.That((attribute.Tags.Single(), attribute.Order), Is.EqualTo(("@failing", HookAttribute.DefaultOrder)));
        var transformation = new StepArgumentTransformationAttribute("(a)", 3) { Name = "n" };
        Assert.That((transformation.Regex, transformation.Order, transformation.Name), Is.EqualTo(("(a)", 3, "n")));
        Assert.That(new StepArgumentTransformationAttribute { Regex = "b" }.Order, Is.EqualTo(StepArgumentTransformationAttribute.DefaultOrder));
        var step = typeof(ContextSteps).GetMethod(nameof(ContextSteps.AnAttributeOfItsOwn))!.GetCustomAttributes(typeof(StepDefinitionBaseAttribute), false)
            .Cast<StepDefinitionBaseAttribute>().Single();
        Assert.That((step.Expression, step.ExpressionType, step.Types.Length), Is.EqualTo(("a {word} of its own", ExpressionType.Unspecified, 2)));
        using var container = new ObjectContainer();
        Assert.That(new TestThreadContext(container).TestThreadContainer, Is.SameAs(container));
    }
}
