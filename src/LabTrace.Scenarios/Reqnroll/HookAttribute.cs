using System.Runtime.CompilerServices;
using LabTrace.Scenarios.Bindings;

namespace Reqnroll;

/// <summary>Marks a method that runs around scenarios.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public abstract class HookAttribute : Attribute
{
    /// <summary>The order of a hook that sets none.</summary>
    public const int DefaultOrder = 10000;

    private protected HookAttribute(HookKind kind, string[]? tags, string filePath = "", int line = 0)
    {
        Kind = kind;
        Tags = tags!;
        FilePath = filePath;
        Line = line;
    }

    /// <summary>Tags or tag expressions, of which one must hold; none for always.</summary>
    public string[] Tags { get; }

    /// <summary>Lower runs earlier.</summary>
    public int Order { get; set; } = DefaultOrder;

    internal HookKind Kind { get; }

    internal string FilePath { get; }

    internal int Line { get; }
}

/// <summary>Takes no part in a call: it stands between a hook's tags and the source line that the compiler fills in.</summary>
public enum HookSource
{
    /// <summary>The line of the attribute.</summary>
    Attribute,
}

/// <summary>Runs before the first scenario of a run; static.</summary>
public class BeforeTestRunAttribute : HookAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeTestRunAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.BeforeTestRun, null, filePath, line)
    {
    }
}

/// <summary>Runs after the last scenario of a run; static.</summary>
public class AfterTestRunAttribute : HookAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterTestRunAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.AfterTestRun, null, filePath, line)
    {
    }
}

/// <summary>Runs before the first scenario of a feature; static.</summary>
public class BeforeFeatureAttribute : HookAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeFeatureAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.BeforeFeature, null, filePath, line)
    {
    }

    /// <summary>Marks a hook with one tag or tag expression.</summary>
    /// <param name="tag">A tag, with or without <c>@</c>, or a tag expression.</param>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeFeatureAttribute(string tag, HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.BeforeFeature, [tag], filePath, line)
    {
    }

    /// <summary>Marks a hook with several tags, of which one must hold.</summary>
    /// <param name="tags">Tags, with or without <c>@</c>, or tag expressions.</param>
    public BeforeFeatureAttribute(params string[] tags)
        : base(HookKind.BeforeFeature, tags)
    {
    }
}

/// <summary>Runs after the last scenario of a feature; static.</summary>
public class AfterFeatureAttribute : HookAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterFeatureAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.AfterFeature, null, filePath, line)
    {
    }

    /// <summary>Marks a hook with one tag or tag expression.</summary>
    /// <param name="tag">A tag, with or without <c>@</c>, or a tag expression.</param>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterFeatureAttribute(string tag, HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.AfterFeature, [tag], filePath, line)
    {
    }

    /// <summary>Marks a hook with several tags, of which one must hold.</summary>
    /// <param name="tags">Tags, with or without <c>@</c>, or tag expressions.</param>
    public AfterFeatureAttribute(params string[] tags)
        : base(HookKind.AfterFeature, tags)
    {
    }
}

/// <summary>Runs before a scenario.</summary>
public class BeforeScenarioAttribute : HookAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeScenarioAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.BeforeScenario, null, filePath, line)
    {
    }

    /// <summary>Marks a hook with one tag or tag expression.</summary>
    /// <param name="tag">A tag, with or without <c>@</c>, or a tag expression.</param>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeScenarioAttribute(string tag, HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.BeforeScenario, [tag], filePath, line)
    {
    }

    /// <summary>Marks a hook with several tags, of which one must hold.</summary>
    /// <param name="tags">Tags, with or without <c>@</c>, or tag expressions.</param>
    public BeforeScenarioAttribute(params string[] tags)
        : base(HookKind.BeforeScenario, tags)
    {
    }

    private protected BeforeScenarioAttribute(string[]? tags, string filePath, int line)
        : base(HookKind.BeforeScenario, tags, filePath, line)
    {
    }
}

/// <summary>Runs after a scenario, however it ended.</summary>
public class AfterScenarioAttribute : HookAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterScenarioAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.AfterScenario, null, filePath, line)
    {
    }

    /// <summary>Marks a hook with one tag or tag expression.</summary>
    /// <param name="tag">A tag, with or without <c>@</c>, or a tag expression.</param>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterScenarioAttribute(string tag, HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.AfterScenario, [tag], filePath, line)
    {
    }

    /// <summary>Marks a hook with several tags, of which one must hold.</summary>
    /// <param name="tags">Tags, with or without <c>@</c>, or tag expressions.</param>
    public AfterScenarioAttribute(params string[] tags)
        : base(HookKind.AfterScenario, tags)
    {
    }

    private protected AfterScenarioAttribute(string[]? tags, string filePath, int line)
        : base(HookKind.AfterScenario, tags, filePath, line)
    {
    }
}

