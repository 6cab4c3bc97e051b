using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Bpf;

[TestFixture]
internal sealed class BpfStreamTests
{
    [Test]
    public void A_capture_that_comes_in_pieces_of_any_size_gives_the_same_events()
    {
        var capture = Capture();
        var whole = Lines(capture, capture.Length);
        for (var piece = 1; piece < 700; piece += 37)
        {
            Lines(capture, piece).Should().Equal(whole);
        }
    }

    [Test]
    public void Damaged_bytes_raise_nothing_but_format_errors()
    {
        var random = new Random(4711);
        for (var round = 0; round < 400; round++)
        {
            var bytes = Capture();
            for (var i = random.Next(1, 10); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var read = () => Lines(bytes, 100);
            try
            {
                _ = read();
            }
            catch (TraceFormatException)
            {
                // That is what it is for.
            }
        }
    }

    [Test]
    public void Damaged_raw_dumps_raise_nothing_but_format_errors()
    {
        var random = new Random(4711);
        for (var round = 0; round < 400; round++)
        {
            var bytes = new byte[random.Next(0, 600)];
            random.NextBytes(bytes);
            BpfRecordKind? kind = round % 3 == 0 ? null : (BpfRecordKind)(101 + (round % 5));
            try
            {
                _ = BpfCaptureFormat.ConvertOriginal(new MemoryStream(bytes), kind, new MemoryStream());
            }
            catch (TraceFormatException)
            {
                // That is what it is for.
            }
        }
    }

    [Test]
    public void Ioctls_are_printed_as_the_annotator_prints_them_and_read_back()
    {
        var enter = MadeRecords.Make(BpfRecordKind.DrmIoctl, 0, 80, 1_234_567_123_456_000, pid: 5678, comm: "glxgears").Put32(52, 0xc0106444).Put64(56, 0x7ffc12345678);
        var exit = MadeRecords.Make(BpfRecordKind.DrmIoctl, 1, 80, 1_234_567_123_789_000, sequence: 1, pid: 5678, comm: "glxgears").Put32(52, 0xc0106444).Put64(72, 333_000);
        var trace = MadeRecords.Read(MadeRecords.Capture(new BpfAbout { Program = "drm_ioctl", Origin = "kernel" }, [], (BpfRecordKind.DrmIoctl, enter), (BpfRecordKind.DrmIoctl, exit)));

        var lines = trace.Events.Select(e => BpfLines.Original(e)).ToList();

        lines.Should().Equal(
            "[1234567.123456] IOCTL_ENTER pid=5678 tid=5678 comm=glxgears cmd=0xc0106444 arg=0x7ffc12345678",
            "[1234567.123789] IOCTL_EXIT pid=5678 tid=5678 comm=glxgears ret=0 duration_ns=333000");
        var read = TraceFormats.Read(Tracing.Capture.Of(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")));
        read.Events.Select(e => e.Name.ToString()).Should().Equal("cpu:IOCTL_ENTER", "cpu:IOCTL_EXIT");
    }

    [Test]
    public void Functions_are_printed_as_the_Time_Cards_tracer_prints_them()
    {
        var call = MadeRecords.Make(BpfRecordKind.FunctionLatency, 0, 80, 5_000, pid: 1234).Put64(72, 12_450);
        var trace = MadeRecords.Read(MadeRecords.Capture(
            new BpfAbout { Program = "function_latency", Origin = "kernel", Functions = ["ptp_ocp_gettimex"] }, [], (BpfRecordKind.FunctionLatency, call)));

        var line = BpfLines.Original(trace.Events[0], new DateTimeOffset(2026, 1, 1, 14, 32, 15, 123, TimeSpan.Zero));

        line.Should().Be("[14:32:15.123] chronyd          PID:  1234 TID:  1234 ptp_ocp_gettimex                 duration:    12.45 μs");
    }

    [TestCase(BpfRecordKind.DmaFence, 5, 136, "[DMA_FENCE] [5000] PID:1234 TID:1234 (chronyd) type:wait_end ctx:0 seqno:0 driver:unknown wait:0.000ms")]
    [TestCase(BpfRecordKind.Pcie, 0, 88, "[PCIE] [5000] PID:1234 TID:1234 (chronyd) op:pci_read_byte bus:0x00 dev:0x00 off:0x0 size:0 val:0x0")]
    [TestCase(BpfRecordKind.Syscalls, 0, 128, "[SYSCALL] [5000] PID:1234 TID:1234 (chronyd) syscall:0 args:[0x0, 0x0, 0x0, 0x0, 0x0, 0x0] ")]
    public void Other_events_are_printed_as_NeuTracer_prints_them(BpfRecordKind kind, int event_, int length, string expected)
    {
        var trace = MadeRecords.Read(MadeRecords.Capture(new BpfAbout { Program = "x", Origin = "kernel" }, [], (kind, MadeRecords.Make(kind, event_, length, 5_000))));

        BpfLines.Original(trace.Events[0]).Should().Be(expected);
    }

    private static byte[] Capture() => MadeRecords.Capture(
        new BpfAbout { Program = "syscalls", Origin = "kernel" },
        [new BpfCounters(0, 50, 0, 0, 0, 0)],
        [.. Enumerable.Range(0, 50).Select(i => (BpfRecordKind.Syscalls, MadeRecords.Make(BpfRecordKind.Syscalls, i & 1, i % 3 == 0 ? 384 : 128, (ulong)i, 0, (ulong)i)))]);

    private static List<string> Lines(byte[] capture, int piece)
    {
        var decoder = new BpfStreamDecoder();
        var lines = new List<string>();
        for (var at = 0; at < capture.Length; at += piece)
        {
            decoder.Append(capture.AsSpan(at, Math.Min(piece, capture.Length - at)));
            while (decoder.TryRead(out var item))
            {
                lines.Add(BpfLines.Plain(item));
            }
        }

        return lines;
    }
}
