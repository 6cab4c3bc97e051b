using System.Globalization;
using System.Text.RegularExpressions;

namespace LabTrace.Devices.TimeCards;

/// <summary>Reads calls out of function_graph's text with absolute times, tasks and names at the closing brackets.</summary>
/// <remarks>kernel/trace/trace_functions_graph.c; options funcgraph-abstime, funcgraph-proc, funcgraph-tail, funcgraph-duration.</remarks>
public static partial class FunctionGraphLine
{
    private const int LongestLine = 4096;

    /// <summary>Reads the return of a call: <c>name();</c> or <c>} /* name */</c>.</summary>
    /// <returns>The call, or null for any other line.</returns>
    public static DriverCall? TryParse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.Length > LongestLine || Pattern().Match(line) is not { Success: true } match)
        {
            return null;
        }

        var function = match.Groups["leaf"] is { Success: true } leaf ? leaf.Value : match.Groups["tail"].Value;
        return decimal.TryParse(match.Groups["at"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var at)
            && decimal.TryParse(match.Groups["us"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var us)
            && at < 1_000_000_000 && us < 1_000_000_000_000
            && int.TryParse(match.Groups["pid"].Value, out var pid) && int.TryParse(match.Groups["cpu"].Value, out var cpu)
            ? new DriverCall((long)(at * 1_000_000_000), match.Groups["comm"].Value.Trim(), pid, cpu, function, (long)(us * 1000))
            : null;
    }

    [GeneratedRegex(
        @"^\s*(?<at>\d+\.\d+)\s*\|\s*(?<cpu>\d+)\)\s*(?<comm>.*?)-(?<pid>\d+)\s*\|.*?(?<us>\d+(?:\.\d+)?) us\s*\|\s*(?:(?<leaf>[A-Za-z_][\w.]*)(?: \[\w+\])?\(.*\);|\}\s*/\*\s*(?<tail>[A-Za-z_][\w.]*).*\*/)\s*(?:/\*.*\*/)?\s*$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