/// <summary>Runs before a run of steps of one kind.</summary>
public class BeforeScenarioBlockAttribute : HookAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeScenarioBlockAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.BeforeScenarioBlock, null, filePath, line)
    {
    }

    /// <summary>Marks a hook with one tag or tag expression.</summary>
    /// <param name="tag">A tag, with or without <c>@</c>, or a tag expression.</param>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeScenarioBlockAttribute(string tag, HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.BeforeScenarioBlock, [tag], filePath, line)
    {
    }

    /// <summary>Marks a hook with several tags, of which one must hold.</summary>
    /// <param name="tags">Tags, with or without <c>@</c>, or tag expressions.</param>
    public BeforeScenarioBlockAttribute(params string[] tags)
        : base(HookKind.BeforeScenarioBlock, tags)
    {
    }
}

/// <summary>Runs after a run of steps of one kind.</summary>
public class AfterScenarioBlockAttribute : HookAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterScenarioBlockAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.AfterScenarioBlock, null, filePath, line)
    {
    }

    /// <summary>Marks a hook with one tag or tag expression.</summary>
    /// <param name="tag">A tag, with or without <c>@</c>, or a tag expression.</param>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterScenarioBlockAttribute(string tag, HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.AfterScenarioBlock, [tag], filePath, line)
    {
    }

    /// <summary>Marks a hook with several tags, of which one must hold.</summary>
    /// <param name="tags">Tags, with or without <c>@</c>, or tag expressions.</param>
    public AfterScenarioBlockAttribute(params string[] tags)
        : base(HookKind.AfterScenarioBlock, tags)
    {
    }
}

/// <summary>Runs before a step.</summary>
public class BeforeStepAttribute : HookAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeStepAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.BeforeStep, null, filePath, line)
    {
    }

    /// <summary>Marks a hook with one tag or tag expression.</summary>
    /// <param name="tag">A tag, with or without <c>@</c>, or a tag expression.</param>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeStepAttribute(string tag, HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.BeforeStep, [tag], filePath, line)
    {
    }

    /// <summary>Marks a hook with several tags, of which one must hold.</summary>
    /// <param name="tags">Tags, with or without <c>@</c>, or tag expressions.</param>
    public BeforeStepAttribute(params string[] tags)
        : base(HookKind.BeforeStep, tags)
    {
    }
}

/// <summary>Runs after a step.</summary>
public class AfterStepAttribute : HookAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterStepAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.AfterStep, null, filePath, line)
    {
    }

    /// <summary>Marks a hook with one tag or tag expression.</summary>
    /// <param name="tag">A tag, with or without <c>@</c>, or a tag expression.</param>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterStepAttribute(string tag, HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base(HookKind.AfterStep, [tag], filePath, line)
    {
    }

    /// <summary>Marks a hook with several tags, of which one must hold.</summary>
    /// <param name="tags">Tags, with or without <c>@</c>, or tag expressions.</param>
    public AfterStepAttribute(params string[] tags)
        : base(HookKind.AfterStep, tags)
    {
    }
}

/// <summary>Another name of <see cref="BeforeScenarioAttribute"/>.</summary>
public class BeforeAttribute : BeforeScenarioAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base((string[]?)null, filePath, line)
    {
    }

    /// <summary>Marks a hook with one tag or tag expression.</summary>
    /// <param name="tag">A tag, with or without <c>@</c>, or a tag expression.</param>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public BeforeAttribute(string tag, HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base([tag], filePath, line)
    {
    }

    /// <summary>Marks a hook with several tags, of which one must hold.</summary>
    /// <param name="tags">Tags, with or without <c>@</c>, or tag expressions.</param>
    public BeforeAttribute(params string[] tags)
        : base(tags, string.Empty, 0)
    {
    }
}

/// <summary>Another name of <see cref="AfterScenarioAttribute"/>.</summary>
public class AfterAttribute : AfterScenarioAttribute
{
    /// <summary>Marks a hook without tags.</summary>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterAttribute(HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base((string[]?)null, filePath, line)
    {
    }

    /// <summary>Marks a hook with one tag or tag expression.</summary>
    /// <param name="tag">A tag, with or without <c>@</c>, or a tag expression.</param>
    /// <param name="source">Leave out.</param>
    /// <param name="filePath">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public AfterAttribute(string tag, HookSource source = default, [CallerFilePath] string filePath = "", [CallerLineNumber] int line = 0)
        : base([tag], filePath, line)
    {
    }

    /// <summary>Marks a hook with several tags, of which one must hold.</summary>
    /// <param name="tags">Tags, with or without <c>@</c>, or tag expressions.</param>
    public AfterAttribute(params string[] tags)
        : base(tags, string.Empty, 0)
    {
    }
}
