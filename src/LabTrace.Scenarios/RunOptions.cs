using System.Text.RegularExpressions;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios;

/// <summary>How a run is done.</summary>
public sealed record RunOptions
{
    /// <summary>A tag expression that selects scenarios, or null for all.</summary>
    public string? Tags { get; init; }

    /// <summary>Selects scenarios by name, or null for all.</summary>
    public Regex? Name { get; init; }

    /// <summary>The part of the selected scenarios to run, or null for all.</summary>
    public Shard? Shard { get; init; }

    /// <summary>The scenarios to run by <see cref="FeatureSet.IdOf"/>, or null for all; <see cref="Rerun"/> finds those that did not pass.</summary>
    public IReadOnlySet<string>? Only { get; init; }

    /// <summary>Bind all steps, run none.</summary>
    public bool DryRun { get; init; }

    /// <summary>How many scenarios run at once; at least 1.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>How often a failed scenario is tried again; 0 for never.</summary>
    public int Retry { get; init; }

    /// <summary>The order of scenarios.</summary>
    public RunOrder Order { get; init; } = RunOrder.Defined;

    /// <summary>Start no further scenario after one that did not pass.</summary>
    public bool FailFast { get; init; }

    /// <summary>The longest a scenario's hooks and steps may take together, clean-up not counted; null for no limit.</summary>
    public TimeSpan? ScenarioTimeout { get; init; }

    /// <summary>The longest one step or hook may take; null for no limit.</summary>
    public TimeSpan? StepTimeout { get; init; }

    /// <summary>The longest one clean-up hook may take.</summary>
    public TimeSpan CleanupTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a step that was asked to stop may take to do so before it is left behind.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The run's directory: attached files below it are linked relative to it.</summary>
    public string? OutputDirectory { get; init; }

    /// <summary>Keep Reqnroll's step trace (<c>-> done: …</c>) and the output of each scenario in its result.</summary>
    public bool CollectLog { get; init; }

    /// <summary>Registers what steps ask for, once, in the run's container.</summary>
    public Action<IObjectContainer>? ConfigureGlobal { get; init; }

    /// <summary>What the host tells of the run, written into the stream as attachments of the run when it starts.</summary>
    public IReadOnlyList<Messages.Attachment> Attachments { get; init; } = [];

    /// <summary>Takes secrets out of a text before it enters the message stream; null leaves texts as they are.</summary>
    public Func<string, string>? Redact { get; init; }

    /// <summary>Where time comes from.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Name and version of the program, for the stream's first message.</summary>
    public Messages.Product Implementation { get; init; } = new("LabTrace", typeof(RunOptions).Assembly.GetName().Version?.ToString(3));
}
