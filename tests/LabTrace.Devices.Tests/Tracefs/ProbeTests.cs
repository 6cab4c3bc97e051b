using FluentAssertions;
using LabTrace.Devices.Elf;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class ProbeTests : RealTracefsTests
{
    [SetUp]
    public void RequireUprobes() => RealKernel.Require(File.Exists(Tracefs.Path + "/uprobe_events"), "CONFIG_UPROBE_EVENTS=y");

    [Test]
    public async Task Each_call_of_a_library_function_is_counted_once_going_in_and_once_coming_back()
    {
        var entry = await Instance.AddUserProbeAsync(new UserProbe("nap", "libc.so.6", "clock_nanosleep"), Token);
        var back = await Instance.AddUserProbeAsync(
            new UserProbe("nap_done", "libc.so.6", "clock_nanosleep") { IsReturn = true, Arguments = ["ret=$retval:s32"] }, Token);

        var run = await Instance.RecordOnlyAsync(
            new Command("sh", "-c", "sleep 0.001; sleep 0.001; sleep 0.001"), withChildren: true, Token);

        run.Recording.Trace.Of(entry).Should().HaveCount(3);
        run.Recording.Trace.Of(back).Should().HaveCount(3).And.OnlyContain(e => e.Text.EndsWith("ret=0"));
        run.Recording.Trace.Events.Should().HaveCount(6);
    }

    [Test]
    public async Task Undoing_removes_the_probe_from_the_kernels_list()
    {
        _ = await Instance.AddUserProbeAsync(new UserProbe("gone", "libc.so.6", "getpid"), Token);
        var during = await File.ReadAllTextAsync(Tracefs.Path + "/uprobe_events", Token);

        var report = await Changes.UndoAsync(Token);

        during.Should().Contain(Instance.ProbeGroup + "/gone");
        report.Problems.Should().BeEmpty();
        (await File.ReadAllTextAsync(Tracefs.Path + "/uprobe_events", Token)).Should().NotContain(Instance.ProbeGroup);
    }

    [Test]
    public async Task An_offset_in_the_file_needs_no_symbol()
    {
        _ = ElfImage.Parse(await File.ReadAllBytesAsync("/bin/sh", Token), "/bin/sh");

        var probe = await Instance.AddUserProbeAsync(new UserProbe("at", "sh", "0x1000+8"), Token);

        (await File.ReadAllTextAsync(Tracefs.Path + "/uprobe_events", Token))
            .Should().MatchRegex($"p:{probe.System}/at /usr/bin/sh:0x0*1008\n");
    }

    [Test]
    public async Task An_unknown_function_names_the_nearest()
    {
        var add = () => Instance.AddUserProbeAsync(new UserProbe("nap", "libc.so.6", "clock_nanoslep"), Token);

        (await add.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "no function 'clock_nanoslep' in /lib/*/libc.so.6 on target 'local'; nearest: clock_nanosleep*\n" +
            "  try: list them with `nm -D /lib/*/libc.so.6`");
    }

    [Test]
    public async Task An_indirect_function_is_not_where_its_symbol_says()
    {
        var add = () => Instance.AddUserProbeAsync(new UserProbe("len", "libc.so.6", "strlen"), Token);

        (await add.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "'strlen' in /lib/*/libc.so.6 on target 'local' is a chooser between variants (IFUNC), which runs once per program\n" +
            "  try: probe the variant this cpu uses, or give its offset in the file: 0x…");
    }

    [Test]
    public async Task A_library_that_is_nowhere_names_where_it_was_looked_for()
    {
        var add = () => Instance.AddUserProbeAsync(new UserProbe("x", "libnowhere.so.1", "f"), Token);

        (await add.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "no program or library 'libnowhere.so.1' on target 'local'; looked in /lib/*, /usr/lib*\n  try: give its whole path");
    }

    [Test]
    public async Task A_file_that_is_not_there_is_named()
    {
        var add = () => Instance.AddUserProbeAsync(new UserProbe("x", "/nowhere/at/all", "f"), Token);

        (await add.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "no file /nowhere/at/all on target 'local'\n  try: name a program or library that is installed there");
    }

    [Test]
    public async Task An_argument_the_kernel_does_not_know_shows_its_caret()
    {
        var add = () => Instance.AddUserProbeAsync(new UserProbe("bad", "libc.so.6", "getpid") { Arguments = ["a=%nosuch"] }, Token);

        var refusal = (await add.Should().ThrowAsync<KernelRefusedException>()).Which;

        refusal.Message.Should().StartWith("the probe 'bad' at /lib/").And
            .Contain("was refused on target 'local': EINVAL (Invalid argument)\n  trace_uprobe: Invalid register name");
        refusal.Explanation!.Command[refusal.Explanation.Column..].Should().Be("%nosuch");
    }

    [Test]
    public async Task Kernel_probes_are_refused_by_name_where_the_kernel_has_none()
    {
        Assume.That(File.Exists(Tracefs.Path + "/kprobe_events"), Is.False, "this kernel has kprobe events");
        var add = () => Instance.AddKernelProbeAsync(new KernelProbe("open", "do_sys_openat2"), Token);

        (await add.Should().ThrowAsync<NotOnTargetException>()).WithMessage(
            "the kernel of target 'local' has no kprobe_events: such probes cannot be put there\n  try: boot a kernel with CONFIG_KPROBE_EVENTS=y");
    }
}
