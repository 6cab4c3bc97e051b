using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Devices.TimeCards;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.TimeCards;

public sealed class FunctionGraphLineTests
{
    [TestCase("  4406.971610 |   1)  phc2sys-5678    |   3.412 us    |  ptp_ocp_gettimex();", 4_406_971_610_000, "phc2sys", 5678, 1, "ptp_ocp_gettimex", 3_412)]
    [TestCase("  4406.971610 |   0)  <idle>-0    |               |  } /* ptp_ocp_watchdog */", 0, null, 0, 0, null, 0)]
    [TestCase("  4406.971611 |   0)    <idle>-0    | + 35.668 us   |  } /* ptp_ocp_watchdog [ptp_ocp] */", 4_406_971_611_000, "<idle>", 0, 0, "ptp_ocp_watchdog", 35_668)]
    [TestCase("  1.000000 |   3)  my task-77  | # 1261.249 us |      ptp_ocp_adjtime [ptp_ocp]();", 1_000_000_000, "my task", 77, 3, "ptp_ocp_adjtime", 1_261_249)]
    [TestCase(" 0)               |  vgem_open [vgem]() {", 0, null, 0, 0, null, 0)]
    [TestCase("# tracer: function_graph", 0, null, 0, 0, null, 0)]
    [TestCase("", 0, null, 0, 0, null, 0)]
    public void A_return_is_a_call_and_anything_else_is_none(string line, long at, string? comm, int pid, int cpu, string? function, long duration)
    {
        var call = FunctionGraphLine.TryParse(line);

        call.Should().Be(function is null ? null : new DriverCall(at, comm!, pid, cpu, function, duration));
    }

    [Test]
    public void A_call_is_told_in_one_line()
    {
        var call = new DriverCall(52_335_123_000_000, "chronyd", 1234, 0, "ptp_ocp_gettimex", 12_450);

        call.ToLine(DateTimeOffset.UnixEpoch).Should().Be("[14:32:15.123] chronyd          PID:  1234 TID:  1234 ptp_ocp_gettimex                 duration:    12.45 μs");
        (call with { Tgid = 1230 }).ToLine(DateTimeOffset.UnixEpoch.AddHours(-1)).Should().StartWith("[13:32:15.123] chronyd          PID:  1230 TID:  1234 ");
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property Whatever_a_line_is_it_is_read_or_passed_over() => Prop.ForAll(
        ArbMap.Default.ArbFor<string?>(),
        text => FunctionGraphLine.TryParse("  1.0 |   1)  a-1 |" + text) is null or { DurationNs: >= 0 });
}
