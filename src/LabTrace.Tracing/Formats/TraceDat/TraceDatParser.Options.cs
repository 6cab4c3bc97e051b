using System.Globalization;

namespace LabTrace.Tracing;

/// <content>Options that both versions have.</content>
internal static partial class TraceDatParser
{
    private const int OptionDate = 1;
    private const int OptionCpuStat = 2;
    private const int OptionBuffer = 3;
    private const int OptionTraceClock = 4;
    private const int OptionUname = 5;
    private const int OptionHook = 6;
    private const int OptionOffset = 7;
    private const int OptionCpuCount = 8;
    private const int OptionVersion = 9;
    private const int OptionProcMaps = 10;
    private const int OptionTraceId = 11;
    private const int OptionTimeShift = 12;
    private const int OptionGuest = 13;
    private const int OptionTsc2Nsec = 14;
    private const int OptionBtf = 23;
    private const int OptionLastBootInfo = 24;
    private const int OptionModules = 25;

    /// <summary>The chosen clock, <c>[mono]</c> among the others.</summary>
    private static string? ClockOf(string text)
    {
        var open = text.IndexOf('[', StringComparison.Ordinal);
        var close = text.IndexOf(']', StringComparison.Ordinal);
        return open >= 0 && close > open + 1 && close - open < 32 ? text[(open + 1)..close] : null;
    }

    /// <summary>A cursor over bytes that were read from the file, decompressed or not.</summary>
    private static CaptureCursor Part(TraceDatFile file, ReadOnlyMemory<byte> bytes, long offset) =>
        new(Capture.Part(bytes, file.Name), file.Name, file.IsBigEndian, shown: offset);

    private static void CommonOption(TraceDatFile file, int id, ReadOnlySpan<byte> data, CaptureCursor cursor)
    {
        switch (id)
        {
            case OptionDate or OptionOffset:
                if (TryNumber(data, out var number))
                {
                    file.OffsetNs += id == OptionDate ? unchecked(number * 1000) : number;
                }
                else
                {
                    file.Warnings.Add($"the option {(id == OptionDate ? "DATE" : "OFFSET")} is no number ('{FieldValue.TextOf(data)}'): times are as recorded");
                }

                break;
            case OptionCpuStat:
                Stats(file, FieldValue.TextOf(data));
                break;
            case OptionUname or OptionHook or OptionVersion or OptionProcMaps or OptionLastBootInfo:
                file.Notes.Add(new(NameOf(id), FieldValue.TextOf(data).Trim()));
                break;
            case OptionCpuCount:
                file.CpuCount = (int)Math.Min(cursor.U32("CPUCOUNT"), MaxCpus);
                break;
            case OptionTraceId:
                file.TraceId = cursor.U64("TRACEID");
                file.Notes.Add(new(NameOf(id), $"0x{file.TraceId:x}"));
                break;
            case OptionGuest:
                Guest(file, cursor);
                break;
            case OptionTsc2Nsec:
                file.TscToNs = (cursor.U32("TSC2NSEC mult"), (int)Math.Min(cursor.U32("TSC2NSEC shift"), 127));
                break;
            case OptionTimeShift:
                TimeShiftOption(file, cursor);
                break;
            case OptionTraceClock or OptionBtf or OptionModules:
                break;
            default:
                file.Warnings.Add($"option {id} with {data.Length:N0} bytes is not known and was skipped");
                break;
        }
    }

    private static string NameOf(int option) => option switch
    {
        OptionUname => "uname",
        OptionHook => "hook",
        OptionVersion => "version",
        OptionProcMaps => "procmaps",
        OptionTraceId => "traceid",
        _ => "last_boot_info",
    };

    private static void Guest(TraceDatFile file, CaptureCursor cursor)
    {
        var name = cursor.Name("guest name");
        var id = cursor.U64("guest trace id");
        var count = Cpus(file, cursor.U32("number of guest cpus"), cursor.Offset - 4);
        var threads = new List<KeyValuePair<int, int>>();
        for (var i = 0; i < count; i++)
        {
            threads.Add(new((int)cursor.U32("guest cpu"), (int)cursor.U32("guest thread")));
        }

        file.Guests.Add(new TraceGuest(name, id, threads));
    }

    /// <summary>Text of per_cpu/N/stats behind <c>CPU: N</c>; the ones behind <c>Buffer: NAME</c> are that instance's.</summary>
    private static void Stats(TraceDatFile file, string text)
    {
        const string buffer = "Buffer:";
        var at = text.IndexOf("CPU:", StringComparison.Ordinal);
        var named = text.IndexOf(buffer, StringComparison.Ordinal);
        if (named >= 0 && (at < 0 || named < at))
        {
            var rest = text.AsSpan(named + buffer.Length);
            var line = rest.IndexOf('\n');
            file.StatsBuffer = (line < 0 ? rest : rest[..line]).Trim().ToString();
        }

        var end = at < 0 ? -1 : text.IndexOf('\n', at);
        if (end > 0 && int.TryParse(text.AsSpan(at + 4, end - at - 4).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var cpu) && cpu < MaxCpus)
        {
            file.Stats.Add((file.StatsBuffer, CpuStats.Parse(cpu, text[end..])));
        }
    }

    private static bool TryNumber(ReadOnlySpan<byte> data, out long value)
    {
        var isNumber = Number.TryParse(FieldValue.TextOf(data).Trim(), out var number);
        value = (long)number;
        return isNumber && number >= long.MinValue && number <= long.MaxValue;
    }
}
