using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary>The options that every command on captures understands: which file, what to do with damage, which events.</summary>
internal sealed class TraceOptions
{
    public const string FileHelp =
        "a capture: trace.dat, the text of trace, trace_pipe or `trace-cmd report`, or what `labtrace trace convert` writes as text; .gz and .zst are opened as they are; - is standard input";

    private readonly Option<bool> _strict = new("--strict") { Description = "refuse a capture that is cut short instead of reading what is there" };
    private readonly Option<EventSelector[]> _events = Many<EventSelector>(
        "--event", "SELECTOR", "only these events: a name or pattern, with conditions if wanted: \"sched:sched_switch where prev_comm = sleep\"", EventSelector.Parse, "-e");
    private readonly Option<EventSelector[]> _without = Many<EventSelector>("--without", "SELECTOR", "not these events", EventSelector.Parse);
    private readonly Option<IReadOnlySet<int>?> _cpus = new("--cpu")
    {
        Description = "only these cpus: 0, 2-5, 0,2-3",
        HelpName = "LIST",
        CustomParser = r => Parsed(r, ParseNumbers),
    };

    private readonly Option<IReadOnlySet<int>?> _pids = new("--pid")
    {
        Description = "only what these threads, or threads of these processes, recorded",
        HelpName = "LIST",
        CustomParser = r => Parsed(r, ParseNumbers),
    };

    private readonly Option<string[]> _comms = Many<string>("--comm", "PATTERN", "only what threads of this name recorded; * and ? stand for anything", text => text);
    private readonly Option<FieldExpression?> _where = new("--where")
    {
        Description = "only events whose fields satisfy an expression: \"prev_prio < 100 and not (next_comm ~ kworker/* or next_pid = 0)\"",
        HelpName = "EXPR",
        CustomParser = r => Parsed(r, FieldExpression.Parse),
    };

    private readonly Option<TimePoint?> _after = Point("--after", "-a", "from here on: 1.5s behind the first event, or @2822.408285 on the trace's clock");
    private readonly Option<TimePoint?> _before = Point("--before", "-b", "up to here, likewise");

    /// <summary>Adds the options to a command.</summary>
    public TraceOptions AddTo(Command command)
    {
        foreach (var option in new Option[] { _events, _without, _cpus, _pids, _comms, _where, _after, _before, _strict })
        {
            command.Options.Add(option);
        }

        return this;
    }

    /// <summary>The capture's argument.</summary>
    public static Argument<string> File(string name = "FILE") => new(name) { Description = FileHelp };

    /// <summary>The option that asks for JSON.</summary>
    public static Option<bool> Json(string what = "as one JSON object") => new("--json") { Description = what };

    /// <summary>Opens a capture with what the command line says.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="TraceFormatException">It is no capture.</exception>
    public TraceInput Open(ParseResult parsed, string file, WantedOrder order = WantedOrder.Time) => TraceInput.Open(
        file, parsed.GetValue(_strict) ? ReadMode.Strict : ReadMode.Salvage, order, FilterOf(parsed), parsed.GetValue(_after), parsed.GetValue(_before));

    /// <summary>Opens several captures as one.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="TraceFormatException">One is no capture, or their clocks differ.</exception>
    public TraceInput Open(ParseResult parsed, IReadOnlyList<string> files, IReadOnlyList<Duration> shifts)
    {
        var mode = parsed.GetValue(_strict) ? ReadMode.Strict : ReadMode.Salvage;
        var captures = new List<MergedCapture>();
        try
        {
            for (var i = 0; i < files.Count; i++)
            {
                captures.Add(new MergedCapture(NameOf(files[i]), TraceInput.OpenReader(files[i], mode), shifts[i]));
            }

            return TraceInput.Of(new MergedReader(captures), FilterOf(parsed), parsed.GetValue(_after), parsed.GetValue(_before));
        }
        catch
        {
            captures.ForEach(c => c.Reader.Dispose());
            throw;
        }
    }

    /// <summary>The filter that the command line describes, without its window of time.</summary>
    public EventFilter FilterOf(ParseResult parsed) => new()
    {
        Events = parsed.GetValue(_events) ?? [],
        Without = parsed.GetValue(_without) ?? [],
        Cpus = parsed.GetValue(_cpus) ?? new HashSet<int>(),
        Pids = parsed.GetValue(_pids) ?? new HashSet<int>(),
        Comms = parsed.GetValue(_comms) ?? [],
        Fields = parsed.GetValue(_where),
    };

    /// <summary>An option with one value that some text describes.</summary>
    public static Option<T?> One<T>(string name, string helpName, string description, Func<string, T> parse, params string[] aliases)
        where T : class => new(name, aliases) { Description = description, HelpName = helpName, CustomParser = r => Parsed(r, parse) };

    /// <summary>An option with a length of time.</summary>
    public static Option<Duration?> Time(string name, string description) =>
        new(name) { Description = description, HelpName = "TIME", CustomParser = r => Parsed<Duration?>(r, text => Duration.Parse(text)) };

    /// <summary>Reads a value, and tells what is wrong with it as an error of usage.</summary>
    public static T? Parsed<T>(ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[^1].Value);
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return default;
        }
    }

    private static Option<T[]> Many<T>(string name, string helpName, string description, Func<string, T> parse, params string[] aliases) => new(name, aliases)
    {
        Description = description + "; as often as wanted",
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result =>
        {
            try
            {
                return [.. result.Tokens.Select(t => parse(t.Value))];
            }
            catch (FormatException e)
            {
                result.AddError(e.Message);
                return [];
            }
        },
    };

    private static Option<TimePoint?> Point(string name, string alias, string description) =>
        new(name, alias) { Description = description, HelpName = "TIME", CustomParser = r => Parsed<TimePoint?>(r, text => TimePoint.Parse(text)) };

    private static string NameOf(string file) => file == "-" ? "stdin" : Path.GetFileNameWithoutExtension(file);

    private static IReadOnlySet<int> ParseNumbers(string text)
    {
        const int MaxListed = 1 << 20;
        var numbers = new HashSet<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (!int.TryParse(dash < 0 ? part : part[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(dash < 0 ? part : part[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                || last < first || last - first > MaxListed)
            {
                throw new FormatException($"'{text}' is no list of numbers; write for example 0 or 0,2-5");
            }

            for (var number = first; number <= last; number++)
            {
                _ = numbers.Add(number);
            }
        }

        return numbers;
    }
}
