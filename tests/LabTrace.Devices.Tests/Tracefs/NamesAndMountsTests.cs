using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class NamesAndMountsTests
{
    [TestCase("sched_swich", "sched_switch")]
    [TestCase("sched_swtich", "sched_switch")]
    [TestCase("SCHED_SWITCH", "sched_switch")]
    [TestCase("switch", "sched_switch")]
    public void The_nearest_name_comes_first(string wanted, string nearest) =>
        NearestNames.Of(wanted, ["sched_waking", "sched_switch", "irq_handler_entry"]).Should().StartWith(nearest);

    [Test]
    public void Far_names_are_not_suggested() =>
        NearestNames.Clause("xyzzy", ["sched_waking", "sched_switch"]).Should().BeEmpty();

    [Test]
    public void Tracefs_is_found_at_its_own_mount_point_before_another()
    {
        var mounts = MountTable.Parse(
            "debugfs /sys/kernel/debug debugfs rw 0 0\n" +
            "tracefs /mnt/with\\040blank tracefs rw 0 0\n" +
            "tracefs /sys/kernel/tracing tracefs rw,relatime 0 0\n");

        MountTable.FindTracefs(mounts).Should().Be("/sys/kernel/tracing");
    }

    [Test]
    public void A_mount_point_with_a_blank_is_spelled_out() =>
        MountTable.FindTracefs(MountTable.Parse("tracefs /mnt/with\\040blank tracefs rw 0 0\n")).Should().Be("/mnt/with blank");

    [Test]
    public void Inside_debugfs_is_the_last_resort() =>
        MountTable.FindTracefs(MountTable.Parse("debugfs /sys/kernel/debug debugfs rw 0 0\n")).Should().Be("/sys/kernel/debug/tracing");

    [Test]
    public void No_mount_is_no_path() => MountTable.FindTracefs(MountTable.Parse("proc /proc proc rw 0 0\n")).Should().BeNull();
}
