using System.Text.RegularExpressions;

namespace LabTrace.Reports.Kcidb;

/// <summary>What KCIDB needs to know that no message stream tells: who reports, and which kernel source was built.</summary>
public sealed partial record KcidbOptions
{
    /// <summary>The variables it is read from, each with what it holds.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["LABTRACE_KCIDB_ORIGIN"] = "the name of your CI system in KCIDB: a-z, 0-9, _ [default: labtrace]",
        ["LABTRACE_KCIDB_BUILD"] = "the id of the build in KCIDB that was tested; else one is reported for the kernel found",
        ["LABTRACE_KCIDB_TREE"] = "the kernel tree, for example mainline",
        ["LABTRACE_KCIDB_REPOSITORY"] = "its repository's https URL",
        ["LABTRACE_KCIDB_BRANCH"] = "its branch",
        ["LABTRACE_KCIDB_COMMIT"] = "the commit that was built, 40 hexadecimal digits",
        ["LABTRACE_KCIDB_PATCHSET"] = "the patchset's hash, 64 hexadecimal digits; none for no patches",
    };

    /// <summary>Who reports.</summary>
    public string Origin { get; init; } = "labtrace";

    /// <summary>A build that KCIDB knows, or null.</summary>
    public string? Build { get; init; }

    /// <summary>The kernel tree, or null.</summary>
    public string? Tree { get; init; }

    /// <summary>Its repository, or null.</summary>
    public string? Repository { get; init; }

    /// <summary>Its branch, or null.</summary>
    public string? Branch { get; init; }

    /// <summary>The commit, or null.</summary>
    public string? Commit { get; init; }

    /// <summary>The patchset's hash, or null.</summary>
    public string? Patchset { get; init; }

    /// <summary>Reads the variables.</summary>
    /// <param name="variable">Gives a variable's value, or null.</param>
    /// <exception cref="ReportException">A value is none that KCIDB takes.</exception>
    public static KcidbOptions Read(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);

        string? Take(string name, Regex form)
        {
            var value = variable("LABTRACE_KCIDB_" + name);
            return string.IsNullOrEmpty(value) ? null
                : form.IsMatch(value) ? value
                : throw new ReportException($"LABTRACE_KCIDB_{name} is '{value}', and KCIDB does not take that", Variables["LABTRACE_KCIDB_" + name]);
        }

        return new KcidbOptions
        {
            Origin = Take("ORIGIN", Name()) ?? "labtrace",
            Build = Take("BUILD", Id()),
            Tree = Take("TREE", Any()),
            Repository = Take("REPOSITORY", Https()),
            Branch = Take("BRANCH", Any()),
            Commit = Take("COMMIT", Sha1()),
            Patchset = Take("PATCHSET", Sha256()),
        };
    }

    [GeneratedRegex("^[a-z0-9_]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();

    [GeneratedRegex("^[a-z0-9_]+:[^\0]*$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Id();

    [GeneratedRegex("^[^\0]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Any();

    [GeneratedRegex(@"^https://[^\s\0]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Https();

    [GeneratedRegex("^[0-9a-f]{40}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Sha1();

    [GeneratedRegex("^[0-9a-f]{64}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Sha256();
}
