using System.Globalization;
using LabTrace.Scenarios.Bindings;
using Reqnroll;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Running;

/// <summary>A feature in a run: its container, its hooks, and how many of its scenarios are still to end.</summary>
internal sealed class FeatureRun
{
    private readonly TaskCompletionSource<Outcome> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _claimed;
    private int _remaining;
    private int _ended;

    public FeatureRun(FeatureFile file, RunState run)
    {
        File = file;
        var feature = file.Document!.Feature!;
        var tags = feature.Tags.Select(tag => tag.Name).ToArray();
        var traits = new ScenarioTraits(tags, feature.Name, null);
        Before = run.HooksOf(HookKind.BeforeFeature, traits);
        After = run.HooksOf(HookKind.AfterFeature, traits);
        var culture = FeatureCultures.Of(feature.Language);
        Culture = run.Settings.BindingCulture is { } binding ? FeatureCultures.Of(binding) : culture;
        Info = new FeatureInfo(
            culture, Path.GetDirectoryName(file.Uri) ?? string.Empty, feature.Name, feature.Description, [.. tags.Select(tag => tag.TrimStart('@'))]);
        Container = new ObjectContainer(run.Container);
        Output = run.NewOutput(keepsLines: false);
        Container.RegisterInstanceAs(Output);
        Container.RegisterInstanceAs<IReqnrollOutputHelper>(Output);
        Context = new FeatureContext(Info, Culture, Container);
        Container.RegisterInstanceAs(Context);
        Container.RegisterInstanceAs<IFeatureContext>(Context);
        Container.RegisterInstanceAs(Info);
    }

    public FeatureFile File { get; }

    public FeatureInfo Info { get; }

    public CultureInfo Culture { get; }

    public ObjectContainer Container { get; }

    public FeatureContext Context { get; }

    /// <summary>The output of its hooks: of its own, as those of several features may run at once.</summary>
    public ScenarioOutput Output { get; }

    public Hook[] Before { get; }

    public Hook[] After { get; }

    /// <summary>Ends when the [BeforeFeature] hooks have; what is wrong with them, or passed.</summary>
    public Task<Outcome> Started => _started.Task;

    /// <summary>The [BeforeFeature] hook that did not pass, or null.</summary>
    public Hook? Culprit { get; private set; }

    /// <summary>Some scenario of the feature has asked to run.</summary>
    public bool IsClaimed => Volatile.Read(ref _claimed) != 0;

    public void Expect() => _remaining++;

    /// <summary>True for the one scenario that has to run the [BeforeFeature] hooks.</summary>
    public bool TryClaimStart() => Interlocked.Exchange(ref _claimed, 1) == 0;

    public void SetStarted(Outcome outcome, Hook? culprit)
    {
        Culprit = culprit;
        if (outcome.Status != Messages.TestStepResultStatus.Passed)
        {
            Context.BeforeFeatureHookError = outcome.Error!;
            Context.TestError = outcome.Error!;
        }

        _started.TrySetResult(outcome);
    }

    /// <summary>A scenario has ended for good; true when it was the last and the feature has to end.</summary>
    public bool EndOne() => Interlocked.Decrement(ref _remaining) == 0 && TryClaimEnd();

    /// <summary>True for the one who has to end the feature.</summary>
    public bool TryClaimEnd() => IsClaimed && Interlocked.Exchange(ref _ended, 1) == 0;
}
