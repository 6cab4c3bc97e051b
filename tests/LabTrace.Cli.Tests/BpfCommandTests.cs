using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

[TestFixture]
internal sealed class BpfCommandTests
{
    [Test]
    public async Task A_command_is_recorded_on_the_emulated_place_and_read_in_every_way()
    {
        using var scratch = new Scratch();
        var capture = Path.Combine(scratch.Root, "calls.bpf");

        var run = await LabtraceProcess.RunAsync(Repository.Root, "bpf", "run", "syscalls", "-o", capture, "--", "labtrace-workload", "calls", "3");
        var decoded = await LabtraceProcess.RunAsync(Repository.Root, "bpf", "decode", capture);
        var json = await LabtraceProcess.RunAsync(Repository.Root, "bpf", "decode", "--json", capture);
        var original = await LabtraceProcess.RunAsync(Repository.Root, "bpf", "decode", "--as-original", capture);
        var stats = await LabtraceProcess.RunAsync(Repository.Root, "bpf", "stats", "--json", capture);
        var shown = await LabtraceProcess.RunAsync(Repository.Root, "trace", "show", capture);

        run.ExitCode.Should().Be(0, run.Error);
        run.Output.Should().Contain("openat(AT_FDCWD, \"/nonexistent/labtrace\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)");
        run.Error.Should().Contain("attached by emulated").And.Contain("0 dropped");
        decoded.Output.Should().Be(run.Output);
        json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("event").GetString())
            .Should().OnlyContain(e => e == "bpf:syscall_enter" || e == "bpf:syscall_exit");
        original.Output.Should().MatchRegex(@"\[SYSCALL\] \[\d+\] PID:\d+ TID:\d+ \(labtrace-worklo\) syscall:257 ret:-2");
        var rows = JsonDocument.Parse(stats.Output).RootElement.GetProperty("rows").EnumerateArray();
        rows.Single(r => r.GetProperty("name").GetString() == "getppid").GetProperty("count").GetInt32().Should().Be(3);
        shown.Output.Should().Contain("syscall_exit: getppid() = ");
    }

    [Test]
    public async Task A_histogram_of_a_function_is_shown_at_the_end()
    {
        var run = await LabtraceProcess.RunAsync(Repository.Root, "bpf", "run", "function_latency", "-c", "-f", "labtrace-workload:labtrace_work", "--", "labtrace-workload", "functions", "12", "300");

        run.ExitCode.Should().Be(0, run.Error);
        run.Output.Should().MatchRegex(@"labtrace_work: 12 calls, 3\d\d\.?\d* µs on average");
        run.Output.Should().MatchRegex(@"262\.14 µs \.\. 524\.29 µs +12 \|#+\|");
    }

    [Test]
    public async Task A_duration_ends_a_recording_of_everything()
    {
        var run = await LabtraceProcess.RunAsync(Repository.Root, "bpf", "run", "syscalls", "--duration", "100ms", "--json");

        run.ExitCode.Should().Be(0, run.Error);
        run.Error.Should().Contain("events, 0 dropped");
    }

    [Test]
    public async Task Ctrl_C_ends_a_recording_in_order()
    {
        using var scratch = new Scratch();
        var capture = Path.Combine(scratch.Root, "all.bpf");
        using var process = System.Diagnostics.Process.Start(LabtraceProcess.Describe(Repository.Root, "bpf", "run", "syscalls", "--comm", "kworker", "-o", capture))!;
        while (await process.StandardError.ReadLineAsync() is { } line && !line.Contains("attached by", StringComparison.Ordinal))
        {
        }

        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        (await process.StandardError.ReadToEndAsync()).Should().Contain("0 dropped");
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0);
        (await LabtraceProcess.RunAsync(Repository.Root, "bpf", "stats", "--json", capture)).Output.Should().Contain("\"complete\":true");
    }

    [TestCase(new[] { "bpf", "run", "syscals" }, "nearest: syscalls", 2)]
    [TestCase(new[] { "bpf", "run", "syscalls", "--call", "opent" }, "x86-64 has no such system call", 2)]
    [TestCase(new[] { "bpf", "run", "syscalls", "-f", "vfs_read" }, "--function is for function_latency", 2)]
    [TestCase(new[] { "bpf", "run", "syscalls", "--ring", "3" }, "expected a power of two", 2)]
    [TestCase(new[] { "bpf", "run", "syscalls", "--min-duration", "soon" }, "is not a length of time", 2)]
    [TestCase(new[] { "bpf", "decode", "no-such-file" }, "there is no file 'no-such-file'", 2)]
    public async Task What_cannot_be_is_refused_with_a_reason(string[] arguments, string reason, int exitCode)
    {
        var run = await LabtraceProcess.RunAsync(Repository.Root, arguments);

        run.Error.Should().Contain(reason);
        run.ExitCode.Should().Be(exitCode);
    }

    [Test]
    public async Task The_programs_are_listed_with_what_the_place_can_do()
    {
        var run = await LabtraceProcess.RunAsync(Repository.Root, "bpf", "list", "--place", "emulated", "--json");

        var programs = JsonDocument.Parse(run.Output).RootElement.EnumerateArray().ToList();
        programs.Should().HaveCount(7);
        programs.Should().OnlyContain(p => p.GetProperty("available").GetBoolean());
    }
}
