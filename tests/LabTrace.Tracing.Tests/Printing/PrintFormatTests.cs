using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Printing;

public sealed class PrintFormatTests
{
    [TestCase(1, "S", "prev_state=S ==>")]
    [TestCase(3, "S|D", "prev_state=S|D ==>")]
    [TestCase(0, "R", "prev_state=R ==>")]
    [TestCase(0x100, "R+", "prev_state=R+ ==>")]
    public void A_field_shown_by_name_offers_the_number_and_the_name(long state, string label, string text)
    {
        var item = Event(Formats.SchedSwitch, new PayloadBuilder(Formats.SchedSwitch).Set("prev_state", state).Set("prev_comm", "sleep"));

        item.TryGetField("prev_state", out var value).Should().BeTrue();

        value.Label.Should().Be(label);
        value.EqualsLiteral(label).Should().BeTrue();
        value.EqualsLiteral(state.ToString()).Should().BeTrue();
        item.Text.Should().Contain(text).And.StartWith("prev_comm=sleep prev_pid=0");
    }

    [TestCase("\"%d\", REC->a", "-1")]
    [TestCase("\"%u\", REC->a", "4294967295")]
    [TestCase("\"%llx\", (unsigned long long)REC->a", "ffffffffffffffff")]
    [TestCase("\"%lx\", (u32)REC->a", "ffffffff")]
    [TestCase("\"%d\", (unsigned char)REC->a", "255")]
    [TestCase("\"%d\", (s8)REC->b", "-56")]
    [TestCase("\"%d\", REC->b >> 3", "25")]
    [TestCase("\"%d\", REC->a < REC->b", "1")]
    [TestCase("\"%d\", REC->a < 1U", "0")]
    [TestCase("\"%d\", REC->a > sizeof(u32)", "1")]
    [TestCase("\"%d %d\", 1 + 2 * 3, (1 + 2) * 3", "7 9")]
    [TestCase("\"%d\", 7 & 3 == 3 ? 10 : 20", "10")]
    [TestCase("\"%d\", REC->b ?: 5", "200")]
    [TestCase("\"%x\", ~0xf & 0xff", "f0")]
    [TestCase("\"%d\", !REC->b || REC->a == -1 && 1", "1")]
    [TestCase("\"a\" \"b%s\" \"c\", REC->b == 200 ? \"yes\" : \"no\"", "abyesc")]
    [TestCase("\"%s\", __print_symbolic((REC)->b, { 1, \"one\" }, { 200ULL, \"two hundred\" })", "two hundred")]
    [TestCase("\"%s\", __print_symbolic(REC->b, { 1, \"one\" })", "0xc8")]
    [TestCase("\"%s\", __print_symbolic(REC->b, { })", "0xc8")]
    [TestCase("\"%s\", __print_flags(REC->b, \"|\", { 8, \"E\" }, { 64, \"S\" })", "E|S|0x80")]
    [TestCase("\"%s\", __print_flags(0, \"|\", { 8, \"E\" })", "")]
    [TestCase("\"%s\", __print_hex(REC->mac, 6)", "00 11 22 33 44 ff")]
    [TestCase("\"%s\", __print_hex_str(REC->mac, 3)", "001122")]
    [TestCase("\"%pM\", REC->mac", "00:11:22:33:44:ff")]
    [TestCase("\"%*ph\", 3, REC->mac", "00 11 22")]
    [TestCase("\"%pI4\", REC->mac", "0.17.34.51")]
    [TestCase("\"%02x %d\", REC->mac[5], REC->mac[1]", "ff 17")]
    [TestCase("\"%s\", __print_array(REC->mac, 2, 1)", "{0x0,0x11}")]
    [TestCase("\"%s|%5s|%-5s|%.2s\", __get_str(name), __get_str(name), __get_str(name), __get_str(name)", "eth0| eth0|eth0 |et")]
    [TestCase("\"%d\", __get_dynamic_array_len(name)", "5")]
    [TestCase("\"%c%%\", 65", "A%")]
    [TestCase("\"%03d %+d %5d %-5d| %#x %#o %08.3d\", 7, 7, 7, 7, 255, 8, 7", "007 +7     7 7    | 0xff 010      007")]
    [TestCase("\"%hhu %hd %lu\", 511, 65535, 5UL", "255 -1 5")]
    [TestCase("\"%p\", (void *)0x1234", "0000000000001234")]
    [TestCase("\"%pS\", (void *)0xffffffff81000010", "0xffffffff81000010")]
    [TestCase("\"%*pbl\", 16, REC->mac", "8,12")]
    [TestCase("\"%d\", __builtin_expect(!!(REC->b), 1)", "1")]
    [TestCase("\"%d\", ({ int x = (REC->b); int y = (128); ((x) < (y) ? (x) : (y)); })", "128")]
    [TestCase("\"%x\", be16_to_cpu(0x1234)", "3412")]
    [TestCase("\"%s\", __print_symbolic(REC->b, { 200, \"two\" }, { SOME_ENUM, \"some\" })", "two")]
    [TestCase("\"%s\", __print_flags(REC->b & 8, \"|\", { 8, \"eight\" }, { 1 << SOME_ENUM, \"some\" })", "eight")]
    [TestCase("\"%s\", __print_hex_dump(\"> \", 2, 16, 1, REC->mac, 6, 1)", "> 00000000: 00 11 22 33 44 ff                                ..\"3D.")]
    [TestCase("\"%s\", __print_hex_dump(\"\", 0, 16, 2, REC->mac, 6, 0)", "1100 3322 ff44")]
    [TestCase("\"%pMR\", REC->mac", "ff:44:33:22:11:00")]
    [TestCase("\"%*pE\", 2, REC->mac", "\\000\\021")]
    [TestCase("\"%6s|%-6s|%.2s\", __get_str(name), __get_str(name), __get_str(name)", "  eth0|eth0  |et")]
    [TestCase("\"%s\", \"tab\\tquote\\\"\"", "tab\tquote\"")]
    public void C_is_evaluated_as_the_kernel_does(string print, string expected)
    {
        var format = Format(print);

        var text = format.Format(Payload(format));

        text.Should().Be(expected);
        format.PrintFallbacks.Should().Be(0);
    }

