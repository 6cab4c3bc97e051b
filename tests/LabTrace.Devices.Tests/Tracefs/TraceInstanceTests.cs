using System.Text;
using FluentAssertions;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class TraceInstanceTests : RealTracefsTests
{
    [Test]
    public async Task An_instance_starts_silent_and_is_gone_when_undone()
    {
        var wasOn = await Instance.IsOnAsync(Token);
        _ = await Instance.EnableEventAsync(Switch, "prev_pid != 0", Token);
        await Instance.SetTriggerAsync(Switch, "stacktrace if prev_pid == 1", Token);
        await Instance.SetClockAsync("mono", Token);
        await Instance.SetOptionAsync("irq-info", isOn: false, Token);
        await Instance.SetPidFilterAsync([1, 2], withChildren: true, Token);
        await Instance.SetCpusAsync([0], Token);

        var report = await Changes.UndoAsync(Token);

        wasOn.Should().BeFalse();
        report.IsComplete.Should().BeTrue();
        Directory.Exists(Instance.Path).Should().BeFalse();
    }

    [Test]
    public async Task Undoing_puts_each_setting_back_before_the_instance_goes()
    {
        var before = await SettingsAsync();
        await using var settings = TargetChanges.InMemory(Target);
        var borrowed = (await Tracefs.OpenAsync(settings, Token)).Borrow(Instance.Name);
        _ = await borrowed.EnableEventAsync(Switch, "prev_pid != 0", Token);
        await borrowed.SetTriggerAsync(Switch, "traceoff:3 if prev_pid == 1", Token);
        await borrowed.SetTriggerAsync(Switch, "enable_event:sched:sched_wakeup:2", Token);
        await borrowed.SetTracerAsync("nop", Token);
        await borrowed.SetClockAsync("mono", Token);
        await borrowed.SetOptionAsync("irq-info", isOn: false, Token);
        await borrowed.SetOverwriteAsync(isOn: false, Token);
        await borrowed.SetPidFilterAsync([1, 2], withChildren: true, Token);
        await borrowed.SetCpusAsync([0], Token);
        _ = await borrowed.SetBufferSizeAsync(64, Token);
        _ = await borrowed.SetBufferSizeAsync(0, 128, Token);
        var during = await SettingsAsync();

        var report = await settings.UndoAsync(Token);

        report.Problems.Should().BeEmpty();
        during.Should().NotBe(before);
        (await SettingsAsync()).Should().Be(before);

        async Task<string> SettingsAsync()
        {
            var text = new StringBuilder();
            string[] files =
            [
                "set_event", "events/sched/sched_switch/filter", "events/sched/sched_switch/trigger", "current_tracer", "trace_clock",
                "trace_options", "set_event_pid", "tracing_cpumask", "buffer_size_kb", "per_cpu/cpu0/buffer_size_kb",
            ];
            foreach (var file in files)
            {
                _ = text.Append(await ReadAsync(file)).Append('\n');
            }

            return text.ToString();
        }
    }

    [Test]
    public async Task Two_instances_have_different_names_and_probe_groups()
    {
        var other = await Tracefs.CreateInstanceAsync(label: null, Token);

        other.Name.Should().NotBe(Instance.Name).And.StartWith("labtrace-");
        other.ProbeGroup.Should().NotBe(Instance.ProbeGroup).And.NotContain("-");
    }

    [Test]
    public async Task An_instance_that_is_there_cannot_be_made_again()
    {
        var make = () => Tracefs.CreateInstanceNamedAsync(Instance.Name, Token);

        (await make.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.EEXIST);
        Directory.Exists(Instance.Path).Should().BeTrue();
    }

    [Test]
    public async Task An_instance_whose_pipe_is_open_is_busy()
    {
        await using (await Instance.OpenPipeAsync(Token))
        {
            var remove = () => Instance.RemoveAsync(Token);

            (await remove.Should().ThrowAsync<KernelRefusedException>()).WithMessage(
                $"removing the trace instance '{Instance.Name}' was refused on target 'local': EBUSY (Device or resource busy)\n" +
                "  try: close its trace_pipe and other files, and set its tracer to nop");
        }

        await Instance.RemoveAsync(Token);

        Directory.Exists(Instance.Path).Should().BeFalse();
    }

    [Test]
    public async Task A_whole_system_is_enabled_by_a_pattern_or_its_name()
    {
        var byPattern = await Instance.EnableEventAsync(new EventName("sched", "sched_wak*"), filter: null, Token);
        var bySystem = await Instance.EnableEventAsync(EventName.Parse("raw_syscalls"), filter: null, Token);
        var enabled = await Instance.ReadEnabledEventsAsync(Token);

        byPattern.Select(e => e.Name).Should().Contain(["sched_wakeup", "sched_waking"]);
        bySystem.Select(e => e.Name).Should().BeEquivalentTo("sys_enter", "sys_exit");
        enabled.Should().BeEquivalentTo([.. byPattern, .. bySystem]);
    }

    [Test]
    public async Task A_bare_event_name_finds_its_system_and_disabling_ends_it()
    {
        var enabled = await Instance.EnableEventAsync(EventName.Parse("sched_switch"), filter: null, Token);
        await Instance.DisableEventAsync(Switch, Token);

        enabled.Should().Equal(Switch);
        (await Instance.ReadEnabledEventsAsync(Token)).Should().BeEmpty();
    }

    [Test]
    public async Task An_unknown_event_names_the_nearest()
    {
        var enable = () => Instance.EnableEventAsync(EventName.Parse("sched:sched_swich"), filter: null, Token);

        (await enable.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "no event 'sched:sched_swich' on target 'local'; nearest: sched:sched_switch\n" +
            "  try: list them with `cat /sys/kernel/tracing/available_events`");
    }

    [Test]
    public async Task An_event_in_the_wrong_system_is_found_in_the_right_one()
    {
        var enable = () => Instance.EnableEventAsync(EventName.Parse("irq:sched_switch"), filter: null, Token);

        (await enable.Should().ThrowAsync<NotOnTargetException>()).Which.Message.Should().Contain("nearest: sched:sched_switch");
    }

    [Test]
    public async Task Events_of_the_tracers_themselves_are_not_for_enabling()
    {
        var enable = () => Instance.EnableEventAsync(EventName.Print, filter: null, Token);

        (await enable.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "event 'ftrace:print' on target 'local' cannot be enabled: the kernel's tracers and markers write it by themselves\n" +
            "  try: write a marker, or select a tracer");
    }

    [Test]
    public async Task A_filter_on_an_unknown_field_shows_the_kernels_caret_and_the_fields_there_are()
    {
        var enable = () => Instance.EnableEventAsync(Switch, "prev_pid == 1 && foo != 0", Token);

        var refusal = (await enable.Should().ThrowAsync<KernelRefusedException>()).Which;

        refusal.Message.Should().StartWith(
            "the filter 'prev_pid == 1 && foo != 0' of event 'sched:sched_switch' was refused on target 'local': EINVAL (Invalid argument)\n" +
            "  event filter parse error: Field not found\n" +
            "    prev_pid == 1 && foo != 0\n");
        refusal.Message.Split('\n')[3].Trim().Should().Be("^");
        refusal.Hint.Should().Be(
            "the fields of sched:sched_switch are prev_comm, prev_pid, prev_prio, prev_state, next_comm, next_pid, next_prio");
        refusal.Errno.Should().Be(Errno.EINVAL);
        (await ReadAsync("events/sched/sched_switch/filter")).Should().Be("none");
        (await Instance.ReadEnabledEventsAsync(Token)).Should().BeEmpty();
    }

    [TestCase("prev_pid ==", "EINVAL")]
    [TestCase("prev_pid == abc", "EINVAL")]
    [TestCase("(prev_pid == 1", "ENOENT")]
    [TestCase("prev_pid == 1)", "EPERM")]
    [TestCase("prev_comm == \"sleep", "ESRCH")]
    [TestCase("prev_comm > \"sleep\"", "EINVAL")]
    [TestCase("prev_pid == 1 && || prev_pid == 2", "EPERM")]
    public async Task A_malformed_filter_is_refused_with_whatever_the_kernel_says(string filter, string errno)
    {
        var enable = () => Instance.EnableEventAsync(Switch, filter, Token);

        var refusal = (await enable.Should().ThrowAsync<KernelRefusedException>()).Which;

        refusal.Errno.Name().Should().Be(errno, refusal.Message);
        refusal.Explanation.Should().NotBeNull();
        refusal.Explanation!.Command.Should().Be(filter);
        refusal.Hint.Should().StartWith("write FIELD OP VALUE");
    }

    [Test]
    public async Task A_second_trigger_of_a_kind_and_an_unknown_one_are_refused()
    {
        await Instance.SetTriggerAsync(Switch, "traceoff:1", Token);
        var again = () => Instance.SetTriggerAsync(Switch, "traceoff if prev_pid == 1", Token);
        var unknown = () => Instance.SetTriggerAsync(Switch, "explode", Token);

        (await again.Should().ThrowAsync<KernelRefusedException>()).WithMessage(
            "the trigger 'traceoff if prev_pid == 1' of event 'sched:sched_switch' was refused on target 'local': EEXIST (File exists)\n" +
            "  try: an event takes one trigger of a kind: remove the first, or write one trigger for both");
        (await unknown.Should().ThrowAsync<KernelRefusedException>()).WithMessage(
            "the trigger 'explode' of event 'sched:sched_switch' was refused on target 'local': EINVAL (Invalid argument)\n" +
            "  try: the kernel's own list is in tracefs/README; traceon, traceoff, stacktrace, enable_event:SYS:EVENT and disable_event:SYS:EVENT are always there");
        (await Instance.ReadTriggersAsync(Switch, Token)).Should().Equal("traceoff:count=1");
    }

    [Test]
    public async Task A_triggers_bad_condition_shows_the_kernels_caret()
    {
        var set = () => Instance.SetTriggerAsync(Switch, "traceoff if bogus == 1", Token);

        (await set.Should().ThrowAsync<KernelRefusedException>()).Which.Explanation!.ToString()
            .Should().Be("event filter parse error: Field not found\n  bogus == 1\n        ^");
    }

    [Test]
    public async Task A_trigger_can_be_taken_away()
    {
        await Instance.SetTriggerAsync(Switch, "enable_event:sched:sched_wakeup:2 if prev_pid == 1", Token);

        await Instance.RemoveTriggerAsync(Switch, "enable_event:sched:sched_wakeup:2 if prev_pid == 1", Token);

        (await Instance.ReadTriggersAsync(Switch, Token)).Should().BeEmpty();
    }

    [Test]
    public async Task An_unknown_clock_lists_those_there_are()
    {
        var set = () => Instance.SetClockAsync("sundial", Token);

        (await set.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "no trace clock 'sundial' on target 'local'; there are: local, global, counter, uptime, perf, mono, mono_raw, boot, tai*\n" +
            "  try: local is the default; mono, boot and tai are the clocks programs see");
    }

    [Test]
    public async Task An_unknown_tracer_lists_those_there_are()
    {
        var set = () => Instance.SetTracerAsync("no_such_tracer", Token);

        (await set.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "no tracer 'no_such_tracer' for instances on target 'local'; there are: *nop\n" +
            "  try: list all with `cat /sys/kernel/tracing/available_tracers`; more come with a kernel's CONFIG_FUNCTION_TRACER=y and its kin");
    }

    [Test]
    public async Task A_tracer_that_is_listed_and_refused_all_the_same_is_told_so()
    {
        Assume.That(await Instance.ReadTracersAsync(Token), Does.Contain("function"));
        var set = () => Instance.SetTracerAsync("function", Token);

        (await set.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "tracer 'function' is listed on target 'local', but its kernel refuses it: EPERM (Operation not permitted)\n" +
            "  try: boot a kernel that is not locked down and has kernel.ftrace_enabled=1, for example a vm place");
    }

    [Test]
    public async Task An_unknown_option_names_the_nearest()
    {
        var set = () => Instance.SetOptionAsync("irq-inof", isOn: false, Token);

        (await set.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "no trace option 'irq-inof' on target 'local'; nearest: irq-info\n" +
            "  try: list them with `cat /sys/kernel/tracing/trace_options`, and leave out the 'no' in front");
    }

    [Test]
    public async Task A_buffer_size_is_rounded_up_and_can_differ_by_cpu()
    {
        var all = await Instance.SetBufferSizeAsync(100, Token);
        var first = await Instance.SetBufferSizeAsync(0, 200, Token);

        all.Should().BeGreaterThanOrEqualTo(100).And.BeLessThan(120);
        first.Should().BeGreaterThanOrEqualTo(200).And.BeLessThan(220);
        (await Instance.ReadBufferSizesAsync(Token)).Should().StartWith([first]);
    }

    [TestCase(0, "EINVAL", "ask for a positive number of KiB; it is*now")]
    [TestCase(100_000_000_000, "ENOMEM", "the target has not that much memory for every cpu: ask for less")]
    public async Task An_impossible_buffer_size_is_refused(long kib, string errno, string hint)
    {
        var set = () => Instance.SetBufferSizeAsync(kib, Token);

        var refusal = (await set.Should().ThrowAsync<KernelRefusedException>())
            .WithMessage($"the buffer size of {kib} KiB was refused on target 'local': {errno}*").Which;
        refusal.Hint.Should().Match(hint);
    }

    [Test]
    public async Task A_cpu_that_is_not_there_lists_those_there_are()
    {
        var set = () => Instance.SetCpusAsync([0, 4711], Token);

        (await set.Should().ThrowAsync<NotOnTargetException>())
            .WithMessage("no cpu 4711 on target 'local'; there are: 0*\n  try: cpus count from zero");
    }

    [Test]
    public async Task A_marker_without_recording_is_refused()
    {
        var mark = () => Instance.MarkAsync("hello", Token);

        (await mark.Should().ThrowAsync<KernelRefusedException>()).WithMessage(
            "the marker 'hello' was refused on target 'local': EBADF (Bad file descriptor)\n  try: recording is off: start it first");
    }

    [Test]
    public async Task A_marker_larger_than_a_sub_buffer_is_refused()
    {
        await Instance.StartAsync(Token);
        var mark = () => Instance.MarkAsync(new string('x', 100_000), Token);

        (await mark.Should().ThrowAsync<KernelRefusedException>()).Which.Message.Should()
            .StartWith($"the marker '{new string('x', 40)}…' was refused on target 'local': EIO").And
            .EndWith("try: a marker must fit into one sub-buffer, and the option 'markers' must be on");
    }

    [Test]
    public async Task A_name_that_is_a_path_is_a_bug_of_the_caller()
    {
        var make = () => Tracefs.CreateInstanceNamedAsync("../evil", Token);

        await make.Should().ThrowAsync<ArgumentException>();
    }

    [TestCase(new[] { 0 }, "1")]
    [TestCase(new[] { 1, 3 }, "a")]
    [TestCase(new[] { 0, 33 }, "2,00000001")]
    public void A_cpu_mask_is_hexadecimal_words_highest_first(int[] cpus, string mask) =>
        TraceInstance.CpuMask(cpus).Should().Be(mask);
}
