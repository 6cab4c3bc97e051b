using System.Text;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.FtraceText;

public sealed class FtraceTextTests
{
    private const string Switch =
        "  .NET TP Worker-17202   [000] d..2.  2822.409437: sched_switch: prev_comm=.NET TP Worker prev_pid=17202 prev_prio=120 prev_state=R ==> next_comm=dotnet next_pid=17136 next_prio=120\n";

    [Test]
    public void A_name_with_blanks_and_the_whole_head_are_read()
    {
        var item = One(Switch);

        item.Comm.Should().Be(".NET TP Worker");
        item.Should().BeEquivalentTo(new { Pid = 17202, Cpu = 0, Tgid = -1 });
        item.Time.Should().Be(new TraceTime(2822_409437_000));
        item.Flags.ToString().Should().Be("d..2.");
        item.Name.Should().Be(new EventName("", "sched_switch"));
    }

    [Test]
    public void A_value_ends_where_the_next_key_or_the_arrow_begins()
    {
        var item = One(Switch);

        item.Fields.Select(f => $"{f.Key}:{f.Value}").Should().Equal(
            "prev_comm:.NET TP Worker", "prev_pid:17202", "prev_prio:120", "prev_state:R", "next_comm:dotnet", "next_pid:17136", "next_prio:120");
    }

    [TestCase(" memfd:sealed-91-7658    (   7658) [000] .....  2823.229306: sys_exit: NR 202 = -110", "memfd:sealed-91", 7658, 7658)]
    [TestCase("   a - [001] b-12    (-------) [003] .....  1.000001: x: y", "a - [001] b", 12, -1)]
    [TestCase("trace-cmd-9 [003] 12.5 is no time-13 [003] 1.000001: x: y", "trace-cmd-9 [003] 12.5 is no time", 13, -1)]
    [TestCase("          <idle>-0       [003] dNh.  1.000001: x: y", "<idle>", 0, -1)]
    [TestCase("          <idle>-0       [003] d.Lh2..  1.000001: x: y", "<idle>", 0, -1)]
    [TestCase("          <idle>-0       [003] d.Lh2.3.  1.000001: x: y", "<idle>", 0, -1)]
    [TestCase("          <idle>-0       [003] 1.000001: x: y", "<idle>", 0, -1)]
    public void Names_with_dashes_and_brackets_do_not_confuse_the_columns(string line, string comm, int pid, int tgid)
    {
        var item = One(line + "\n");

        item.Should().BeEquivalentTo(new { Comm = comm, Pid = pid, Tgid = tgid });
    }

    [TestCase("4406971.610954", 4406971_610954_000UL)]
    [TestCase("4406971.610954001", 4406971_610954_001UL)]
    [TestCase("0.000000", 0UL)]
    [TestCase("7328853323820", 7328853323820UL)]
    public void Stamps_are_exact_integers(string stamp, ulong expected)
    {
        One($"            bash-1       [001] ..... {stamp}: x: y\n").Time.Nanoseconds.Should().Be(expected);
    }

    [Test]
    public void Lost_events_are_counted_and_marked_in_place()
    {
        var trace = FtraceTextFormat.Read($"{Switch}CPU:0 [LOST 1204 EVENTS]\n{Switch}CPU:1 [LOST EVENTS]\n");

        trace.Losses.Should().Equal(new LostMarker(0, 1204, 1), new LostMarker(1, -1, 2));
        trace.Tally.ToString().Should().Be("2 events, 1,204 lost (cpu 0: 1,204, cpu 1: at least 0), 0 malformed, 0 skipped");
    }

    [Test]
    public void The_header_tells_what_was_overwritten_and_how_many_cpus_there_are()
    {
        var trace = FtraceTextFormat.Read($"# tracer: nop\n#\n# entries-in-buffer/entries-written: 1/4368   #P:3\n#\n{Switch}");

        trace.Tally.LostTotal.Should().Be(4367);
        trace.Cpus.Should().Equal(0, 1, 2);
    }

    [Test]
    public void Lines_that_are_nothing_are_counted_with_their_offset()
    {
        var trace = FtraceTextFormat.Read($"{Switch}garbage\n{Switch}");

        trace.Events.Should().HaveCount(2);
        trace.Tally.Malformed.Should().Be(1);
        trace.Tally.Samples.Single().Should().Be(new MalformedSample(Switch.Length, "the line is no event, no comment and no loss", "garbage"));
    }

    [Test]
    public void A_last_line_without_an_end_is_malformed_because_its_values_may_be_cut()
    {
        var trace = FtraceTextFormat.Read(Switch + Switch[..^4]);

        trace.Events.Should().HaveCount(1);
        trace.Tally.Samples.Single().Reason.Should().Be("the last line has no end: the capture was cut");
    }

    [Test]
    public void A_marker_keeps_all_its_lines()
    {
        var trace = FtraceTextFormat.Read("            bash-1       [001] ..... 1.000000: tracing_mark_write: one\ntwo\n\n# three\n" + Switch);

        trace.Events.Should().HaveCount(2);
        trace.Events[0].Name.Should().Be(EventName.Print);
        trace.Events[0].Text.Should().Be("one\ntwo\n\n# three");
        trace.Tally.Malformed.Should().Be(0);
    }

