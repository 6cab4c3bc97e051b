using System.Text;
using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

[TestFixture]
public sealed class ProgramTests
{
    [TestCase("echo -n a b", "a b")]
    [TestCase("printf 'a\\nb'", "a\nb")]
    [TestCase("nproc", "2\n")]
    [TestCase("uname -r", "6.18.44-emulated\n")]
    [TestCase("id -u", "0\n")]
    [TestCase("cat /sys/devices/system/cpu/online", "0-1\n")]
    [TestCase("cat /bin/../../etc/hostname", "emulated\n")]
    [TestCase("/bin/echo absolute", "absolute\n")]
    [TestCase("env echo become", "become\n")]
    [TestCase("sh -c 'echo one; echo two && echo three'", "one\ntwo\nthree\n")]
    [TestCase("sh -c 'exec echo instead'", "instead\n")]
    [TestCase("taskset -c 1 echo pinned", "pinned\n")]
    public async Task A_program_writes_what_it_does_on_Linux(string command, string output)
    {
        await using var target = new EmulatedTarget();

        var result = await target.RunAsync(CommandLine.Parse(command), default);

        (result.OutputText, result.ExitCode).Should().Be((output, 0));
    }

    [TestCase("sleep", 1, "sleep: missing operand")]
    [TestCase("sleep soon", 1, "sleep: invalid time interval 'soon'")]
    [TestCase("cat /no/such", 1, "cat: /no/such: No such file or directory")]
    [TestCase("cat /tmp", 1, "cat: /tmp: Is a directory")]
    [TestCase("ls /no", 2, "ls: cannot access '/no': No such file or directory")]
    [TestCase("kill 99999", 1, "kill: (99999) - No such process")]
    [TestCase("touch /proc/x", 1, "touch: cannot touch '/proc/x': Permission denied")]
    [TestCase("sh -c 'exit 7'", 7, "")]
    [TestCase("sh -c nosuch", 127, "sh: 1: nosuch: not found")]
    [TestCase("sh -c 'a | b'", 2, "sh: not emulated: a | b")]
    [TestCase("taskset 8 true", 1, "taskset: failed to set pid 0's affinity: Invalid argument")]
    public async Task A_program_that_fails_says_why(string command, int code, string complaint)
    {
        await using var target = new EmulatedTarget();

        var result = await target.RunAsync(CommandLine.Parse(command), default);

        (result.ExitCode, result.ErrorText.TrimEnd()).Should().Be((code, complaint));
    }

    [Test]
    public async Task An_unknown_program_is_refused_with_what_there_is()
    {
        await using var target = new EmulatedTarget();
        var run = () => target.RunAsync(new Command("gcc"), default);

        (await run.Should().ThrowAsync<TargetIOException>()).Which.Hint.Should().StartWith("the emulated machine has: bash, bpftrace, cat, dd, depmod, dmesg, echo,");
    }

    [Test]
    public async Task One_program_kills_another_and_stops_and_continues_it()
    {
        await using var target = new EmulatedTarget();
        await using var sleeper = await target.StartAsync(new Command("sleep", "1h"), default);

        _ = await target.RunAsync(new Command("kill", "-STOP", $"{sleeper.Pid}"), default);
        var stopped = await target.ReadTextAsync($"/proc/{sleeper.Pid}/stat", default);
        _ = await target.RunAsync(new Command("kill", "-CONT", $"{sleeper.Pid}"), default);
        _ = await target.RunAsync(new Command("kill", $"{sleeper.Pid}"), default);

        stopped.Should().StartWith($"{sleeper.Pid} (sleep) T 871 ");
        (await sleeper.WaitAsync(default)).ExitCode.Should().Be(128 + 15);
        (await target.ExistsAsync($"/proc/{sleeper.Pid}", default)).Should().BeFalse();
    }

    [Test]
    public async Task A_program_that_is_ended_takes_its_children_with_it()
    {
        await using var target = new EmulatedTarget();
        var command = CommandLine.Parse("sh -c \"sh -c 'trap 0 INT; sleep 1h'\"") with { Timeout = TimeSpan.FromSeconds(1) };

        var result = await target.RunAsync(command, default);
        await Task.Delay(TimeSpan.FromMilliseconds(50), target.Time);

        result.TimedOut.Should().BeTrue();
        (await target.ListAsync("/proc", default)).Select(e => e.Name).Where(n => int.TryParse(n, out var pid) && pid > 871).Should().BeEmpty();
    }

    [Test]
    public async Task A_program_reads_the_trace_while_it_grows()
    {
        await using var recorded = await Recorded.OpenAsync();
        await recorded.WriteAsync("tracing_on", "1");
        await using var cat = await recorded.Target.StartAsync(new Command("cat", Recorded.Instance + "/trace_pipe"), default);
        await recorded.WriteAsync("trace_marker", "to the cat");
        var buffer = new byte[4096];

        var count = await cat.StandardOutput.ReadAsync(buffer);
        await recorded.WriteAsync("tracing_on", "0");

        Encoding.UTF8.GetString(buffer, 0, count).Should().EndWith("to the cat\n");
    }

    [Test]
    public async Task A_probe_sees_arguments_and_results()
    {
        await using var recorded = await Recorded.OpenAsync();
        var offset = Programs.EmulatedLibc.Image.OffsetOf("fwrite");
        await recorded.Target.WriteAsync(
            Recorded.Tracefs + "/uprobe_events",
            Encoding.UTF8.GetBytes($"p:t/out {Programs.EmulatedLibc.Path}:0x{offset:x} text=+0(%di):string size=%dx:u32\nr:t/done {Programs.EmulatedLibc.Path}:0x{offset:x} n=$retval:s32\n"),
            WriteMode.Append,
            default);
        await recorded.WriteAsync("events/t/enable", "1");

        var text = Encoding.UTF8.GetString((await recorded.RecordAsync("echo hello")).Text.Span);

        text.Should().MatchRegex(@"echo-\d+ .* out: \(0x[0-9a-f]+\) text=""hello\n"" size=6");
        text.Should().MatchRegex(@"done: \(0x[0-9a-f]+ <- 0x[0-9a-f]+\) n=6");
        (await recorded.Target.ReadTextAsync(Recorded.Tracefs + "/uprobe_profile", default)).Should().MatchRegex(@"out +1\n.*done +1");
    }

    [Test]
    public async Task Pid_filters_follow_children_when_asked()
    {
        await using var recorded = await Recorded.OpenAsync(null, "sched:sched_process_exec");

        var alone = await recorded.Trace.RecordOnlyAsync(CommandLine.Parse("sh -c 'true; false'"), withChildren: false, default);
        var family = await recorded.Trace.RecordOnlyAsync(CommandLine.Parse("sh -c 'true; false'"), withChildren: true, default);

        alone.Recording.Trace.Events.Should().OnlyContain(e => e.Pid == alone.Pid).And.HaveCount(1);
        family.Recording.Trace.Events.Select(e => e.Text).Should().HaveCount(3);
    }
}
