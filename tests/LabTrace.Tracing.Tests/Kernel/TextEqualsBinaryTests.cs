using System.Text;
using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Kernel;

[Category(RealKernel.Category)]
[NonParallelizable]
public sealed class TextEqualsBinaryTests
{
    private static readonly string[] Systems =
        ["sched", "raw_syscalls", "syscalls", "irq", "timer", "signal", "task", "workqueue", "kmem"];

    [SetUp]
    public void A_kernel_with_tracefs_is_here() => RealKernel.RequireTracefs();

    [TestCaseSource(nameof(Systems))]
    public void The_kernels_own_text_equals_our_reading_of_the_same_pages(string system)
    {
        using var recording = new KernelRecording(system);
        recording.Record([system], () => Workload(recording));

        AssertSameLines(recording, KernelRecording.ReadFormats(system, "ftrace"));
    }

    [Test]
    public void Stacks_are_printed_as_the_kernel_does()
    {
        using var recording = new KernelRecording("stacks");
        recording.Write("options/stacktrace", "1");
        recording.Record(["sched/sched_waking", "sched/sched_process_exec"], () => KernelRecording.Run("ls", "/"));

        AssertSameLines(recording, KernelRecording.ReadFormats("sched", "ftrace"));
    }

    [Test]
    public void Probes_in_programs_are_printed_as_the_kernel_does()
    {
        using var probe = new UprobeAtEntry("/bin/sleep");
        using var recording = new KernelRecording("uprobe");
        recording.Record([probe.Event], () => KernelRecording.Run("/bin/sleep", "0.01"));

        AssertSameLines(recording, KernelRecording.ReadFormats(probe.Group, "ftrace"));
    }

    [Test]
    public void A_small_buffer_that_overflows_tells_its_losses_in_text_and_pages_alike()
    {
        using var recording = new KernelRecording("overrun");
        recording.Write("buffer_size_kb", "8");
        recording.Record(["raw_syscalls"], () => KernelRecording.Run("ls", "-R", "/etc"));

        var text = FtraceTextFormat.Read(recording.ReadText());
        var raw = recording.ReadRaw(KernelRecording.ReadFormats("raw_syscalls", "ftrace")).ToTrace();

        text.Tally.LostTotal.Should().BePositive().And.Be(raw.Tally.LostTotal);
        text.Events.Should().HaveCount(raw.Events.Count);
    }

    [Test]
    public void Every_print_format_of_this_kernel_is_understood_but_a_known_few()
    {
        var formats = KernelRecording.AllFormatFiles()
            .Select(file => EventFormat.Parse(Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(file)!)!), File.ReadAllBytes(file)))
            .ToArray();

        var not = formats.Where(f => !f.IsPrintable).Select(f => f.Name.ToString()).ToArray();

        TestContext.Out.WriteLine($"{formats.Length} formats, {formats.Length - not.Length} evaluate, {not.Length} fall back: {string.Join(" ", not)}");
        ((double)not.Length / formats.Length).Should().BeLessThan(0.01);
    }

    private static void Workload(KernelRecording recording)
    {
        File.WriteAllText("/dev/null", "x");
        recording.WriteRaw("trace_marker", "one marker\n"u8.ToArray());
        recording.WriteRaw("trace_marker", "without line end"u8.ToArray());
        recording.WriteRaw("trace_marker", "two\nlines\n"u8.ToArray());
        recording.WriteRaw("trace_marker_raw", [1, 0, 0, 0, 97, 98, 99, 100, 101]);
        KernelRecording.Run("ls", "/");
    }

    private static void AssertSameLines(KernelRecording recording, EventFormats formats)
    {
        var before = recording.ReadComms();
        var text = Encoding.UTF8.GetString(recording.ReadText());
        var raw = recording.ReadRaw(formats);

        var trace = raw.ToTrace();
        trace.Tally.Malformed.Should().Be(0, string.Join("; ", trace.Tally.Samples));
        var kernel = Lines(text);
        var ours = trace.Events.Select(e => e.ToString()).ToList();
        TestContext.Out.WriteLine($"{ours.Count} events; fallbacks {formats.All.Sum(f => f.PrintFallbacks)}");
        ours.Should().HaveCount(kernel.Count).And.NotBeEmpty();
        for (var i = 0; i < ours.Count; i++)
        {
            // The table of names is the whole kernel's and changes under us; names that changed meanwhile are not compared.
            var from = before[trace.Events[i].Pid] == trace.Events[i].Comm ? 0 : 24;
            ours[i][from..].Should().Be(kernel[i][from..], $"line {i}, {trace.Events[i].Name}, is what the kernel prints");
        }

        AssertSameEvents(FtraceTextFormat.Read(text), trace, before);
    }

    private static void AssertSameEvents(Trace text, Trace binary, CommTable before)
    {
        text.Tally.Malformed.Should().Be(0, string.Join("; ", text.Tally.Samples));
        text.Events.Should().HaveCount(binary.Events.Count);
        for (var i = 0; i < binary.Events.Count; i++)
        {
            var (ours, theirs) = (binary.Events[i], text.Events[i]);
            theirs.Name.Matches(ours.Name).Should().BeTrue($"event {i} is {ours.Name}, not {theirs.Name}");
            (theirs.Cpu, theirs.Pid, theirs.Flags.ToString(), theirs.Text).Should().Be((ours.Cpu, ours.Pid, ours.Flags.ToString(), ours.Text));
            theirs.Time.ToString().Should().StartWith(ours.Time.ToMicrosecondText());
            if (before[ours.Pid] == ours.Comm)
            {
                theirs.Comm.Should().Be(ours.Comm);
            }

            foreach (var (name, value) in theirs.Fields.Where(_ => i < 200))
            {
                if (ours.Format!.TryRead(ours.Payload, name, out _) && ours.TryGetField(name, out var exact) && exact.Shape == FieldShape.Integer)
                {
                    var isSame = exact.EqualsLiteral(value.ToString()) || exact.EqualsLiteral("0x" + value);
                    isSame.Should().BeTrue($"{ours.Name}.{name} is {exact} in the pages and {value} in the text");
                }
            }
        }
    }

    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        foreach (var line in text.Split('\n').Where(l => l.Length > 0 && !l.StartsWith('#')))
        {
            // A marker's second line has no head.
            if (line.Length > 32 && line[16] == '-')
            {
                lines.Add(line);
            }
            else
            {
                lines[^1] += "\n" + line;
            }
        }

        return lines;
    }
}
