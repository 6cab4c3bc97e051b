using System.Buffers.Binary;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Bpf;

[TestFixture]
internal sealed class BpfCaptureTests
{
    private static readonly BpfAbout About = new() { Program = "syscalls", Origin = "kernel", Kernel = "6.18.0" };

    [Test]
    public void A_refused_call_reads_as_strace_prints_it()
    {
        var record = Call(1, 384, 257, args: [unchecked((ulong)-100), 0x7fff0000, 0x80241, 0x1b6], ret: -13, duration: 12_345);
        record[2] = 1;
        _ = record.Put32(52, 0xff01).Text(128, "/etc/\"shadow\"\n");

        var e = MadeRecords.Read(MadeRecords.Capture(About, [], (BpfRecordKind.Syscalls, record))).Events[0];

        e.Text.Should().Be("""openat(AT_FDCWD, "/etc/\"shadow\"\n", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = -1 EACCES (Permission denied) <0.000012>""");
        e.Field("errno").Should().Be("EACCES");
        e.Field("path").Should().Be("/etc/\"shadow\"\n");
        e.Field("arg2").Should().Be("O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC");
        (e.Pid, e.Comm, e.Time.Nanoseconds).Should().Be((1234, "chronyd", 5000UL));
    }

    [TestCase(9, new ulong[] { 0, 8192, 3, 0x22, ulong.MaxValue, 0 }, 0x7f0000001000, "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000 <0.000001>")]
    [TestCase(62, new ulong[] { 4711, 15 }, 0, "kill(4711, SIGTERM) = 0 <0.000001>")]
    [TestCase(56, new ulong[] { 0x1200011, 0, 0, 0x7f00, 0 }, 4712, "clone(CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, NULL, NULL, 0x7f00, NULL) = 4712 <0.000001>")]
    [TestCase(202, new ulong[] { 0x7f00, 0x81, 1 }, 0, "futex(0x7f00, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) = 0 <0.000001>")]
    [TestCase(41, new ulong[] { 2, 0x80001, 0 }, 3, "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3 <0.000001>")]
    [TestCase(16, new ulong[] { 3, 0xc0406400, 0x7f00 }, -25, "ioctl(3, DRM_IOCTL_VERSION, 0x7f00) = -1 ENOTTY (Inappropriate ioctl for device) <0.000001>")]
    [TestCase(230, new ulong[] { 0, 0, 0x7f00, 0 }, -516, "clock_nanosleep(CLOCK_REALTIME, 0, 0x7f00, NULL) = ? ERESTART_RESTARTBLOCK (Interrupted by signal) <0.000001>")]
    [TestCase(110, new ulong[] { }, 1, "getppid() = 1 <0.000001>")]
    public void Arguments_are_told_by_their_names(int number, ulong[] args, long ret, string expected)
    {
        var capture = MadeRecords.Capture(About, [], (BpfRecordKind.Syscalls, Call(1, 128, number, args, ret, 1_500)));

        MadeRecords.Read(capture).Events[0].Text.Should().Be(expected);
    }

    [Test]
    public void Records_of_cpus_that_come_out_of_order_are_put_in_order()
    {
        var random = new Random(7);
        var records = Enumerable.Range(0, 20_000)
            .Select(i => (Order: i + random.Next(900), Time: i, Cpu: i % 4))
            .OrderBy(r => r.Order)
            .GroupBy(r => r.Cpu)
            .SelectMany(g => g.OrderBy(r => r.Order).Select((r, at) => (r.Order, r.Time, r.Cpu, Sequence: at)))
            .OrderBy(r => r.Order)
            .Select(r => (BpfRecordKind.DmaFence, MadeRecords.Make(BpfRecordKind.DmaFence, 3, 136, (ulong)r.Time, r.Cpu, (ulong)r.Sequence)))
            .ToArray();

        var trace = MadeRecords.Read(MadeRecords.Capture(About, [.. Enumerable.Range(0, 4).Select(c => new BpfCounters(c, 5000, 0, 0, 0, 0))], records));

        trace.Events.Select(e => (int)e.Time.Nanoseconds).Should().Equal(Enumerable.Range(0, 20_000));
        trace.Tally.HasLost.Should().BeFalse();
    }

    [Test]
    public void A_gap_in_a_cpus_numbers_is_a_loss_told_where_it_is_and_counted_exactly()
    {
        var records = new ulong[] { 0, 1, 2, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29 }
            .Select(n => (BpfRecordKind.DmaFence, MadeRecords.Make(BpfRecordKind.DmaFence, 3, 136, 100 + n, 1, n))).ToArray();

        var trace = MadeRecords.Read(MadeRecords.Capture(About, [new BpfCounters(1, 35, 12, 0, 0, 0)], records));

        trace.Tally.Lost.Should().Equal(new LostOnCpu(1, 12, true));
        trace.Losses.Should().Equal(new LostMarker(1, 7, 18), new LostMarker(1, 5, 23));
    }

    [Test]
    public void A_record_of_an_interrupt_before_the_one_it_interrupted_is_no_loss()
    {
        var records = new ulong[] { 0, 2, 1, 3, 5, 6, 4 }.Concat(Enumerable.Range(7, 40).Select(n => (ulong)n))
            .Select(n => (BpfRecordKind.DmaFence, MadeRecords.Make(BpfRecordKind.DmaFence, 3, 136, 100 + n, 0, n))).ToArray();

        var trace = MadeRecords.Read(MadeRecords.Capture(About, [new BpfCounters(0, 47, 0, 0, 0, 0)], records));

        trace.Tally.HasLost.Should().BeFalse();
        trace.Losses.Should().BeEmpty();
    }

