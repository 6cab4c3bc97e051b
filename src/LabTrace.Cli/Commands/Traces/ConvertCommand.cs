using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary><c>labtrace trace convert</c>: writes a capture as another kind of file.</summary>
internal static class ConvertCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = TraceOptions.File();
        var kind = Kind();
        var output = Output();
        var compression = Compression();
        Option<string[]> counters = new("--counter")
        {
            Description = "draw a field as a number over time (chrome, perfetto): gpio_value.value/gpio is drawn without asking; as often as wanted",
            HelpName = "EVENT.FIELD[/KEY]",
            AllowMultipleArgumentsPerToken = false,
        };
        Command command = new("convert", $"""
            Write a capture as another kind of file. Events are in order of time; where a cpu's clock stepped back, text and dat keep
            the order in which it recorded. Losses, malformed
            and skipped events are told on standard error.

            {string.Join('\n', TraceExports.All.Select(k => $"  {k.Name,-9} {k.Description}"))}

            Examples:
              labtrace trace convert trace.dat --to csv > events.csv
              labtrace trace convert trace.dat -o trace.pftrace
              labtrace trace convert trace.dat.gz -e "sched:*" --to parquet -o sched.parquet
              labtrace trace convert trace.txt --to dat --compression zstd -o for-kernelshark.dat
            """);
        command.Arguments.Add(file);
        foreach (var option in new Option[] { kind, output, compression, counters })
        {
            command.Options.Add(option);
        }

        var options = new TraceOptions().AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(output);
            var chosen = parsed.GetValue(kind) ?? (path is null ? null : TraceExports.ForFile(path)) ?? throw new UsageException(
                $"what to write is not known\n  try: --to {string.Join('|', TraceExports.All.Select(k => k.Name))}");
            using var input = options.Open(parsed, parsed.GetRequiredValue(file));
            return Task.FromResult((int)Run(
                input, chosen, path, new ExportOptions { Compression = parsed.GetRequiredValue(compression), Counters = parsed.GetValue(counters) ?? [] }, cancellationToken));
        });
        return command;
    }

    /// <summary>Where to write.</summary>
    public static Option<string?> Output() => new("--output", "-o") { Description = "the file to write [default: standard output]", HelpName = "FILE" };

    /// <summary>How a trace.dat is compressed.</summary>
    public static Option<string> Compression()
    {
        Option<string> compression = new("--compression") { Description = "how trace.dat is compressed", HelpName = "none|zlib|zstd", DefaultValueFactory = _ => "none" };
        compression.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value is not ("none" or "zlib" or "zstd"))
            {
                result.AddError($"there is no compression '{token.Value}'; one of: none, zlib, zstd");
            }
        });
        return compression;
    }

    /// <summary>Writes, and tells what is not in the file.</summary>
    public static ExitCode Run(TraceInput input, ExportKind kind, string? path, ExportOptions options, CancellationToken cancellationToken)
    {
        if (!kind.IsCapture)
        {
            input.PutInOrder();
        }

        using var output = TraceOutput.Open(path, kind.IsBinary);
        IReadOnlyList<string> notes;
        using (var export = Open(input, kind, output, options))
        {
            notes = TraceConversion.Write(input.Events, export, input.Progress.Show, cancellationToken);
        }

        output.Complete();
        input.Progress.Clear();
        var tally = input.Events.Tally;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"labtrace: {tally.Events:N0} events written; {QueryCounters.Of(tally)}"));
        if (!input.Info.IsClockInNanoseconds)
        {
            Console.Error.WriteLine($"labtrace: the clock '{input.Info.ClockName}' counts ticks, not nanoseconds: times are ticks, also where a column is called ns");
        }

        foreach (var note in notes)
        {
            Console.Error.WriteLine($"labtrace: {note}");
        }

        input.WriteWarnings();
        return ExitCode.Passed;
    }

    private static ITraceExport Open(TraceInput input, ExportKind kind, TraceOutput output, ExportOptions options)
    {
        try
        {
            return TraceConversion.Open(kind, output.Stream, input.Info, options);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new UsageException(e.Message);
        }
    }

    private static Option<ExportKind?> Kind() => new("--to", "-t")
    {
        Description = "what to write [default: what the name of the output says]",
        HelpName = string.Join('|', TraceExports.All.Select(k => k.Name)),
        CustomParser = (ArgumentResult result) =>
        {
            var found = TraceExports.Find(result.Tokens[^1].Value);
            if (found is null)
            {
                result.AddError($"'{result.Tokens[^1].Value}' is no kind of file; one of: {string.Join(", ", TraceExports.All.Select(k => k.Name))}");
            }

            return found;
        },
    };
}
