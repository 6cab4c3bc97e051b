using FluentAssertions;
using LabTrace.Devices;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

/// <summary>The same is done to the emulated kernel and to the real one of this machine; both must answer the same.</summary>
/// <remarks>Needs root and tracefs. Where the continuous build runs (CI=true) their lack is a failure.</remarks>
[TestFixture]
[Category(RealKernel.Category)]
[NonParallelizable]
public sealed partial class DifferentialTests
{
    private const string Tracefs = "/sys/kernel/tracing";

    [OneTimeSetUp]
    public void NeedTracefs() => RealKernel.RequireTracefs();

    private static async Task CompareAsync(Func<KernelScript, Task> script)
    {
        var emulated = await AnswersAsync(new EmulatedTarget(new EmulationOptions { Cpus = Environment.ProcessorCount }), script);
        var real = await AnswersAsync(new LocalTarget(), script);

        var differences = emulated.Zip(real).Where(p => p.First != p.Second).Select(p => $"\nemulated {p.First}\nreal     {p.Second}");
        differences.Should().BeEmpty();
        emulated.Should().HaveCount(real.Count);
    }

    private static async Task<IReadOnlyList<string>> AnswersAsync(ITarget target, Func<KernelScript, Task> script)
    {
        await using var ending = target;
        var instance = $"{Tracefs}/instances/labtrace_diff_{Environment.ProcessId}";
        await target.CreateDirectoryAsync(instance, CancellationToken.None);
        try
        {
            var run = new KernelScript(target, Tracefs, instance);
            await script(run);
            return run.Answers;
        }
        finally
        {
            await target.RemoveDirectoryAsync(instance, CancellationToken.None);
        }
    }
}