    [TestCase("\"%d\", SOME_ENUM")]
    [TestCase("\"%d\", REC->nothing")]
    [TestCase("\"%d\"")]
    [TestCase("\"%d\", REC->a.val")]
    [TestCase("\"%d\", unknown(REC->a)")]
    [TestCase("\"%d\", REC->a / (REC->a + 1)")]
    [TestCase("\"%d\", REC->mac[17]")]
    [TestCase("\"%d")]
    [TestCase("")]
    public void What_cannot_be_evaluated_is_dumped_field_by_field_and_counted(string print)
    {
        var format = Format(print);

        var text = format.Format(Payload(format));

        text.Should().Be("a=-1 b=200 mac={0x0, 0x11, 0x22, 0x33, 0x44, 0xff} name=eth0");
        format.PrintFallbacks.Should().Be(1);
    }

    [TestCase("\"b=%s\", __print_symbolic(REC->b, { 1, \"one\" }, { SOME_ENUM, \"some\" })", "b=0xc8")]
    [TestCase("\"b=%s\", __print_flags(REC->b, \"|\", { 8, \"eight\" }, { SOME_ENUM, \"some\" })", "b=eight|0xc0")]
    public void A_name_whose_value_the_format_does_not_define_is_a_number_and_counted(string print, string expected)
    {
        var format = Format(print);

        format.Format(Payload(format)).Should().Be(expected);
        format.PrintFallbacks.Should().Be(1);
    }

    [Test]
    public void An_endlessly_nested_format_is_dumped_instead_of_overflowing_the_stack()
    {
        var nested = Format("\"%d\", " + new string('(', 20_000) + "1" + new string(')', 20_000));
        var chained = Format("\"%d\", REC->a" + string.Concat(Enumerable.Repeat(" | REC->b", 10_000)));

        nested.IsPrintable.Should().BeFalse();
        chained.IsPrintable.Should().BeFalse();
    }