    [TestCase("sys_openat(dfd: 0xffffff9c, filename: 0x55ee, flags: 0x80000, mode: 0)", "syscalls:sys_enter_openat", "dfd", "0xffffff9c")]
    [TestCase("sys_openat -> 0x3", "syscalls:sys_exit_openat", "ret", "3")]
    [TestCase("sys_enter: NR 257 (b, 1, 55ff)", "sys_enter", "id", "257")]
    [TestCase("sys_exit: NR 257 = -2", "sys_exit", "ret", "-2")]
    [TestCase("# 1f buf: 61 62", "ftrace:raw_data", "id", "31")]
    [TestCase("vgem_open <-drm_file_alloc", "ftrace:function", "parent_ip", "drm_file_alloc")]
    [TestCase("sched_stat_runtime: comm=x pid=3 runtime=1068714 [ns]", "sched_stat_runtime", "runtime", "1068714")]
    [TestCase("softirq_entry: vec=9 [action=RCU]", "softirq_entry", "action", "RCU")]
    [TestCase("softirq_entry: vec=9 [action=RCU]", "softirq_entry", "vec", "9")]
    [TestCase("sched_waking: comm=dotnet pid=0x42f0 (17136) prio=0x78 (120) target_cpu=0x0 (0)", "sched_waking", "pid", "17136")]
    [TestCase("open: (do_sys_openat2+0x0/0x170) dfd=0xffffff9c filename=\"/dev/null\"", "open", "filename", "/dev/null")]
    [TestCase("open: (do_sys_openat2+0x0/0x170) filename=\"/a b=c\" mode=2", "open", "filename", "/a b=c")]
    [TestCase("open: (do_sys_openat2+0x0/0x170) filename=\"/a \"b\" c\" mode=2", "open", "mode", "2")]
    [TestCase("opened: (ksys_open+0x2/0x10 <- do_sys_openat2) ret=3", "opened", "__probe_func", "do_sys_openat2")]
    public void Fields_are_found_in_every_way_the_kernel_prints_them(string text, string name, string field, string literal)
    {
        var item = One($"            bash-1       [001] ..... 1.000000: {text}\n");

        item.Name.ToString().Should().Be(name);
        item.TryGetField(field, out var value).Should().BeTrue();
        value.EqualsLiteral(literal).Should().BeTrue($"'{value}' is {literal}");
        item.ToString().Should().EndWith(": " + text);
    }

    [Test]
    public void Reading_in_pieces_equals_reading_whole()
    {
        var whole = "# tracer: nop\n" + Switch + "CPU:0 [LOST 3 EVENTS]\n            bash-1       [001] ..... 1.000000: tracing_mark_write: one\ntwo\n" + Switch
            + "            bash-1       [001] ..... 2.000000: <stack trace>\n => a\n => b\n" + Switch + "nothing\n" + Switch + "cut";
        var bytes = Encoding.UTF8.GetBytes(whole);
        var expected = FtraceTextFormat.Read(bytes);
        Prop.ForAll(Gen.Choose(1, 60).ListOf().ToArbitrary(), sizes =>
        {
            var stream = new FtraceTextStream();
            var events = new List<TraceEvent>();
            var at = 0;
            foreach (var size in sizes)
            {
                var end = Math.Min(at + size, bytes.Length);
                events.AddRange(stream.Feed(bytes.AsSpan(at..end)));
                at = end;
            }

            events.AddRange(stream.Feed(bytes.AsSpan(at)));
            events.AddRange(stream.Complete());

            events.Select(e => e.ToString()).Should().Equal(expected.Events.Select(e => e.ToString()));
            stream.Tally.Should().BeEquivalentTo(expected.Tally);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Mutated_text_never_throws_and_no_line_is_dropped_uncounted()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, byte Flips)>(), input =>
        {
            var random = new System.Random(input.Seed);
            var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Switch, 20)));
            for (var i = 0; i < input.Flips; i++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(1, 256);
            }

            var trace = FtraceTextFormat.Read(bytes);

            foreach (var item in trace.Events)
            {
                _ = item.Fields.Count() + item.ToString().Length;
            }
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Writing_what_was_read_gives_the_same_text()
    {
        var text = FtraceTextWriter.Header(2, 2, 1, withTgid: false) + Switch + Switch;
        var output = new StringWriter { NewLine = "\n" };

        FtraceTextWriter.Write(output, FtraceTextFormat.Read(text));

        output.ToString().Should().Be(text);
    }

    [Test]
    public void Text_is_recognised_with_and_without_a_header_and_nothing_else_is()
    {
        var format = new FtraceTextFormat();

        format.Recognises("# tracer: nop\n"u8).Should().BeTrue();
        format.Recognises(Encoding.UTF8.GetBytes(Switch[..128])).Should().BeTrue();
        format.Recognises("CPU:1 [LOST 15884 EVENTS]\n"u8).Should().BeTrue();
        format.Recognises("Feature: something\n"u8).Should().BeFalse();
        format.Recognises([]).Should().BeFalse();
    }

    [Test]
    public void A_capture_of_no_known_kind_is_refused_with_its_first_bytes()
    {
        using var capture = Capture.Of("hello"u8.ToArray(), "notes.txt");

        var read = () => TraceFormats.Read(capture);

        read.Should().Throw<TraceFormatException>().WithMessage("capture 'notes.txt' is none of: *ftrace text, *; it starts with 68656c6c6f\n  try: *");
    }

    private static TraceEvent One(string text)
    {
        var trace = FtraceTextFormat.Read(text);
        trace.Tally.Malformed.Should().Be(0, string.Join(";", trace.Tally.Samples));
        return trace.Events.Single();
    }
}
