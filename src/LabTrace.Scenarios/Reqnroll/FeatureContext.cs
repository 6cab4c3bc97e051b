using System.Globalization;
using Reqnroll.BoDi;

namespace Reqnroll;

/// <summary>What a feature knows of itself.</summary>
public interface IFeatureContext : IReqnrollContext
{
    /// <summary>The feature.</summary>
    FeatureInfo FeatureInfo { get; }

    /// <summary>The culture that arguments are converted with.</summary>
    CultureInfo BindingCulture { get; }

    /// <summary>The feature's container.</summary>
    IObjectContainer FeatureContainer { get; }

    /// <summary>What a [BeforeFeature] hook failed with, or null.</summary>
    Exception BeforeFeatureHookError { get; }

    /// <summary>Whether a [BeforeFeature] hook failed.</summary>
    bool BeforeFeatureHookFailed { get; }
}

/// <summary>Values shared by the scenarios of a feature.</summary>
public class FeatureContext : ReqnrollContext, IFeatureContext
{
    private static readonly AsyncLocal<FeatureContext?> CurrentOne = new();

    internal FeatureContext(FeatureInfo info, CultureInfo culture, IObjectContainer container)
    {
        FeatureInfo = info;
        BindingCulture = culture;
        FeatureContainer = container;
    }

    /// <summary>The feature that runs in this flow of control; null outside of any.</summary>
    public static FeatureContext Current
    {
        get => CurrentOne.Value!;
        internal set => CurrentOne.Value = value;
    }

    /// <inheritdoc/>
    public FeatureInfo FeatureInfo { get; }

    /// <inheritdoc/>
    public CultureInfo BindingCulture { get; }

    /// <inheritdoc/>
    public IObjectContainer FeatureContainer { get; }

    /// <inheritdoc/>
    public Exception BeforeFeatureHookError { get; internal set; } = null!;

    /// <inheritdoc/>
    public bool BeforeFeatureHookFailed => BeforeFeatureHookError is not null;
}

/// <summary>A feature's text.</summary>
public class FeatureInfo
{
    /// <summary>Describes a feature.</summary>
    public FeatureInfo(CultureInfo language, string folderPath, string title, string description, params string[] tags)
        : this(language, folderPath, title, description, ProgrammingLanguage.CSharp, tags)
    {
    }

    /// <summary>Describes a feature.</summary>
    public FeatureInfo(
        CultureInfo language, string folderPath, string title, string description, ProgrammingLanguage programmingLanguage, params string[] tags)
    {
        Language = language;
        FolderPath = folderPath;
        Title = title;
        Description = description;
        GenerationTargetLanguage = programmingLanguage;
        Tags = tags ?? [];
    }

    /// <summary>Its tags, without <c>@</c>.</summary>
    public string[] Tags { get; }

    /// <summary>The language of the step code.</summary>
    public ProgrammingLanguage GenerationTargetLanguage { get; }

    /// <summary>The folder of its file.</summary>
    public string FolderPath { get; }

    /// <summary>Its name.</summary>
    public string Title { get; }

    /// <summary>The text below its name.</summary>
    public string Description { get; }

    /// <summary>Its language.</summary>
    public CultureInfo Language { get; }
}

/// <summary>Languages of step code.</summary>
public enum ProgrammingLanguage
{
    /// <summary>Another.</summary>
    Other,

    /// <summary>C#.</summary>
    CSharp,

    /// <summary>Visual Basic.</summary>
    VB,

    /// <summary>F#.</summary>
    FSharp,
}

/// <summary>Makes a feature's culture the thread's while it lives.</summary>
public readonly struct CultureInfoScope : IDisposable
{
    private readonly CultureInfo? _original;

    /// <summary>Sets the culture.</summary>
    public CultureInfoScope(FeatureContext? featureContext)
    {
        if (featureContext?.BindingCulture is { IsNeutralCulture: false } culture && !culture.Equals(CultureInfo.CurrentCulture))
        {
            _original = CultureInfo.CurrentCulture;
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <summary>Puts the old culture back.</summary>
    public void Dispose()
    {
        if (_original is not null)
        {
            CultureInfo.CurrentCulture = _original;
        }
    }
}
