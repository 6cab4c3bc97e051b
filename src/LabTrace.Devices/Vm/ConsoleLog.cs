using System.Globalization;
using System.Text.RegularExpressions;

namespace LabTrace.Devices.Vm;

/// <summary>The kernel's records as its console shows them: <c>[   12.345678] text</c>, or with the caller, <c>[   12.345678][   T42] text</c>.</summary>
internal static partial class ConsoleLog
{
    private const int Emergency = 0;

    /// <summary>Reads the records behind a moment; lines without a time are programs' and are passed over.</summary>
    /// <param name="lines">The console's lines.</param>
    /// <param name="afterMicroseconds">The moment, since boot; records of the same microsecond are not taken again.</param>
    public static IReadOnlyList<KernelLogRecord> Read(IEnumerable<string> lines, ulong afterMicroseconds)
    {
        List<KernelLogRecord> records = [];
        foreach (var line in lines)
        {
            if (Record().Match(line) is { Success: true } match
                && ulong.TryParse(match.Groups["s"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds < ulong.MaxValue / 2_000_000
                && (seconds * 1_000_000) + ulong.Parse(match.Groups["us"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) is var time
                && time > afterMicroseconds)
            {
                records.Add(new KernelLogRecord((ulong)records.Count, time, Emergency, match.Groups["caller"].Value, match.Groups["text"].Value));
            }
        }

        return records;
    }

    [GeneratedRegex(@"^\[ *(?<s>\d{1,12})\.(?<us>\d{6})\](\[ *(?<caller>[TC]\d+)\])? (?<text>.*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Record();
}
