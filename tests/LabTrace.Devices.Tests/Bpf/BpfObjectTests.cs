using FluentAssertions;
using LabTrace.TestKit;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Bpf;

/// <summary>The programs that are shipped are those whose source is here.</summary>
[NonParallelizable]
internal sealed class BpfObjectTests
{
    private static readonly string Built = Path.Combine(Workload.Root(), "artifacts", "bpf");

    [TestCaseSource(typeof(BpfPrograms), nameof(BpfPrograms.Names))]
    public void A_program_compiled_anew_has_the_same_bytes(string program)
    {
        RealKernel.Require(File.Exists(Path.Combine(Built, $"{program}.bpf.o")), "clang, bpftool and libbpf-dev when LabTrace was built");
        if (!Workload.Run("clang", "--version").Contains("version 14.", StringComparison.Ordinal))
        {
            Assert.Inconclusive("only one compiler makes the same bytes");
        }

        var built = File.ReadAllBytes(Path.Combine(Built, $"{program}.bpf.o"));

        built.Should().Equal(BpfObjectFiles.Read(program), "run src/LabTrace.Devices/Bpf/Programs/build.sh src/LabTrace.Devices/Bpf/Objects after a change");
    }

    [Test]
    [Category(RealKernel.Category)]
    public async Task A_program_compiled_anew_records_the_same()
    {
        Workload.Require();
        RealKernel.Require(Directory.Exists(Built), "clang, bpftool and libbpf-dev when LabTrace was built");
        var shipped = await CallsAsync();
        Environment.SetEnvironmentVariable(BpfObjectFiles.DirectoryVariable, Built);
        try
        {
            (await CallsAsync()).Should().Equal(shipped);
        }
        finally
        {
            Environment.SetEnvironmentVariable(BpfObjectFiles.DirectoryVariable, null);
        }
    }

    [TestCaseSource(typeof(BpfPrograms), nameof(BpfPrograms.Names))]
    [Category(RealKernel.Category)]
    public async Task Each_program_passes_the_verifier_of_this_kernel(string program)
    {
        Workload.Require();
        await using var target = new LocalTarget("here");
        BpfFunction[] functions = program == "function_latency" ? [new BpfFunction("schedule")] : [];

        try
        {
            await using var session = await target.StartBpfAsync(new BpfRequest(program) { Functions = functions }, CancellationToken.None);
            session.Report.Attached.Should().NotBeEmpty();
        }
        catch (BpfRefusedException e)
        {
            e.VerifierLog.Should().BeEmpty("what cannot be attached here can be loaded");
            e.Refusals.Should().OnlyContain(r => r.Contains("attach: ", StringComparison.Ordinal) || r.Contains("does not allow it", StringComparison.Ordinal));
        }
    }

    private static async Task<IReadOnlyList<string>> CallsAsync()
    {
        await using var target = new LocalTarget("here");
        await using var changes = TargetChanges.InMemory(target);
        var recording = await BpfRecorder.RecordAsync(changes, new BpfRequest("syscalls"), new Command(Workload.Path, "calls", "5"), onlyCommand: true, CancellationToken.None);
        return [.. recording.Trace.Events.Select(e => $"{e.Name} {(e.TryGetField("name", out var name) ? name.ToRawText() : "")} {(e.TryGetField("path", out var path) ? path.ToRawText() : "")}")];
    }
}
