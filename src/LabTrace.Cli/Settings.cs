using System.Reflection;
using LabTrace.Scenarios;

namespace LabTrace.Cli;

/// <summary>What <c>reqnroll.json</c> in the current directory asks of a run.</summary>
internal static class Settings
{
    private static readonly Dictionary<string, (string Report, string UsualFile)> Formatters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["html"] = ("html", "reqnroll_report.html"),
        ["message"] = ("messages", "reqnroll_report.ndjson"),
    };

    /// <summary>Reads the file, if there is one.</summary>
    /// <exception cref="UsageException">It is wrong.</exception>
    public static ReqnrollSettings Load()
    {
        try
        {
            return ReqnrollSettings.Load(Directory.GetCurrentDirectory());
        }
        catch (FormatException e)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <summary>The formatters as reports.</summary>
    /// <exception cref="UsageException">A formatter has no report.</exception>
    public static IEnumerable<string> ReportsOf(ReqnrollSettings settings) => settings.Formatters.Select(formatter =>
        Formatters.TryGetValue(formatter.Name, out var known)
            ? $"{known.Report}:{formatter.OutputFilePath ?? known.UsualFile}"
            : throw new UsageException(
                $"{ReqnrollSettings.FileName}: there is no formatter '{formatter.Name}'\n  try: one of {string.Join(", ", Formatters.Keys)}, or --report"));

    /// <summary>The assemblies of step definitions beside the usual ones.</summary>
    /// <exception cref="UsageException">One is not in the current directory.</exception>
    public static IEnumerable<Assembly> StepsOf(ReqnrollSettings settings) =>
        Composition.LoadSteps([.. settings.BindingAssemblies.Where(name => name != Composition.Steps.GetName().Name).Select(FileOf)], orOwn: false);

    private static string FileOf(string assembly)
    {
        var file = assembly.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? assembly : assembly + ".dll";
        return File.Exists(file)
            ? file
            : throw new UsageException($"{ReqnrollSettings.FileName}: bindingAssemblies names '{assembly}', and there is no '{file}' here\n  try: --steps PATH/{file}");
    }
}