    [Test]
    public void Mutated_formats_and_records_never_throw_anything_but_format_errors()
    {
        var source = Formats.Text("mutant", Fields("\"%s %d %pM\", __get_str(name), REC->a ? 1 : 2, REC->mac"));
        Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, byte Flips)>(), input =>
        {
            var random = new System.Random(input.Seed);
            var bytes = (byte[])source.Clone();
            for (var i = 0; i < 1 + (input.Flips % 8); i++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
            }

            var payload = new byte[random.Next(64)];
            random.NextBytes(payload);
            try
            {
                _ = EventFormat.Parse("test", bytes).Format(payload);
            }
            catch (TraceFormatException)
            {
                // The format text itself was refused.
            }
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void A_system_call_is_printed_as_the_kernel_does_not_as_its_print_format_says()
    {
        var enter = Formats.Make("syscalls", "sys_enter_openat", "int __syscall_nr;8;4;1", "int dfd;16;8;0", "umode_t mode;24;8;0", "\"dfd: 0x%08lx\", REC->dfd");
        var exit = Formats.Make("syscalls", "sys_exit_openat", "int __syscall_nr;8;4;1", "long ret;16;8;1", "\"0x%lx\", REC->ret");

        var entered = Event(enter, new PayloadBuilder(enter).Common(7).Set("dfd", 0xffffff9c).Set("mode", 9));
        var exited = Event(exit, new PayloadBuilder(exit).Common(7).Set("ret", -2));

        entered.ToString().Should().EndWith(": sys_openat(dfd: 0xffffff9c, mode: 9)");
        exited.ToString().Should().EndWith(": sys_openat -> 0xfffffffffffffffe");
    }

    [Test]
    public void A_probe_is_printed_with_its_place_and_a_return_the_other_way_round()
    {
        var enter = Formats.Make("uprobes", "open", "unsigned long __probe_ip;8;8;0", "u32 mode;16;4;0", "\"(%lx) mode=%u\", REC->__probe_ip, REC->mode");
        var back = Formats.Make(
            "uprobes", "opened", "unsigned long __probe_func;8;8;0", "unsigned long __probe_ret_ip;16;8;0", "\"(%lx <- %lx)\", REC->__probe_func, REC->__probe_ret_ip");

        var entered = enter.Format(new PayloadBuilder(enter).Set("__probe_ip", 0x7f00).Set("mode", 2).ToPayload());
        var returned = back.Format(new PayloadBuilder(back).Set("__probe_func", 0x10).Set("__probe_ret_ip", 0x20).ToPayload());

        entered.Should().Be("(0x7f00) mode=2");
        returned.Should().Be("(0x20 <- 0x10)");
    }

    [Test]
    public void Trace_printk_is_printed_from_its_recorded_format_and_packed_arguments()
    {
        var format = Formats.Make("ftrace", "bprint", "unsigned long ip;8;8;0", "const char * fmt;16;8;0", "u32 buf[];24;0;0", "\"%ps: %s\", (void *)REC->ip, REC->fmt");
        var context = new PrintContext(null, PrintkFormats.Parse("0xffffffff82000000 : \"n=%d s=%s x=%llx c=%c %5u%%\\n\"\n"));
        byte[] arguments =
        [
            .. BitConverter.GetBytes(-7), .. "ab\0\0"u8, .. BitConverter.GetBytes(0x1_0000_0002UL), .. BitConverter.GetBytes((int)'z'), .. BitConverter.GetBytes(42),
        ];
        var payload = new PayloadBuilder(format).Set("ip", 0x10).Set("fmt", unchecked((long)0xffffffff82000000)).Set("buf", arguments).ToPayload();

        format.Format(payload, context).Should().Be("n=-7 s=ab x=100000002 c=z    42%");
        format.Format(payload.AsMemory()[..^4], context).Should().NotBeEmpty("a cut record is dumped");
    }

    [Test]
    public void The_tracers_of_latencies_print_as_the_kernel_does()
    {
        var hwlat = Formats.Make(
            "ftrace", "hwlat", "u64 duration;8;8;0", "u64 outer_duration;16;8;0", "u64 nmi_total_ts;24;8;0", "s64 tv_sec;32;8;1", "long tv_nsec;40;8;1",
            "unsigned int nmi_count;48;4;0", "unsigned int seqnum;52;4;0", "unsigned int count;56;4;0", "\"\"");
        var timerlat = Formats.Make("ftrace", "timerlat", "unsigned int seqnum;8;4;0", "int context;12;4;1", "u64 timer_latency;16;8;0", "\"\"");

        var latency = hwlat.Format(new PayloadBuilder(hwlat).Set("seqnum", 1).Set("duration", 12).Set("outer_duration", 13).Set("tv_sec", 17).Set("tv_nsec", 5).Set("count", 2).ToPayload());
        var timer = timerlat.Format(new PayloadBuilder(timerlat).Set("seqnum", 3).Set("context", 1).Set("timer_latency", 932).ToPayload());

        latency.Should().Be("#1     inner/outer(us):   12/13    ts:17.000000005 count:2");
        timer.Should().Be("#3     context thread timer_latency       932 ns");
        FtraceTextFormat.Read($"            bash-1       [001] ..... 1.000000: {latency}\n            bash-1       [001] ..... 1.000000: {timer}\n").Events
            .Select(e => string.Join(" ", e.Fields.Select(f => $"{f.Key}={f.Value}"))).Should().Equal(
                "seqnum=1 duration=12 outer_duration=13 timestamp=17.000000005 count=2", "seqnum=3 context=thread timer_latency=932");
    }

    [Test]
    public void What_was_dumped_is_told_in_the_tally_by_event()
    {
        var format = Format("\"%d\", SOME_ENUM");
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);
        writer.TryAppend(1, Payload(format));
        var trace = new RawRecording { Layout = SubBufferLayout.Linux64, Formats = new EventFormats([format]), Cpus = [new RawCpu(0, writer.ToPage())] }.ToTrace();

        trace.Tally.PrintFallbacks.Should().BeEmpty();
        _ = trace.Events[0].Text;

        trace.Tally.PrintFallbacks.Should().Equal(new PrintFallback(new EventName("test", "test"), 1));
        trace.Tally.ToString().Should().EndWith("; not printed as the kernel does: test:test 1");
    }

