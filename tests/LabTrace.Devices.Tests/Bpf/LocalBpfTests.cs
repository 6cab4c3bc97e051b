using FluentAssertions;
using LabTrace.Devices.Elf;
using LabTrace.TestKit;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Bpf;

[Category(RealKernel.Category)]
[NonParallelizable]
internal sealed class LocalBpfTests
{
    private LocalTarget _target = null!;

    [SetUp]
    public void Require()
    {
        Workload.Require();
        _target = new LocalTarget("here");
    }

    [TearDown]
    public async Task Close() => await _target.DisposeAsync();

    [Test]
    public async Task Each_call_of_a_command_is_recorded_once_as_it_is_entered_and_once_as_it_returns()
    {
        var (trace, summary) = await RecordAsync(new BpfRequest("syscalls"), "calls", "7");

        Count(trace, "bpf:syscall_enter", "getppid").Should().Be(7);
        Count(trace, "bpf:syscall_exit", "getppid").Should().Be(7);
        Count(trace, "bpf:syscall_exit", "close", "EBADF").Should().Be(7);
        trace.Events.Count(e => e.Name.Name == "syscall_exit" && Field(e, "path") == "/nonexistent/labtrace" && Field(e, "errno") == "ENOENT").Should().Be(7);
        trace.Events.Select(e => e.Text).Should().ContainMatch("openat(AT_FDCWD, \"/nonexistent/labtrace\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory) <*>");
        trace.Events.Select(e => e.Text).Should().ContainMatch("rename(\"/nonexistent/from\", \"/nonexistent/to\") = -1 ENOENT*");
        trace.Events.Select(e => e.Text).Should().ContainMatch("openat(AT_FDCWD, \"/dev/null\", O_WRONLY|O_CREAT|O_APPEND, 0640) = * <*>");
        var nap = trace.Events.Single(e => e.Name.Name == "syscall_exit" && Field(e, "name") == "clock_nanosleep");
        long.Parse(Field(nap, "duration_ns")!).Should().BeInRange(20_000_000, 2_000_000_000);
        trace.Tally.HasLost.Should().BeFalse();
        trace.Tally.Missing.Should().BeEmpty();
        summary.IsComplete.Should().BeTrue();
        summary.Records.Should().Be(trace.Events.Count);
    }

    [Test]
    public async Task Children_of_the_command_are_recorded_and_nobody_else()
    {
        var (trace, _) = await RecordAsync(new BpfRequest("syscalls") { Calls = [110] }, "children", "4");

        Count(trace, "bpf:syscall_exit", "getppid").Should().Be(13);
        trace.Events.Select(e => e.Tgid).Distinct().Should().HaveCount(5);
        trace.Events.Should().OnlyContain(e => e.Comm == "labtrace-worklo");
    }

    [Test]
    public async Task A_minimum_duration_lets_only_long_calls_through_as_whole_calls()
    {
        var (trace, _) = await RecordAsync(new BpfRequest("syscalls") { MinDuration = TimeSpan.FromMilliseconds(15), Calls = [230, 110] }, "calls", "50");

        trace.Events.Should().ContainSingle();
        trace.Events[0].Name.Name.Should().Be("syscall");
        Field(trace.Events[0], "name").Should().Be("clock_nanosleep");
    }

    [Test]
    public async Task Ioctls_of_graphics_drivers_are_told_by_name_and_others_are_left_out()
    {
        var (trace, _) = await RecordAsync(new BpfRequest("drm_ioctl"), "ioctls", "5");

        trace.Events.Count(e => e.Name.Name == "ioctl_enter" && Field(e, "name") == "DRM_IOCTL_VERSION").Should().Be(5);
        trace.Events.Count(e => e.Name.Name == "ioctl_exit" && Field(e, "name") == "DRM_IOCTL_GEM_CLOSE" && Field(e, "errno") == "ENOTTY").Should().Be(5);
        trace.Events.Count.Should().Be(20);
    }

    [Test]
    public async Task A_function_of_a_program_is_timed_call_by_call_and_in_a_histogram()
    {
        var functions = new[] { "labtrace_work" }.Select(f => new BpfFunction(f, Workload.Path, OffsetOf(f))).ToArray();

        var (trace, summary) = await RecordAsync(new BpfRequest("function_latency") { Functions = functions, Stacks = BpfStacks.User }, "functions", "9", "300");

        trace.Events.Count.Should().Be(9);
        trace.Events.Select(e => Field(e, "ret")).Should().Equal(Enumerable.Range(0, 9).Select(i => $"0x{i:x}"));
        trace.Events.Should().OnlyContain(e => Field(e, "function") == "labtrace_work" && long.Parse(Field(e, "duration_ns")!) >= 300_000);
        trace.Events.Should().OnlyContain(e => Field(e, "user_stack") != null);
        var times = summary.Times.Should().ContainSingle().Subject;
        times.Count.Should().Be(9);
        times.Log2.Sum().Should().Be(9);
        times.ShortestNs.Should().BeGreaterThanOrEqualTo(300_000);
    }

