using System.Diagnostics;
using FluentAssertions;
using LabTrace.Devices;
using LabTrace.TestKit;
using LabTrace.Tracing;
using NUnit.Framework;
using Trace = LabTrace.Tracing.Trace;

namespace LabTrace.Emulation.Tests;

/// <summary>The emulated programs beside the real ones, and beside themselves.</summary>
[TestFixture]
internal sealed class EmulatedBpfTests
{
    private static readonly string[] Deterministic = ["openat", "close", "rename", "mprotect"];

    [Test]
    public async Task The_same_options_record_the_same_bytes()
    {
        (await EmulatedAsync("syscalls", "calls", "9")).Bytes.Should().Equal((await EmulatedAsync("syscalls", "calls", "9")).Bytes);
    }

    [Test]
    [Category(RealKernel.Category)]
    [NonParallelizable]
    public async Task Records_are_those_of_the_real_program_to_the_byte_but_for_times_addresses_and_pids()
    {
        RealKernel.Require(Environment.UserName == "root" && File.Exists("/sys/kernel/btf/vmlinux"), "root and a kernel with BTF");
        var emulated = await EmulatedAsync("syscalls", "calls", "4");
        var workload = Compile();
        await using var target = new LocalTarget("here");
        await using var changes = TargetChanges.InMemory(target);

        var real = await BpfRecorder.RecordAsync(changes, new BpfRequest("syscalls"), new Command(workload, "calls", "4"), onlyCommand: true, CancellationToken.None);

        Comparable(emulated.Trace).Should().Equal(Comparable(real.Trace));
        File.Delete(workload);
    }

    [TestCase("syscalls", "calls")]
    [TestCase("pcie", "pci")]
    [TestCase("dma_fence", "fences")]
    [TestCase("nvlink", "nvlink")]
    [TestCase("drm_ioctl", "ioctls")]
    [TestCase("tcp_drop", "connects")]
    public async Task Every_program_has_a_likeness_whose_records_are_whole(string program, string workload)
    {
        var recording = await EmulatedAsync(program, workload, "5");

        recording.Trace.Events.Count.Should().BeGreaterThan(4);
        recording.Trace.Tally.Malformed.Should().Be(0);
        recording.Trace.Tally.HasLost.Should().BeFalse();
        recording.Summary.IsComplete.Should().BeTrue();
        recording.Summary.Records.Should().Be(recording.Trace.Events.Count);
        recording.Trace.Events.Should().OnlyContain(e => e.Text.Length > 0);
        recording.Trace.Events[^1].Comm.Should().Be("labtrace-worklo");
    }

    [Test]
    public async Task A_session_that_is_disposed_records_no_more()
    {
        await using var target = new EmulatedTarget();
        var session = await target.StartBpfAsync(new BpfRequest("syscalls"), CancellationToken.None);
        await session.DisposeAsync();

        _ = await target.RunAsync(new Command("true"), CancellationToken.None);

        (await session.ReadStatusAsync(CancellationToken.None)).Counters.Should().BeEmpty();
    }

    private static async Task<BpfRecording> EmulatedAsync(string program, params string[] arguments)
    {
        await using var target = new EmulatedTarget();
        await using var changes = TargetChanges.InMemory(target);
        return await BpfRecorder.RecordAsync(changes, new BpfRequest(program), new Command("labtrace-workload", arguments), onlyCommand: true, CancellationToken.None);
    }

    /// <summary>The calls that are the same everywhere, without what no two runs share.</summary>
    private static List<string> Comparable(Trace trace)
    {
        var start = trace.Events.TakeWhile(e => Field(e, "path") != "/nonexistent/labtrace").Count();

        // What an ending program does with its files is not the workload's.
        var end = trace.Events.TakeWhile(e => Field(e, "name") != "mprotect" || Field(e, "arg0") != "NULL" || e.Name.Name != "syscall_exit").Count();
        return [.. trace.Events.Take(end).Skip(start).Where(e => Deterministic.Contains(Field(e, "name"))).Select(e =>
        {
            var bytes = e.Payload.ToArray();
            bytes.AsSpan(4, 28).Clear();
            bytes.AsSpan(56, 8).Clear();
            bytes.AsSpan(112, 16).Clear();

            // Addresses of texts, and what registers hold that are no arguments.
            var known = SyscallTable.Find((long)bytes[48] | ((long)bytes[49] << 8))!.Arguments;
            for (var i = 0; i < 6; i++)
            {
                if (i >= known.Count || known[i].Kind is 's' or 'D' or 'd' or 'm')
                {
                    bytes.AsSpan(64 + (8 * i), 8).Clear();
                }
            }

            return $"{e.Name} {Field(e, "arg0")} {(Field(e, "path") == "/dev/null" ? "" : Field(e, "errno"))} {Convert.ToHexString(bytes)}";
        })];
    }

    private static string? Field(TraceEvent e, string name) => e.TryGetField(name, out var value) ? value.ToRawText() : null;

    private static string Compile()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "LabTrace.sln")))
        {
            root = Path.GetDirectoryName(root.TrimEnd('/'))!;
        }

        // Its name is what the records' comm has.
        var directory = Directory.CreateTempSubdirectory("labtrace-bpf-").FullName;
        var program = Path.Combine(directory, "labtrace-workload");
        using var compiler = Process.Start(new ProcessStartInfo("cc", ["-O1", "-o", program, Path.Combine(root, "fixtures", "bpf", "labtrace-workload.c")]) { UseShellExecute = false })!;
        compiler.WaitForExit();
        return compiler.ExitCode == 0 ? program : throw new InvalidOperationException("the workload cannot be compiled");
    }
}
