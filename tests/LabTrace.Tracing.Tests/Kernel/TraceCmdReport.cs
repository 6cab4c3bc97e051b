using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;

namespace LabTrace.Tracing.Tests.Kernel;

/// <summary>What <c>trace-cmd report -R -t</c> prints of a file: raw field values, times with nine digits.</summary>
internal sealed partial class TraceCmdReport
{
    private TraceCmdReport(IReadOnlyList<Line> lines, long lost)
    {
        Lines = lines;
        Lost = lost;
    }

    public IReadOnlyList<Line> Lines { get; }

    /// <summary>Events it says were dropped.</summary>
    public long Lost { get; }

    /// <summary>One event as reported; markers may hold line feeds.</summary>
    public readonly record struct Line(string Comm, int Pid, int Cpu, ulong Time, string Event, string Fields);

    /// <summary>Runs trace-cmd; null when it is not installed.</summary>
    public static string? Run(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("trace-cmd", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                StandardOutputEncoding = System.Text.Encoding.Latin1,
            })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Reads a file through trace-cmd; null when trace-cmd is not there or cannot read it.</summary>
    public static TraceCmdReport? Of(string path)
    {
        var text = Run("report", "-R", "-t", "-i", path);
        if (text is null || !text.Contains("cpus=", StringComparison.Ordinal))
        {
            return null;
        }

        var lines = new List<Line>();
        long lost = 0;
        foreach (var line in text.Split('\n'))
        {
            var match = EventLine().Match(line);
            if (match.Success)
            {
                lines.Add(new Line(
                    match.Groups["comm"].Value,
                    int.Parse(match.Groups["pid"].Value, CultureInfo.InvariantCulture),
                    int.Parse(match.Groups["cpu"].Value, CultureInfo.InvariantCulture),
                    ulong.Parse(match.Groups["time"].Value.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture),
                    match.Groups["event"].Value,
                    match.Groups["rest"].Value));
            }
            else if (Dropped().Match(line) is { Success: true } dropped)
            {
                lost += dropped.Groups["count"].Success ? long.Parse(dropped.Groups["count"].Value, CultureInfo.InvariantCulture) : 0;
            }
            else if (lines.Count > 0 && !line.StartsWith("CPU ", StringComparison.Ordinal))
            {
                lines[^1] = lines[^1] with { Fields = lines[^1].Fields + "\n" + line };
            }
        }

        return new TraceCmdReport(lines, lost);
    }

    /// <summary>Fails unless a trace has the same events with the same fields in the same order.</summary>
    /// <param name="trace">Ours.</param>
    /// <param name="timeTolerance">How far times may be apart.</param>
    public void ShouldEqual(Trace trace, ulong timeTolerance = 0)
    {
        trace.Events.Count.Should().Be(Lines.Count);
        for (var i = 0; i < Lines.Count; i++)
        {
            var (ours, theirs) = (trace.Events[i], Lines[i]);
            var distance = ours.Time.Nanoseconds > theirs.Time ? ours.Time.Nanoseconds - theirs.Time : theirs.Time - ours.Time.Nanoseconds;
            if (ours.Pid != theirs.Pid || ours.Cpu != theirs.Cpu || ours.Name.Name != theirs.Event || distance > timeTolerance
                || System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(ours.Comm)) != theirs.Comm)
            {
                throw new AssertionFailedError($"event {i}: ours is {ours} at {ours.Time.Nanoseconds}, trace-cmd's {theirs}");
            }

            if (DifferentField(ours, theirs.Fields) is { } difference)
            {
                throw new AssertionFailedError($"event {i} {ours.Name}: {difference} in {theirs.Fields}");
            }
        }
    }

    private static string? DifferentField(TraceEvent ours, string theirs)
    {
        var at = 0;
        var fields = ours.Format!.Fields;
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            var start = theirs.IndexOf(field.Name + "=", at, StringComparison.Ordinal);
            if (start < 0)
            {
                return $"trace-cmd has no field {field.Name}";
            }

            start += field.Name.Length + 1;
            var end = i + 1 < fields.Count ? theirs.IndexOf($" {fields[i + 1].Name}=", start, StringComparison.Ordinal) : theirs.Length;
            end = end < 0 ? theirs.Length : end;
            at = end;
            if (!ours.TryGetField(field.Name, out var value))
            {
                return $"{field.Name} cannot be read";
            }

            if (!IsSame(value, theirs[start..end]))
            {
                return $"{field.Name} is {value.ToRawText()}";
            }
        }

        return null;
    }

    private static bool IsSame(FieldValue ours, string text)
    {
        var theirs = text.TrimEnd('\n');
        if (theirs.StartsWith("ARRAY[", StringComparison.Ordinal))
        {
            var bytes = theirs[6..^1].Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(b => byte.Parse(b, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            return ours.Bytes.ToArray().SequenceEqual(bytes);
        }

        if (!ours.TryGetInteger(out var number))
        {
            // Structures and arrays that trace-cmd takes for text are not compared.
            return ours.Shape is FieldShape.Bytes or FieldShape.Array
                   || System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(ours.ToRawText())).TrimEnd('\n') == theirs;
        }

        var isHex = theirs.StartsWith("0x", StringComparison.Ordinal);
        return isHex && ulong.TryParse(theirs[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex) ? unchecked((ulong)number) == hex
            : Int128.TryParse(theirs, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var plain) ? plain == number || IsUnsignedShort(plain, number) || IsBareHex(theirs, number)

            // What is left are names: of symbols for pointers, of flags for plugins that print them even in raw mode.
            : number != 0 && theirs.Length > 0;
    }

    /// <summary>trace-cmd's raw mode does not extend the sign of a field of 16 bits: -19 is its 65517.</summary>
    private static bool IsUnsignedShort(Int128 theirs, Int128 number) => number < 0 && number >= short.MinValue && theirs == (ushort)(short)number;

    /// <summary>Some fields are printed as their print fmt says, in hexadecimal without a mark.</summary>
    private static bool IsBareHex(string theirs, Int128 number) =>
        ulong.TryParse(theirs, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex) && hex == unchecked((ulong)number);

    [GeneratedRegex(@"^(?:\S+: +)?\s*(?<comm>\S.*?)-(?<pid>\d+)\s+\[(?<cpu>\d+)\]\s*(?<time>\d+(\.\d{9})?):\s+(?<event>\w+):\s*(?<rest>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EventLine();

    [GeneratedRegex(@"^(?:\S+: +)?\s*CPU:\d+ \[((?<count>\d+) )?EVENTS DROPPED\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dropped();
}

/// <summary>Two events differ.</summary>
internal sealed class AssertionFailedError(string message) : Exception(message);
