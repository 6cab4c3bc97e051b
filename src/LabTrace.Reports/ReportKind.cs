using LabTrace.Scenarios;

namespace LabTrace.Reports;

/// <summary>A kind of report.</summary>
public sealed class ReportKind
{
    private readonly Func<ReportContext, string?, IRunSink> _make;

    internal ReportKind(string name, string description, ReportFile file, Func<ReportContext, string?, IRunSink> make)
    {
        Name = name;
        Description = description;
        File = file;
        _make = make;
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
        _ => $"{Name}:FILE",
    };

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
}
