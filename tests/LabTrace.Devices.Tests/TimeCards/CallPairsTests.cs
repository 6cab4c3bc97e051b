using FluentAssertions;
using LabTrace.Devices.TimeCards;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.TimeCards;

public sealed class CallPairsTests
{
    private readonly CallPairs _pairs = new(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["get_in"] = "ptp_ocp_gettimex",
        ["get_out"] = "ptp_ocp_gettimex",
        ["set_in"] = "ptp_ocp_settime",
        ["set_out"] = "ptp_ocp_settime",
    });

    [Test]
    public void A_return_belongs_to_the_last_entry_of_its_function_on_its_thread()
    {
        var calls = Pair("""
               phc2sys-10      [000] ..... 1.000100: get_in: (ptp_ocp_gettimex+0x0/0x90)
               phc_ctl-11      [001] ..... 1.000105: get_in: (ptp_ocp_gettimex+0x0/0x90)
               phc2sys-10      [000] ..... 1.000106: set_in: (ptp_ocp_settime+0x0/0x90)
               phc2sys-10      [000] ..... 1.000108: set_out: (a+0x0/0x90 <- ptp_ocp_settime)
               phc_ctl-11      [001] ..... 1.000109: get_out: (a+0x0/0x90 <- ptp_ocp_gettimex)
               phc2sys-10      [000] ..... 1.000120: get_out: (a+0x0/0x90 <- ptp_ocp_gettimex)
               phc2sys-10      [000] ..... 1.000130: sched_wakeup: comm=a pid=1 prio=120 target_cpu=000
            """);

        calls.Should().Equal(
            new DriverCall(1_000_108_000, "phc2sys", 10, 0, "ptp_ocp_settime", 2_000),
            new DriverCall(1_000_109_000, "phc_ctl", 11, 1, "ptp_ocp_gettimex", 4_000),
            new DriverCall(1_000_120_000, "phc2sys", 10, 0, "ptp_ocp_gettimex", 20_000));
        _pairs.Unmatched.Should().Be(0);
    }

    [Test]
    public void A_call_may_begin_in_one_part_of_a_recording_and_end_in_the_next()
    {
        Pair("   phc2sys-10      [000] ..... 1.000100: get_in: (ptp_ocp_gettimex+0x0/0x90)\n").Should().BeEmpty();

        Pair("   phc2sys-10      [000] ..... 1.000103: get_out: (a+0x0/0x90 <- ptp_ocp_gettimex)\n")
            .Should().Equal(new DriverCall(1_000_103_000, "phc2sys", 10, 0, "ptp_ocp_gettimex", 3_000));
    }

    [Test]
    public void A_return_whose_entry_was_not_seen_is_counted()
    {
        Pair("   phc2sys-10      [000] ..... 1.000103: get_out: (a+0x0/0x90 <- ptp_ocp_gettimex)\n").Should().BeEmpty();

        _pairs.Unmatched.Should().Be(1);
    }

    private IReadOnlyList<DriverCall> Pair(string text) => _pairs.Pair(FtraceTextFormat.Read(text).Events, e => e.EndsWith("_in", StringComparison.Ordinal));
}
