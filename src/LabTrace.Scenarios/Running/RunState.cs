using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using Reqnroll;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Running;

/// <summary>What all parts of a run share.</summary>
internal sealed class RunState
{
    private readonly Hook[]?[] _hooks = new Hook[]?[(int)HookKind.AfterStep + 1];

    public RunState(FeatureSet features, BindingRegistry bindings, RunOptions options, ReqnrollSettings settings, IReadOnlyList<IRunSink> sinks)
    {
        Features = features;
        Bindings = bindings;
        Options = options;
        Settings = settings;
        Ids = features.Ids;
        Clock = new RunClock(options.Time);
        Stream = new MessageStream(sinks, options.Redact);
        Output = NewOutput(keepsLines: false);
        Container = new ObjectContainer();
        Container.RegisterInstanceAs(Output);
        Container.RegisterInstanceAs<IReqnrollOutputHelper>(Output);
        Container.RegisterInstanceAs<ITestRunContext>(new DefaultTestRunContext(Container));
    }

    public FeatureSet Features { get; }

    public BindingRegistry Bindings { get; }

    public RunOptions Options { get; }

    public ReqnrollSettings Settings { get; }

    public IdSource Ids { get; }

    public RunClock Clock { get; }

    public MessageStream Stream { get; }

    /// <summary>The output of run hooks.</summary>
    public ScenarioOutput Output { get; }

    public ObjectContainer Container { get; }

    public string Id { get; set; } = string.Empty;

    public Dictionary<Hook, string> HookIds { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The message ids of step definitions, by <see cref="StepDefinition.Index"/>.</summary>
    public string[] StepDefinitionIds { get; set; } = [];

    /// <summary>The run's token is cancelled.</summary>
    public bool IsInterrupted => Token.IsCancellationRequested;

    public CancellationToken Token { get; init; }

    /// <summary>Every scenario that has ended for good.</summary>
    public List<ScenarioResult> Results { get; } = [];

    /// <summary>What broke the run itself, reports apart.</summary>
    public List<RunProblem> Problems { get; } = [];

    public ScenarioOutput NewOutput(bool keepsLines) => new(Clock, Options.OutputDirectory, keepsLines, Stream.WriteAsync);

    public void Complete(ScenarioResult result)
    {
        lock (Results)
        {
            Results.Add(result);
        }
    }

    public void AddProblem(string what, Exception error)
    {
        lock (Problems)
        {
            Problems.Add(new RunProblem(what, error));
        }
    }

    /// <summary>The hooks that end a feature; also when there are none, its objects are to be disposed of.</summary>
    public HookSequence EndingHooksOf(FeatureRun feature) =>
        new(this, feature.After, feature.Container, isCleanup: true, stopsAtFirstError: false, feature);

    public async ValueTask EndFeatureAsync(FeatureRun feature, HookSequence ended)
    {
        AddProblemOf(ended);
        try
        {
            feature.Context.Dispose();
            await feature.Container.DisposeAsync();
        }
        catch (Exception error)
        {
            AddProblem($"disposing of the objects of feature '{feature.Info.Title}'", error);
        }
    }

    public void AddProblemOf(HookSequence ended)
    {
        if (ended.Outcome is { Status: TestStepResultStatus.Failed, Error: { } error })
        {
            AddProblem(ended.Culprit!.ToString(), error);
        }
    }

    /// <summary>The hooks of a kind that apply, in the order they run.</summary>
    public Hook[] HooksOf(HookKind kind, ScenarioTraits? traits)
    {
        var all = _hooks[(int)kind] ??= [.. Bindings.Hooks.Where(hook => hook.Kind == kind).OrderBy(hook => hook.Order)];
        return traits is null || Array.TrueForAll(all, hook => hook.AppliesTo(traits)) ? all : Array.FindAll(all, hook => hook.AppliesTo(traits));
    }
}
