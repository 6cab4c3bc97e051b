using System.Text;
using System.Text.RegularExpressions;
using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

/// <content>Recordings: the same command leaves the same kinds of lines, though not the same numbers.</content>
public sealed partial class DifferentialTests
{
    [Test]
    public async Task A_recorded_sleep_is_printed_in_the_same_words()
    {
        var emulated = await ShapesAsync(new EmulatedTarget());
        var real = await ShapesAsync(new LocalTarget());

        // What the real machine does besides (page faults, other calls of its loader) is not asked for.
        emulated.Except(real).Should().BeEmpty();
        real.Should().Contain(s => s.StartsWith("sched_switch:", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_recorded_sleep_reads_the_same_events_from_text_and_pages([Values(true, false)] bool isEmulated)
    {
        await using ITarget target = isEmulated ? new EmulatedTarget() : new LocalTarget();
        await using var changes = TargetChanges.InMemory(target);
        var instance = await (await Devices.Tracefs.OpenAsync(changes, default)).CreateInstanceAsync("diff", default);
        _ = await instance.EnableEventAsync(Tracing.EventName.Parse("sched:*"), filter: null, default);

        var recording = (await instance.RecordWhileRunningAsync(new Command("sleep", "0.01"), default)).Recording;

        recording.TextTrace.Events.Select(e => (e.Cpu, e.Pid, e.Name.Name, e.Text)).Should().Equal(recording.Trace.Events.Select(e => (e.Cpu, e.Pid, e.Name.Name, e.Text)));
        recording.Trace.Events.Count.Should().Be((int)recording.Stats.Cpus.Sum(c => c.Entries));
    }

    private static async Task<IReadOnlySet<string>> ShapesAsync(ITarget target)
    {
        await using var ending = target;
        await using var changes = TargetChanges.InMemory(target);
        var instance = await (await Devices.Tracefs.OpenAsync(changes, default)).CreateInstanceAsync("diff", default);
        foreach (var events in (string[])["sched:*", "raw_syscalls:*", "task:*", "syscalls:sys_enter_clock_nanosleep", "syscalls:sys_exit_clock_nanosleep", "syscalls:sys_enter_openat"])
        {
            _ = await instance.EnableEventAsync(Tracing.EventName.Parse(events), filter: null, default);
        }

        var recording = (await instance.RecordOnlyAsync(new Command("sleep", "0.01"), withChildren: false, default)).Recording;
        return Encoding.UTF8.GetString(recording.Text.Span).Split('\n').Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => Shape(ContextBefore().Replace(l, ""))).ToHashSet();
    }

    /// <summary>The event and its labels; where there are none, the text with its numbers taken out. Commands may hold blanks.</summary>
    private static string Shape(string text)
    {
        var labels = Labels().Matches(text).Select(m => m.Value).ToArray();
        return labels.Length > 0 ? $"{text.Split(':')[0]}: {string.Join(' ', labels)}" : Numbers().Replace(text, "N");
    }

    [GeneratedRegex(@"^.{16}-\d+ +\[\d+\] \S+ +\d+\.\d{6}: ", RegexOptions.NonBacktracking)]
    private static partial Regex ContextBefore();

    [GeneratedRegex(@"\b(0x[0-9a-f]+|[0-9a-f]+)\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"[a-z_]+=", RegexOptions.NonBacktracking)]
    private static partial Regex Labels();
}
