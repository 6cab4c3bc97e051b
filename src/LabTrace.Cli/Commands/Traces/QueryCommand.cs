using System.CommandLine;
using LabTrace.Tracing.Queries;

namespace LabTrace.Cli.Commands.Traces;

/// <summary><c>labtrace trace query</c>: asks a capture for fields, rates, gaps, order or stacks.</summary>
internal static class QueryCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = TraceOptions.File();
        Argument<EventSelector?> selector = new("SELECTOR")
        {
            Description = "which events, as with --event; all when none is given",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => TraceOptions.Parsed(result, EventSelector.Parse),
        };
        Option<string?> fields = new("--fields") { Description = "a table of these fields, joined by commas", HelpName = "NAME,…" };
        Option<bool> count = new("--count") { Description = "only how many there are" };
        var rate = TraceOptions.Time("--rate", "how many there are in each step of time");
        var gaps = TraceOptions.Time("--gaps", "where nothing comes for longer than this; the exit code is 1 when there is a gap");
        Option<EventSelector[]> order = new("--order")
        {
            Description = "whether these events follow each other in this order, again and again; given once for each; the exit code is 1 when one is out of turn",
            HelpName = "SELECTOR",
            AllowMultipleArgumentsPerToken = false,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => [.. result.Tokens.Select(t => ParseSelector(t.Value, result))],
        };
        Option<bool> stacks = new("--stacks") { Description = "the stacks that were recorded for them, most frequent first" };
        Option<string?> key = new("--on") { Description = "what events of one gap or order must share: cpu, pid, tgid, comm or a field", HelpName = "KEY" };
        var head = CommandLineValues.Number("--head", "only the first N; 0 for all", least: 0, usual: 0);
        var json = TraceOptions.Json("as JSON; events one object a line");
        Command command = new("query", """
            Ask a capture: events with their fields, rates, gaps, order, stacks.

            Examples:
              labtrace trace query trace.dat "sched:sched_switch where prev_state = D" --fields prev_comm,prev_pid
              labtrace trace query trace.dat "irq:irq_handler_entry" --rate 100ms
              labtrace trace query trace.dat "gpio:gpio_value" --gaps 1.2ms --on gpio
              labtrace trace query trace.dat --order irq:irq_handler_entry --order irq:irq_handler_exit --on cpu
              labtrace trace query trace.dat "kmem:kmalloc where bytes_req > 65536" --stacks --head 5
            """);
        command.Arguments.Add(file);
        command.Arguments.Add(selector);
        foreach (var option in new Option[] { fields, count, rate, gaps, order, stacks, key, head, json })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            var asked = new Option[] { fields, count, rate, gaps, order, stacks }.Where(o => result.GetResult(o) is { Implicit: false }).Select(o => o.Name).ToArray();
            if (asked.Length > 1)
            {
                result.AddError($"{string.Join(" and ", asked)} are different questions; ask one at a time");
            }
        });
        var options = new TraceOptions().AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var isList = parsed.GetValue(rate) is null && parsed.GetValue(gaps) is null && parsed.GetValue(order) is not { Length: > 0 } && !parsed.GetValue(stacks);
            using var input = options.Open(parsed, parsed.GetRequiredValue(file), isList ? WantedOrder.TimeUnlessLive : WantedOrder.Time);
            var query = new TraceQuestion(input, parsed.GetValue(selector), parsed.GetValue(head), parsed.GetValue(json), cancellationToken);
            var code = parsed.GetValue(rate) is { } step ? query.Rates(step)
                : parsed.GetValue(gaps) is { } limit ? query.Gaps(limit, parsed.GetValue(key))
                : parsed.GetValue(order) is { Length: > 0 } chain ? query.Order(chain, parsed.GetValue(key))
                : parsed.GetValue(stacks) ? query.Stacks()
                : parsed.GetValue(count) ? query.Count()
                : query.List(parsed.GetValue(fields)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            return Task.FromResult((int)code);
        });
        return command;
    }

    private static EventSelector ParseSelector(string text, System.CommandLine.Parsing.ArgumentResult result)
    {
        try
        {
            return EventSelector.Parse(text);
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return EventSelector.Parse("*");
        }
    }
}
