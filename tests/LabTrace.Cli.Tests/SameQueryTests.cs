using System.Globalization;
using System.Text.Json;
using FluentAssertions;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary>One question, asked in a step, in C# and on the command line, of the binary recording and of its text, has one answer.</summary>
public sealed class SameQueryTests
{
    private const string Recording = """
          Given the events of "sched" are enabled
          And the event "raw_syscalls:sys_enter" is enabled
          When I record while running "sleep 0.05"
        """;

    private static readonly string[] Selectors =
    [
        "*", "sched:*", "sched_switch", "sched:sched_switch where prev_comm = sleep", "sched_switch where prev_pid != 0 and next_prio <= 120",
        "sched_switch where not (next_comm ~ swapper/* or prev_comm = sleep)", "sched_waking where target_cpu = 1", "sched_waking where target_cpu >= 0x1",
        "sched_switch where prev_state = S", "raw_syscalls:sys_enter where id = 230 or id = 35", "sched_wak* where comm ~ *e* and pid > 1", "nosuch:event",
    ];

    [Test]
    public async Task A_question_has_one_answer_wherever_it_is_asked()
    {
        using var scratch = new Scratch();
        scratch.Feature($"Scenario: recorded\n{Recording}\n  Then no \"sched_switch\" event has \"prev_comm\" equal to \"sleep\"");
        (await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "first")).ExitCode.Should().Be(1);
        var binary = Directory.GetFiles(Path.Combine(scratch.Root, "first"), "trace.dat", SearchOption.AllDirectories).Single();
        var text = Path.Combine(scratch.Root, "trace.txt");
        (await LabtraceProcess.RunAsync(scratch.Root, "trace", "convert", binary, "--to", "text", "-o", text)).ExitCode.Should().Be(0);
        using var reader = TraceReader.Open(binary);
        var trace = reader.ReadToEnd();

        var counts = Selectors.Select(s => trace.Events.Count(e => EventSelector.Parse(s).Matches(e))).ToArray();
        foreach (var (selector, count) in Selectors.Zip(counts))
        {
            foreach (var file in new[] { binary, text })
            {
                var asked = await LabtraceProcess.RunAsync(scratch.Root, "trace", "query", file, selector, "--count", "--json");
                using var json = JsonDocument.Parse(asked.Output);
                json.RootElement.GetProperty("events").GetInt32().Should().Be(count, $"\"{selector}\" was asked of {Path.GetFileName(file)}");
            }
        }

        var steps = Selectors.Zip(counts).Select(c => string.Create(CultureInfo.InvariantCulture, $"  Then the trace has exactly {c.Second} \"{c.First}\" events"));
        scratch.Feature($"Scenario: recorded\n{Recording}\n{string.Join('\n', steps)}");
        var run = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "second");
        run.ExitCode.Should().Be(0, run.Output + run.Error);
        counts[..11].Should().OnlyContain(c => c > 0, string.Join(' ', counts));
    }
}
