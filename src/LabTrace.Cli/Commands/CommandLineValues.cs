using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using LabTrace.Reports;

namespace LabTrace.Cli.Commands;

/// <summary>Values that several commands take, with the errors for what does not fit.</summary>
internal static class CommandLineValues
{
    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

    /// <summary>Feature files and folders.</summary>
    public static Argument<string[]> Paths()
    {
        Argument<string[]> paths = new("PATH")
        {
            Description = "feature files, FILE.feature:LINE, or folders; features/ when none is given",
            Arity = ArgumentArity.ZeroOrMore,
        };
        paths.Validators.Add(RefuseOptions);
        return paths;
    }

    /// <summary>The place to work at.</summary>
    public static Option<string> Place() => new("--place", "-p")
    {
        Description = "a place of lab-config/, or the path of a place file",
        DefaultValueFactory = _ => "emulated",
        HelpName = "NAME|FILE",
    };

    /// <summary>Reports to make.</summary>
    public static Option<string[]> Reports() => new("--report", "-r")
    {
        Description = $"a report, as often as wanted: {string.Join(", ", ReportCatalog.All.Select(kind => kind.Usage))} [default: console]",
        HelpName = "KIND[:FILE]",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>The directory of runs.</summary>
    public static Option<string> Store() => new("--store")
    {
        Description = "the run store: the directory that holds the runs' directories",
        DefaultValueFactory = _ => Runs.DefaultStore,
        HelpName = "DIR",
    };

    /// <summary>Assemblies of step definitions.</summary>
    public static Option<string[]> Steps() => new("--steps")
    {
        Description = "an assembly of step definitions to use instead of LabTrace's own, as often as wanted",
        HelpName = "DLL",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Reads a length of time: a number with ms, s, m or h, or seconds.</summary>
    public static TimeSpan? TimeLimit(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var (unit, milliseconds) = Units.FirstOrDefault(u => text.EndsWith(u.Unit, StringComparison.Ordinal), ("", 1000));
        if (double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            return TimeSpan.FromMilliseconds(number * milliseconds);
        }

        result.AddError($"'{text}' is not a length of time; write for example 500ms, 30s, 2m");
        return null;
    }

    /// <summary>Reads a regular expression.</summary>
    public static Regex? Pattern(ArgumentResult result)
    {
        try
        {
            return new Regex(result.Tokens[0].Value, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException e)
        {
            result.AddError($"'{result.Tokens[0].Value}' is not a regular expression: {e.Message}");
            return null;
        }
    }

    /// <summary>An option that must be a whole number of at least <paramref name="least"/>.</summary>
    public static Option<int> Number(string name, string description, int least, int usual)
    {
        Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => usual, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && value < least)
            {
                result.AddError($"{name} is {value}, and must be at least {least}");
            }
        });
        return option;
    }

    private static void RefuseOptions(ArgumentResult result)
    {
        foreach (var token in result.Tokens.Where(t => t.Value.StartsWith('-') && t.Value != "-"))
        {
            result.AddError($"unknown option '{token.Value}'");
        }
    }
}
