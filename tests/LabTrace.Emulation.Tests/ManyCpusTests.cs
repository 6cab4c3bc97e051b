using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

[TestFixture]
public sealed class ManyCpusTests
{
    [TestCase(1, "1")]
    [TestCase(2, "3")]
    [TestCase(63, "7fffffffffffffff")]
    [TestCase(64, "ffffffffffffffff")]
    public async Task Every_cpu_is_traced_and_may_be_used(int cpus, string mask)
    {
        await using var target = new EmulatedTarget(new EmulationOptions { Cpus = cpus });

        (await target.ReadTextAsync("/sys/kernel/tracing/tracing_cpumask", default)).Replace(",", "", StringComparison.Ordinal).Should().Be(mask);
        (await target.RunAsync(new Command("taskset", "-c", $"{cpus - 1}", "true"), default)).ExitCode.Should().Be(0);
    }
}
