using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Bpf;

/// <summary><c>labtrace bpf decode</c>: a capture's events as lines, JSON, or as the original tools printed them.</summary>
internal static class BpfDecodeCommand
{
    private static readonly Dictionary<string, BpfRecordKind> Kinds = new(StringComparer.Ordinal)
    {
        ["syscall"] = BpfRecordKind.OriginalSyscall,
        ["pcie"] = BpfRecordKind.OriginalPcie,
        ["dma_fence"] = BpfRecordKind.OriginalDmaFence,
        ["nvlink"] = BpfRecordKind.OriginalNvlink,
        ["function"] = BpfRecordKind.OriginalFunction,
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "a capture of `labtrace bpf run -o`, packed or not; - is standard input" };
        Option<bool> json = new("--json") { Description = "each event as a line of JSON" };
        Option<bool> original = new("--as-original") { Description = "as the tools print that the programs follow: grtrace-bpf-annotate, ptp_ocp_trace.py, NeuTracer" };
        Option<bool> raw = new("--raw") { Description = "FILE is the raw dump of NeuTracer's ring buffer or ptp_ocp_trace.py's perf buffer, each record behind its length and kind" };
        Option<string?> kind = new("--kind") { Description = $"FILE is a raw dump of only these records, without lengths: {string.Join(", ", Kinds.Keys)}", HelpName = "KIND" };
        Option<bool> salvage = new("--salvage") { Description = "read a damaged capture up to its damage" };
        _ = kind.AcceptOnlyFromAmong([.. Kinds.Keys]);
        Command command = new("decode", "Print a BPF capture's events in order of time. Other forms and filters: `labtrace trace show` reads these captures too.");
        command.Arguments.Add(file);
        foreach (var option in (Option[])[json, original, raw, kind, salvage])
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            using var capture = Open(parsed.GetRequiredValue(file), parsed.GetValue(raw), parsed.GetValue(kind));
            return (int)Decode(capture, parsed.GetValue(salvage) ? ReadMode.Salvage : ReadMode.Strict, parsed.GetValue(json), parsed.GetValue(original));
        });
        return command;
    }

    /// <summary>Opens a capture, or makes one of a raw dump.</summary>
    public static Capture Open(string file, bool isRaw, string? kind)
    {
        if (file != "-" && !File.Exists(file))
        {
            throw new UsageException($"there is no file '{file}'");
        }

        if (!isRaw && kind is null)
        {
            return Capture.Open(file);
        }

        using var dump = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        var converted = new MemoryStream();
        _ = BpfCaptureFormat.ConvertOriginal(dump, kind is null ? null : Kinds[kind], converted);
        return Capture.Of(converted.ToArray(), Path.GetFileName(file));
    }

    private static ExitCode Decode(Capture capture, ReadMode mode, bool isJson, bool isOriginal)
    {
        using var reader = new BpfCaptureFormat().Open(capture, mode);
        using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        long left = 0;
        while (reader.Read(out var item))
        {
            if (isJson)
            {
                output.Flush();
                using var json = new Utf8JsonWriter(output.BaseStream);
                BpfView.WriteJson(json, item);
                json.Flush();
                output.Write('\n');
            }
            else if (!isOriginal)
            {
                output.Write(BpfLines.Plain(item) + "\n");
            }
            else if (BpfLines.Original(item, TimeOfDay(reader.Info, item)) is { } line)
            {
                output.Write(line + "\n");
            }
            else
            {
                left++;
            }
        }

        output.Flush();
        var told = reader.Tally.ToString() + (left == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {left:N0} that the original tools do not print"));
        Console.Error.WriteLine($"labtrace: {told}");
        return reader.Tally.Missing.Count > 0 || reader.Tally.Malformed > 0 ? ExitCode.Broken : ExitCode.Passed;
    }

    private static DateTimeOffset? TimeOfDay(TraceInfo info, in TraceEvent item)
    {
        long? Option(string name) => info.Options.FirstOrDefault(o => o.Key == name).Value is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
        return Option("monotonic_ns") is { } monotonic && Option("realtime_ns") is { } realtime
            ? DateTimeOffset.UnixEpoch.AddTicks((realtime + (long)item.Time.Nanoseconds - monotonic) / TimeSpan.NanosecondsPerTick)
            : null;
    }
}