    [Test]
    public async Task The_program_s_stack_is_named_by_its_own_symbols_while_it_runs()
    {
        var functions = new[] { new BpfFunction("labtrace_work", Workload.Path, OffsetOf("labtrace_work")) };

        var (trace, _) = await RecordAsync(new BpfRequest("function_latency") { Functions = functions, Stacks = BpfStacks.User }, "functions", "20", "50000");

        trace.Events.Should().HaveCount(20);
        trace.Events.Select(e => Field(e, "user_stack")).Should().OnlyContain(stack => stack!.Contains("main+0x") && stack.Contains("[labtrace-workload]"));
    }

    [Test]
    public async Task Nested_calls_are_each_timed_and_know_their_depth()
    {
        var functions = new[] { new BpfFunction("labtrace_nested", Workload.Path, OffsetOf("labtrace_nested")) };

        var (trace, _) = await RecordAsync(new BpfRequest("function_latency") { Functions = functions }, "nested", "6");

        trace.Events.Select(e => Field(e, "depth")).Should().Equal("5", "4", "3", "2", "1", "0");
        trace.Events.Select(e => Field(e, "ret")).Should().Equal("0x1", "0x2", "0x3", "0x4", "0x5", "0x6");
    }

    [Test]
    public async Task Dropped_segments_are_told_with_reason_addresses_and_stack()
    {
        var (trace, _) = await RecordAsync(new BpfRequest("tcp_drop"), "connects", "3", "9");

        var drops = trace.Events.Where(e => Field(e, "reason_name") == "NO_SOCKET").ToList();
        drops.Should().HaveCount(3);
        drops.Should().OnlyContain(e => Field(e, "daddr") == "127.0.0.1" && Field(e, "dport") == "9" && Field(e, "flags") == "SYN");
        Field(drops[0], "stack").Should().Contain("tcp_v4_rcv");
    }

    [TestCase("pcie", "kprobe")]
    [TestCase("nvlink", "kprobe")]
    public async Task A_program_that_cannot_be_attached_says_what_was_tried_and_why_not(string program, string mechanism)
    {
        var start = async () => await _target.StartBpfAsync(new BpfRequest(program), CancellationToken.None);

        if (File.Exists("/sys/bus/event_source/devices/kprobe/type"))
        {
            Assert.Inconclusive("this kernel has kprobes");
        }

        var refused = (await start.Should().ThrowAsync<BpfRefusedException>()).Which;
        refused.Message.Should().Contain("the kernel has no kprobes");
        refused.Refusals.Should().Contain(r => r.StartsWith(mechanism, StringComparison.Ordinal));
        refused.VerifierLog.Should().BeEmpty("the verifier let it load");
        refused.Hint.Should().NotBeNull();
    }

    [Test]
    public async Task Nothing_stays_in_the_kernel()
    {
        var before = Programs();

        _ = await RecordAsync(new BpfRequest("syscalls"), "calls", "1");

        Programs().Should().Be(before);
        static int Programs() => Directory.GetFiles("/proc/self/fd").Count(f => new FileInfo(f).LinkTarget?.Contains("bpf", StringComparison.Ordinal) == true);
    }

    [Test]
    public async Task Only_tasks_of_a_control_group_are_recorded()
    {
        var mount = File.ReadLines("/proc/mounts").Select(l => l.Split(' ')).FirstOrDefault(m => m[2] == "cgroup2")?[1];
        Assume.That(mount, Is.Not.Null, "no control groups of version 2 are mounted");
        var group = $"{mount}/labtrace-test-{Environment.ProcessId}";
        _ = Directory.CreateDirectory(group);
        try
        {
            var id = ulong.Parse(Workload.Run("stat", "-c", "%i", group), System.Globalization.CultureInfo.InvariantCulture);
            await using var process = await _target.StartAsync(new Command(Workload.Path, "calls", "3") { HeldAtStart = true }, CancellationToken.None);
            await File.WriteAllTextAsync($"{group}/cgroup.procs", $"{process.Pid}");
            await using var session = await _target.StartBpfAsync(new BpfRequest("syscalls") { Cgroup = id, Calls = [110] }, CancellationToken.None);
            await using var other = await _target.StartAsync(new Command(Workload.Path, "calls", "5"), CancellationToken.None);
            await process.ReleaseAsync(CancellationToken.None);
            _ = await process.WaitAsync(CancellationToken.None);
            _ = await other.WaitAsync(CancellationToken.None);

            var trace = await ReadAsync(session);

            Count(trace, "bpf:syscall_exit", "getppid").Should().Be(3);
            trace.Events.Should().OnlyContain(e => e.Tgid == process.Pid);
        }
        finally
        {
            Directory.Delete(group);
        }
    }

