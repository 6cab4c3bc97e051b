using LabTrace.Scenarios;

namespace LabTrace.Reports;

/// <summary>A kind of report.</summary>
public sealed class ReportKind
{
    private readonly Func<ReportContext, string?, IRunSink> _make;
    private readonly Action<string?>? _check;

    internal ReportKind(string name, string description, ReportFile file, Func<ReportContext, string?, IRunSink> make, Action<string?>? check = null)
    {
        Name = name;
        Description = description;
        File = file;
        _make = make;
        _check = check;
    }

    /// <summary>Its name on the command line.</summary>
    public string Name { get; }

    /// <summary>What it is, in a few words.</summary>
    public string Description { get; }

    /// <summary>Whether it goes to a file.</summary>
    public ReportFile File { get; }

    /// <summary>How it is written on the command line: <c>tap[:FILE|-]</c>.</summary>
    public string Usage => File switch
    {
        ReportFile.None => Name,
        ReportFile.Optional => $"{Name}[:FILE|-]",
        ReportFile.Configuration => $"{Name}[:CONFIG]",
        _ => $"{Name}:FILE",
    };

    /// <summary>Sees before the run whether the report can be made.</summary>
    /// <param name="path">The file, or null.</param>
    /// <exception cref="ReportException">Its configuration does not allow it.</exception>
    public void Check(string? path) => _check?.Invoke(path);

    /// <summary>Makes the report's sink.</summary>
    /// <param name="context">What the report is given besides the messages.</param>
    /// <param name="path">The file, or null for standard output.</param>
    /// <exception cref="ReportException">The file cannot be made.</exception>
    public IRunSink Open(ReportContext context, string? path)
    {
        ArgumentNullException.ThrowIfNull(context);

        return _make(context, path);
    }
}

/// <summary>Whether a report goes to a file.</summary>
public enum ReportFile
{
    /// <summary>It has none.</summary>
    None,

    /// <summary>It may; else it goes to standard output.</summary>
    Optional,

    /// <summary>It must.</summary>
    Required,

    /// <summary>It has none, and its file is one that configures it.</summary>
    Configuration,
}
