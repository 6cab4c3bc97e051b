using FluentAssertions;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

/// <summary>The kernel's own text is the judge of how its binary pages are decoded.</summary>
public sealed class ReadingsAgreeTests : RealTracefsTests
{
    private const int MaxShown = 10;

    [TestCase("sched", "sched:*")]
    [TestCase("system calls", "raw_syscalls:*", "syscalls:*")]
    [TestCase("interrupts and timers", "irq:*", "irq_vectors:*", "timer:*", "workqueue:*", "ipi:*")]
    [TestCase("tasks", "task:*", "signal:*", "exceptions:*", "mmap:*", "rseq:*", "x86_fpu:*")]
    [TestCase("memory", "kmem:*", "filemap:*", "pagemap:*", "vmscan:*")]
    [TestCase("files", "ext4:*", "jbd2:*", "writeback:*", "block:*", "filelock:*")]
    [TestCase("network", "net:*", "sock:*", "skb:*", "tcp:*", "udp:*", "napi:*")]
    [TestCase("rcu and power", "rcu:*", "power:*", "cgroup:*", "tlb:*")]
    public async Task Text_and_pages_agree_event_for_event(string topic, params string[] patterns)
    {
        var available = await Tracefs.ReadAvailableEventsAsync(Token);
        foreach (var pattern in patterns.Select(EventName.Parse).Where(p => available.Any(p.Matches)))
        {
            _ = await Instance.EnableEventAsync(pattern, filter: null, Token);
        }

        await Instance.SetOptionAsync("record-tgid", isOn: true, Token);

        // Text hides kernel addresses behind a hash that pages do not have.
        await Instance.SetOptionAsync("hash-ptr", isOn: false, Token);
        _ = await Instance.SetBufferSizeAsync(8192, Token);

        var recording = await Instance.RecordAsync(
            async token =>
            {
                await Instance.MarkAsync($"begin {topic}", token);
                _ = await Target.RunAsync(new Command("sh", "-c", "ls -l / > /dev/null; sleep 0.01; cat /proc/self/status > /dev/null"), token);
                await Instance.MarkAsync("end\n", token);
            },
            Token);

        var (text, raw) = (recording.TextTrace, recording.Trace);
        raw.Tally.Malformed.Should().Be(0, raw.Tally.ToString());
        text.Tally.Malformed.Should().Be(0, text.Tally.ToString());
        raw.Events.Should().HaveCount((int)recording.Stats.Entries);
        text.Events.Should().HaveCount(raw.Events.Count);
        var differences = raw.Events.Zip(text.Events).Select(pair => Difference(pair.First, pair.Second)).OfType<string>().ToArray();
        TestContext.Out.WriteLine($"{topic}: {raw.Events.Count} events, {differences.Length} differences");
        differences.DistinctBy(d => d.Split(' ').FirstOrDefault(w => w.EndsWith(':') && w is not "pages:" && !char.IsDigit(w[0]))).Take(MaxShown).Should().BeEmpty($"of {raw.Events.Count} events");
    }

    [Test]
    public async Task Text_without_the_flags_column_agrees_as_well()
    {
        await Instance.SetOptionAsync("irq-info", isOn: false, Token);
        _ = await Instance.EnableEventAsync(Switch, filter: null, Token);

        var recording = (await Instance.RecordWhileRunningAsync(new Command("sleep", "0.01"), Token)).Recording;

        recording.TextTrace.Events.Select(e => (e.Cpu, e.Pid, e.Name.Name, e.Text))
            .Should().Equal(recording.Trace.Events.Select(e => (e.Cpu, e.Pid, e.Name.Name, e.Text)));
    }

    private static string? Difference(TraceEvent raw, TraceEvent text)
    {
        // A name that the kernel learned or forgot between the two readings is not a matter of decoding.
        var sameComm = raw.Comm == text.Comm || raw.Comm == CommTable.Unknown || text.Comm == CommTable.Unknown;

        // Some formats name constants whose values they do not give (writeback's I_DIRTY_SYNC): only the kernel can print those.
        var sameText = raw.Text == text.Text || raw.Format!.PrintFallbacks > 0;
        var same = raw.Cpu == text.Cpu && raw.Pid == text.Pid && raw.Name.Name == text.Name.Name && sameText
            && raw.Time.ToMicrosecondText() == text.Time.ToMicrosecondText() && raw.Flags == text.Flags && sameComm
            && (raw.Tgid == text.Tgid || raw.Tgid < 0 || text.Tgid < 0);
        return same ? null : $"\n  pages: {raw} {{{raw.Flags} tgid {raw.Tgid}}}\n  text:  {text} {{{text.Flags} tgid {text.Tgid}}}";
    }
}