    [Test]
    public async Task Only_a_thread_and_only_a_process_are_recorded_when_asked()
    {
        await using var process = await _target.StartAsync(new Command(Workload.Path, "calls", "6") { HeldAtStart = true }, CancellationToken.None);
        await using var byProcess = await _target.StartBpfAsync(new BpfRequest("syscalls") { Tgid = process.Pid, Calls = [110] }, CancellationToken.None);
        await using var byThread = await _target.StartBpfAsync(new BpfRequest("syscalls") { Pid = process.Pid, Calls = [110] }, CancellationToken.None);
        await using var byOther = await _target.StartBpfAsync(new BpfRequest("syscalls") { Pid = 1, Calls = [110] }, CancellationToken.None);
        await process.ReleaseAsync(CancellationToken.None);
        _ = await process.WaitAsync(CancellationToken.None);

        Count(await ReadAsync(byProcess), "bpf:syscall_exit", "getppid").Should().Be(6);
        Count(await ReadAsync(byThread), "bpf:syscall_exit", "getppid").Should().Be(6);
        (await ReadAsync(byOther)).Events.Should().BeEmpty();
    }

    [Test]
    public async Task Another_mechanism_may_be_asked_for_and_records_the_same()
    {
        foreach (var mechanism in (string[])[BpfMechanisms.TypedTracepoint, BpfMechanisms.RawTracepoint])
        {
            var (trace, _) = await RecordAsync(new BpfRequest("syscalls") { Mechanism = mechanism, Calls = [110, 82] }, "calls", "4");

            Count(trace, "bpf:syscall_exit", "getppid").Should().Be(4);
            trace.Events.Should().Contain(e => Field(e, "path2") == "/nonexistent/to");
        }
    }

    private static async Task<Trace> ReadAsync(IBpfSession session)
    {
        var capture = new MemoryStream();
        var copying = session.Capture.CopyToAsync(capture);
        await session.StopAsync(CancellationToken.None);
        await copying;
        return BpfCaptureFormat.ReadWithSummary(Capture.Of(capture.ToArray())).Trace;
    }

    private static long OffsetOf(string function) =>
        ElfImage.Parse(File.ReadAllBytes(Workload.Path), Workload.Path).TryFindFunction(function, out var found) ? (long)found.FileOffset : throw new InvalidOperationException(function);

    private static string? Field(TraceEvent e, string name) => e.TryGetField(name, out var value) ? value.ToRawText() : null;

    private static int Count(Trace trace, string events, string call, string? errno = null) =>
        trace.Of(EventName.Parse(events)).Count(e => Field(e, "name") == call && (errno is null || Field(e, "errno") == errno));

    private async Task<(Trace Trace, BpfSummary Summary)> RecordAsync(BpfRequest request, params string[] arguments)
    {
        await using var changes = TargetChanges.InMemory(_target);
        await using var process = await BpfRecorder.StartHeldAsync(changes, new Command(Workload.Path, arguments), CancellationToken.None);
        await using var session = await _target.StartBpfAsync(request with { Commands = [process.Pid] }, CancellationToken.None);
        await TestContext.Out.WriteLineAsync($"{session.Report.Mechanism} in {session.Report.Elapsed.TotalMilliseconds:F1} ms; {string.Join(", ", session.Report.Attached)}; refused {string.Join("; ", session.Report.Refused)}");
        var capture = new MemoryStream();
        var copying = session.Capture.CopyToAsync(capture);
        await process.ReleaseAsync(CancellationToken.None);
        (await process.WaitAsync(CancellationToken.None)).ExitCode.Should().Be(0);
        await session.StopAsync(CancellationToken.None);
        await copying;
        return BpfCaptureFormat.ReadWithSummary(Capture.Of(capture.ToArray()));
    }
}