    [Test]
    public void A_capture_without_an_end_says_so()
    {
        var whole = MadeRecords.Capture(About, [], [.. Enumerable.Range(0, 5).Select(n => (BpfRecordKind.DmaFence, MadeRecords.Make(BpfRecordKind.DmaFence, 3, 136, (ulong)n, 0, (ulong)n)))]);
        var end = whole.AsSpan().LastIndexOf("{\"missed\""u8) - 16;

        MadeRecords.Read(whole[..end]).Tally.Missing.Should().ContainSingle().Which.Should().Contain("has no end");
        var strict = () => MadeRecords.Read(whole[..(end - 1)]);
        strict.Should().Throw<TraceFormatException>().WithMessage("*the last frame is cut off*offset*try:*");
        MadeRecords.Read(whole[..(end - 1)], ReadMode.Salvage).Events.Count.Should().Be(4);
    }

    [Test]
    public void What_was_never_written_by_the_original_is_no_field()
    {
        var exit = new byte[64].Put32(0, 1).Put32(4, 2).Put32(8, 5679).Put32(12, 5678).Text(16, "lspci").Put64(32, 77).Put32(40, 0xdeadbeef).Put32(56, 0x87);
        var fence = new byte[128].Put32(0, 5).Put32(4, 9).Put32(8, 8).Text(12, "Xorg").Put64(32, 78).Put64(40, 42).Put32(48, 7).Text(52, "garbage").Put64(120, 5_000);

        var trace = Original(Prefixed((2, exit), (2, fence)), null);

        var (first, second) = (trace.Events[0], trace.Events[1]);
        first.ToString().Should().Contain("pcie_exit").And.Contain("operation=read_dword").And.Contain("ret=135").And.NotContain("bus");
        (first.Pid, first.Tgid, first.Comm, first.Cpu).Should().Be((5679, 5678, "lspci", -1));
        second.Text.Should().Be("context=42 seqno=7 duration_ns=5000");
    }

    [Test]
    public void A_dump_of_one_kind_needs_no_lengths()
    {
        var enter = new byte[104].Put32(0, 0).Put32(4, 11).Put32(8, 10).Put32(12, 0).Put64(16, 1).Text(24, "cat").Put64(40, 5).Put64(48, 3);
        var exit = new byte[104].Put32(0, 1).Put32(4, 11).Put32(8, 10).Put32(12, 0).Put64(16, 1).Text(24, "cat").Put64(40, 9).Put64(96, unchecked((ulong)-9));
        var function = new byte[72].Put64(0, 100).Put32(8, 20).Put32(12, 21).Text(16, "phc2sys").Text(32, "ptp_ocp_adjtime").Put64(64, 23_670);

        var trace = Original([.. enter, .. exit], BpfRecordKind.OriginalSyscall);
        trace.Events[0].Field("name").Should().Be("read");
        trace.Events[1].Field("errno").Should().Be("EBADF");
        Original(function, BpfRecordKind.OriginalFunction).Events[0].Text.Should().Be("function=ptp_ocp_adjtime duration_ns=23670");
    }

    [Test]
    public void A_dump_that_holds_something_else_is_refused_with_its_place()
    {
        var cut = () => Original(new byte[100], BpfRecordKind.OriginalSyscall);
        var other = () => Original(Prefixed((1, new byte[104]), (3, new byte[64])), null);

        cut.Should().Throw<TraceFormatException>().WithMessage("*needs 104 bytes and 100 are left at offset 0*");
        other.Should().Throw<TraceFormatException>().WithMessage("*expected the length and kind of a record at offset 112*--kind*");
    }

    [Test]
    public void Every_call_of_the_table_has_a_name_and_as_many_arguments_as_registers_at_most()
    {
        SyscallTable.All.Should().OnlyContain(c => c.Arguments.Count <= 6 && c.Name.Length > 1);
        SyscallTable.Find("openat")!.TextArguments.Should().Be(0b10);
        SyscallTable.Find("renameat2")!.TextArguments.Should().Be(0b1010);
        SyscallTable.Find(9999).Should().BeNull();
        SyscallTable.Find(-1).Should().BeNull();
    }

    private static Trace Original(byte[] dump, BpfRecordKind? kind)
    {
        using var capture = new MemoryStream();
        _ = BpfCaptureFormat.ConvertOriginal(new MemoryStream(dump), kind, capture);
        return MadeRecords.Read(capture.ToArray());
    }

    private static byte[] Prefixed(params (int Kind, byte[] Record)[] records)
    {
        var dump = new MemoryStream();
        Span<byte> prefix = stackalloc byte[8];
        foreach (var (kind, record) in records)
        {
            BinaryPrimitives.WriteInt32LittleEndian(prefix, record.Length);
            BinaryPrimitives.WriteInt32LittleEndian(prefix[4..], kind);
            dump.Write(prefix);
            dump.Write(record);
        }

        return dump.ToArray();
    }

    private static byte[] Call(int event_, int length, int number, ulong[] args, long ret, ulong duration)
    {
        var record = MadeRecords.Make(BpfRecordKind.Syscalls, event_, length, 5000).Put32(48, (uint)number).Put32(52, 0xffff).Put64(112, (ulong)ret).Put64(120, duration);
        for (var i = 0; i < args.Length; i++)
        {
            _ = record.Put64(64 + (8 * i), args[i]);
        }

        return record;
    }
}
