using FluentAssertions;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class TracefsTests
{
    private const string Instance = ScriptedTarget.TracefsPath + "/instances/own";
    private static readonly CancellationToken Token = CancellationToken.None;

    [Test]
    public async Task A_kernel_with_tracefs_not_mounted_gets_it_mounted_and_unmounted_again()
    {
        var target = new ScriptedTarget()
            .File("/proc/mounts", "proc /proc proc rw 0 0\n").File("/proc/filesystems", "nodev\tproc\nnodev\ttracefs\n")
            .File("/sys/kernel/tracing/available_tracers", "nop\n");
        var changes = TargetChanges.InMemory(target);

        var tracefs = await Tracefs.OpenAsync(changes, Token);
        await changes.DisposeAsync();

        tracefs.Path.Should().Be("/sys/kernel/tracing");
        target.Commands.Should().Equal("mount -t tracefs tracefs /sys/kernel/tracing", "umount /sys/kernel/tracing");
    }

    [Test]
    public async Task Mounting_that_fails_tells_why_and_how()
    {
        var target = new ScriptedTarget { Runs = _ => (32, "mount: must be superuser to use mount.\n") }
            .File("/proc/mounts", "proc /proc proc rw 0 0\n").File("/proc/filesystems", "nodev\ttracefs\n");

        var open = () => Tracefs.OpenAsync(TargetChanges.InMemory(target), Token);

        (await open.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "tracefs is not mounted on target 'bench-3', and mounting it failed: mount: must be superuser to use mount.\n" +
            "  try: as root: mount -t tracefs tracefs /sys/kernel/tracing");
    }

    [Test]
    public async Task Mounting_that_somebody_else_did_meanwhile_is_no_failure()
    {
        var target = new ScriptedTarget().Directory("/sys/kernel/tracing").File("/sys/kernel/tracing/available_tracers", "nop\n")
            .File("/proc/mounts", "proc /proc proc rw 0 0\n").File("/proc/filesystems", "nodev\ttracefs\n");
        target.Runs = command =>
        {
            _ = target.File("/proc/mounts", "tracefs /sys/kernel/tracing tracefs rw 0 0\n");
            return (32, "mount: /sys/kernel/tracing: tracefs already mounted or mount point busy.\n");
        };
        await using var changes = TargetChanges.InMemory(target);

        var tracefs = await Tracefs.OpenAsync(changes, Token);

        tracefs.Path.Should().Be("/sys/kernel/tracing");
        changes.Count.Should().Be(0, "the mount is not ours to undo");
    }

    [Test]
    public async Task A_kernel_without_tracefs_names_the_option()
    {
        var target = new ScriptedTarget().File("/proc/mounts", "").File("/proc/filesystems", "nodev\tproc\n");

        var open = () => Tracefs.OpenAsync(TargetChanges.InMemory(target), Token);

        (await open.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "the kernel of target 'bench-3' has no tracefs: /proc/filesystems does not list it\n  try: boot a kernel with CONFIG_FTRACE=y");
    }

    [Test]
    public async Task A_user_who_may_not_read_tracefs_is_told_to_be_root()
    {
        var target = ScriptedTarget.WithTracefs().Refuse("/available_tracers", Errno.EACCES);

        var open = () => Tracefs.OpenAsync(TargetChanges.InMemory(target), Token);

        (await open.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "tracefs at /sys/kernel/tracing on target 'bench-3' may not be read by this user: EACCES\n  try: run as root: sudo ./labtrace …");
    }

    [TestCase(Errno.ENOENT, "the kernel of target 'bench-3' has no trace instances: there is no /sys/kernel/tracing/instances\n  try: boot a kernel of Linux 3.10 or newer")]
    [TestCase(Errno.ENOMEM, "the kernel of target 'bench-3' has no memory for another trace instance\n  try: remove instances nobody uses: ls /sys/kernel/tracing/instances")]
    public async Task A_kernel_that_makes_no_instance_is_told_why(Errno errno, string message)
    {
        var tracefs = await Tracefs.OpenAsync(TargetChanges.InMemory(ScriptedTarget.WithTracefs().Refuse("/own", errno)), Token);

        var make = () => tracefs.CreateInstanceNamedAsync("own", Token);

        (await make.Should().ThrowAsync<NotOnTargetException>()).WithMessage(message);
    }

    [Test]
    public async Task An_old_kernel_lacks_things_by_name()
    {
        var instance = await InstanceAsync(ScriptedTarget.WithTracefs());

        await RefusesAsync(
            () => instance.SetSubBufferSizeAsync(8, Token),
            "the kernel of target 'bench-3' has a fixed sub-buffer size: there is no buffer_subbuf_size_kb\n  try: boot Linux 6.8 or newer");
        await RefusesAsync(
            () => instance.MarkRawAsync(1, default, Token),
            "the kernel of target 'bench-3' has no trace_marker_raw\n  try: boot Linux 4.10 or newer");
        await RefusesAsync(
            () => instance.TakeSnapshotAsync(Token),
            "the kernel of target 'bench-3' has no snapshots: its trace instances have no file 'snapshot'\n  try: boot a kernel with CONFIG_TRACER_SNAPSHOT=y");
        await RefusesAsync(
            () => instance.AddUserProbeAsync(new UserProbe("x", "/bin/sh", "0x10"), Token),
            "no file /bin/sh on target 'bench-3'\n  try: name a program or library that is installed there");
    }

    [Test]
    public async Task A_kernel_with_snapshots_takes_one()
    {
        var target = ScriptedTarget.WithTracefs().File(Instance + "/snapshot", "# tracer: nop\n");
        var instance = await InstanceAsync(target);

        await instance.TakeSnapshotAsync(Token);

        target.Writes.Should().Contain(Instance + "/snapshot: 1");
        (await instance.ReadSnapshotAsync(Token)).Should().Equal("# tracer: nop\n"u8.ToArray());
    }

    [Test]
    public async Task Refusals_of_settings_say_what_was_refused()
    {
        var target = ScriptedTarget.WithTracefs().File(Instance + "/trace_options", "nooverwrite\nmarkers\n");
        var instance = await InstanceAsync(target);
        _ = target.Refuse("/enable", Errno.EBUSY).Refuse("/trace_options", Errno.EINVAL).Refuse("/set_event_pid", Errno.EINVAL);

        await RefusesAsync(
            () => instance.SetPidFilterAsync([-1], withChildren: false, Token),
            "the pid filter '-1' was refused on target 'bench-3': EINVAL (Invalid argument)\n  try: pids are whole numbers from 0 up");
        _ = target.Allow("/enable").Refuse("own/events/sched/sched_switch/enable", Errno.EBUSY);
        await RefusesAsync(
            () => instance.EnableEventAsync(EventName.Parse("sched:sched_switch"), filter: null, Token),
            "enabling event 'sched:sched_switch' was refused on target 'bench-3': EBUSY (Device or resource busy)");
    }

    [Test]
    public async Task A_stripped_program_wants_an_offset()
    {
        var target = ScriptedTarget.WithTracefs().File("/bin/stripped", new TinyElf().Build());
        var instance = await InstanceAsync(target);

        await RefusesAsync(
            () => instance.AddUserProbeAsync(new UserProbe("x", "/bin/stripped", "main"), Token),
            "no function 'main' in /bin/stripped on target 'bench-3'\n" +
            "  try: the file is stripped: give the offset instead, 0x…, or install its unstripped build");
    }

    [Test]
    public async Task A_probe_is_written_with_its_place_in_the_file_and_taken_back()
    {
        var target = ScriptedTarget.WithTracefs().File("/bin/tiny", new TinyElf().Function("main", 0x401110).Build())
            .File(ScriptedTarget.TracefsPath + "/uprobe_events", "").File(ScriptedTarget.TracefsPath + "/events/own/hit/enable", "0\n");
        var changes = TargetChanges.InMemory(target);
        var instance = await (await Tracefs.OpenAsync(changes, Token)).CreateInstanceNamedAsync("own", Token);

        var probe = await instance.AddUserProbeAsync(
            new UserProbe("hit", "/bin/tiny", "main+4") { IsReturn = true, Arguments = ["ret=$retval"] }, Token);
        await changes.DisposeAsync();

        probe.Should().Be(new EventName("own", "hit"));
        target.Writes.Should().Equal(
            $"{Instance}/tracing_on: 0",
            "/sys/kernel/tracing/uprobe_events: r:own/hit /bin/tiny:0x114 ret=$retval",
            $"{Instance}/events/own/hit/enable: 1",
            $"{Instance}/events/own/hit/enable: 0",
            "/sys/kernel/tracing/uprobe_events: -:own/hit");
    }

    [Test]
    public async Task A_kernel_without_uprobes_names_the_option()
    {
        var target = ScriptedTarget.WithTracefs().File("/bin/tiny", new TinyElf().Build());
        var instance = await InstanceAsync(target);

        await RefusesAsync(
            () => instance.AddUserProbeAsync(new UserProbe("x", "/bin/tiny", "0x10"), Token),
            "the kernel of target 'bench-3' has no uprobe_events: such probes cannot be put there\n  try: boot a kernel with CONFIG_UPROBE_EVENTS=y");
    }

    [Test]
    public async Task A_target_without_tracing_still_answers_for_every_capability()
    {
        var target = new ScriptedTarget().File("/proc/mounts", "").File("/proc/filesystems", "").File("/proc/self/status", "Uid:\t1000\t1000\t1000\t1000\n");

        var found = await CapabilityCatalog.TryAllAsync(target, Token);

        // This target runs every program, so what only a program tells is there.
        string[] traced = ["root", "debugfs", "tracefs", "instances", "events", "event-filter", "trace-marker", "trace-pipe", "kprobes", "uprobes", "function-tracer", "grtrace"];
        found.Should().Contain(c => c.Name == "programs" && c.Available);
        found.Where(c => c.Available).Select(c => c.Name).Should().NotIntersectWith(traced).And.Equal(
            "programs", "gpio-sim", "labtrace-gpio", "grtrace-aggregator", "grtrace-sampling", "grtrace-filter", "grtrace-perf-mon", "grtrace-drm-bridge", "grtrace-amdgpu",
            "grtrace-i915", "grtrace-nouveau", "grtrace-virtio-gpu", "grtrace-mygpu", "gpu-load", "grtrace-cli", "grtrace-faults", "bpftrace", "strace",
            "labtrace-workload", "device-workloads");
        found.Select(c => c.Name).Should().Contain(traced);
        found.Single(c => c.Name == "root").Should().Be(new Capability("root", false, "effective uid 1000, not 0", "run as root: sudo ./labtrace …"));
        found.Single(c => c.Name == "events").Evidence.Should().Be("the kernel of target 'bench-3' has no tracefs: /proc/filesystems does not list it");
        found.Single(c => c.Name == "debugfs").Remedy.Should().Be("boot a kernel with CONFIG_DEBUG_FS=y");
    }

    private static async Task<TraceInstance> InstanceAsync(ScriptedTarget target) =>
        await (await Tracefs.OpenAsync(TargetChanges.InMemory(target), Token)).CreateInstanceNamedAsync("own", Token);

    private static async Task RefusesAsync(Func<Task> call, string message) =>
        (await call.Should().ThrowAsync<LabException>()).WithMessage(message);
}