    [Test]
    public void A_symbol_is_printed_with_offset_and_size_or_by_name_alone()
    {
        var symbols = SymbolTable.Parse("ffffffff81000000 T _text\nffffffff81000000 T startup\nffffffff81000040 t work\tx [gpio]\n"u8.ToArray());
        var format = Format("\"%pS %ps\", (void *)0xffffffff81000010, (void *)0xffffffff81000010");

        var text = format.Format(Payload(format), new PrintContext(symbols, null));

        text.Should().Be("_text+0x10/0x40 _text");
    }

    private static EventFormat Format(string print) => Formats.Make("test", "test", Fields(print));

    private static string[] Fields(string print) =>
        ["int a;8;4;1", "u8 b;12;1;0", "u8 mac[6];13;6;0", "__data_loc char[] name;20;4;0", print];

    private static byte[] Payload(EventFormat format) => new PayloadBuilder(format)
        .Set("a", -1).Set("b", 200).Set("mac", [0, 0x11, 0x22, 0x33, 0x44, 0xff]).Set("name", "eth0").ToPayload();

    private static TraceEvent Event(EventFormat format, PayloadBuilder payload)
    {
        var writer = new SubBufferWriter(SubBufferLayout.Linux64);
        writer.TryAppend(1, payload.ToPayload());
        var recording = new RawRecording
        {
            Layout = SubBufferLayout.Linux64,
            Formats = new EventFormats([format]),
            Cpus = [new RawCpu(0, writer.ToPage())],
        };
        return recording.ToTrace().Events.Single();
    }
}
