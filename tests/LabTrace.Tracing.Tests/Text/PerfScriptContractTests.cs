using System.Text;
using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Text;

public sealed class PerfScriptContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new PerfScriptFormat();

    protected override IEnumerable<byte[]> Samples =>
    [
        Lines(40, i => $"            perf {13864 + i} [{i % 2:D3}]  1162.{643070 + i}: raw_syscalls:sys_enter: NR {i} (e, 2400, 0, 7f711a62b5e0, 1, 0)\n"),
        Lines(12, i => $"my prog {100 + i} [001]  11.{100000 + i}:     250000 cpu-clock: \n\tffffffff821f8b58 __schedule+0x618 ([kernel.kallsyms])\n\n"),
    ];

    internal static byte[] Lines(int count, Func<int, string> line) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(line)));
}

public sealed class BpftraceTextContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new BpftraceTextFormat();

    protected override IEnumerable<byte[]> Samples =>
    [
        [.. "Attaching 3 probes...\n"u8, .. PerfScriptContractTests.Lines(40, i => $"pid={i} says hello\n@c[python3, {i}]: {i}\n")],
    ];
}

public sealed class BpftraceJsonContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new BpftraceJsonFormat();

    protected override IEnumerable<byte[]> Samples =>
    [
        PerfScriptContractTests.Lines(30, i => $"{{\"type\": \"printf\", \"data\": \"pid={i}\\n\"}}\n\n{{\"type\": \"map\", \"data\": {{\"@c{i}\": {{\"a,{i}\": {i}}}}}}}\n"),
    ];
}

public sealed class GrtTextContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new GrtTextFormat();

    protected override IEnumerable<byte[]> Samples =>
    [
        PerfScriptContractTests.Lines(30, i => $"[1234567.{123456 + i}] IOCTL_ENTER pid={i} tid={i + 1} comm=glx gears cmd=0xc0106444\n"),
        PerfScriptContractTests.Lines(30, i => $"12.{345800000 + i}  [GPU]  ctx=0x1234 submit seq={i}  \u2190 121μs after ioctl\n"),
    ];
}

public sealed class MmiotraceContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new MmiotraceFormat();

    protected override IEnumerable<byte[]> Samples =>
        [[.. "VERSION 20070824\n"u8, .. PerfScriptContractTests.Lines(30, i => $"R 4 12.{100000 + i} 1 0xfd00{i:x4} 0x41 0x0 0\n")]];
}

public sealed class EventHistogramContractTests : TraceFormatContract
{
    protected override ITraceFormat Format { get; } = new EventHistogramFormat();

    protected override IEnumerable<byte[]> Samples =>
        [[.. "# event histogram\n#\n"u8, .. PerfScriptContractTests.Lines(30, i => $"{{ driver: vgem{i}    }} hitcount:         {i}\n")]];

    [TestCase("            perf 13489 [000] K     14186.263422: sched:sched_switch: prev_pid=1", 13489, "perf", 0, 14186263422000UL, "sched:sched_switch")]
    [TestCase("            a b [001] 14186.263422: sched:sched_switch: prev_pid=1", -1, "a b", 1, 14186263422000UL, "sched:sched_switch")]
    [TestCase("            perf 13489 [000] 14186.263422: prev_pid=1", 13489, "perf", 0, 14186263422000UL, "perf:sample")]
    [TestCase("            perf 13489 [000] sched:sched_switch: prev_pid=1", 13489, "perf", 0, 0UL, "sched:sched_switch")]
    [TestCase("14186.263422: sched:sched_switch: prev_pid=1", -1, "<...>", -1, 14186263422000UL, "sched:sched_switch")]
    [TestCase("13489 14186.263422823: sched:sched_switch: prev_pid=1", 13489, "<...>", -1, 14186263422823UL, "sched:sched_switch")]
    [TestCase("13489/13490 [000] 14186.263422: sched:sched_switch: ", 13490, "<...>", 0, 14186263422000UL, "sched:sched_switch")]
    [TestCase("process_api     0 [000]     0.000000: PERF_RECORD_FORK(1:1):(0:0)", 0, "process_api", 0, 0UL, "perf:PERF_RECORD_FORK")]
    public void What_F_leaves_out_is_not_told_and_the_rest_is(string line, int pid, string comm, int cpu, ulong time, string name)
    {
        using var reader = TraceReader.Open(Capture.Of(System.Text.Encoding.UTF8.GetBytes($"{line}\nPERF_RECORD_FINISHED_ROUND\n{line}\n")));
        var trace = reader.ReadToEnd();

        reader.Info.FormatName.Should().Be("perf script");
        trace.Events.Select(e => (e.Pid, e.Comm, e.Cpu, e.Time.Nanoseconds, e.Name.ToString())).Should().Equal((pid, comm, cpu, time, name), (pid, comm, cpu, time, name));
        trace.Tally.Malformed.Should().Be(0);
    }
}
