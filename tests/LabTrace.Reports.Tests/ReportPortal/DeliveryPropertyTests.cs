using FsCheck;
using FsCheck.Fluent;
using LabTrace.TestKit.Portal;

namespace LabTrace.Reports.Tests.ReportPortal;

/// <summary>Whatever goes wrong, and whenever: in the end the server has each thing once.</summary>
public sealed class DeliveryPropertyTests
{
    private static readonly PortalFault[] Faults = Enum.GetValues<PortalFault>();

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public Property After_a_drain_the_server_has_the_whole_run_once() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        Gen.Elements(Faults).ListOf(40).ToArbitrary(),
        (seed, faults) => CheckAsync(seed, faults, isAsynchronous: seed % 3 == 0).GetAwaiter().GetResult());

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public Property After_a_server_that_died_and_came_back_the_server_has_the_whole_run_once() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        Gen.Choose(1, 60).ToArbitrary(),
        Gen.Choose(1, 60).ToArbitrary(),
        (seed, dies, returns) => CheckDeathAsync(seed, dies, returns).GetAwaiter().GetResult());

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public Property After_a_run_that_was_cut_off_anywhere_a_drain_ends_what_was_open() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        Gen.Choose(0, 100).ToArbitrary(),
        Gen.Choose(0, 3000).ToArbitrary(),
        (seed, percent, cutBytes) => CheckCutAsync(seed, percent, cutBytes).GetAwaiter().GetResult());

    private static async Task CheckAsync(int seed, IReadOnlyList<PortalFault> faults, bool isAsynchronous)
    {
        await using var bench = new PortalBench();
        bench.Environment["RP_SERVER_ASYNCREPORTING"] = isAsynchronous ? "true" : "false";
        var stream = PortalRuns.Make(seed, features: 3);
        var expected = await WithoutFaultsAsync(bench, stream);
        var asked = -1;
        bench.Server.Fault = _ => Interlocked.Increment(ref asked) is var n && n < faults.Count * 3 ? faults[n % faults.Count] : PortalFault.None;

        await bench.ReportAsync(stream);
        bench.Server.Fault = _ => PortalFault.None;
        (await bench.DrainAsync()).Should().Be(0, bench.Console.ToString());

        bench.Server.Model.Violations.Should().BeEmpty();
        PortalTree.Render(bench.Server.Model).Should().Be(expected);
    }

    private static async Task CheckDeathAsync(int seed, int dies, int returns)
    {
        await using var bench = new PortalBench();
        var stream = PortalRuns.Make(seed, features: 3);
        var expected = await WithoutFaultsAsync(bench, stream);
        var count = 0;

        await bench.ReportAsync(stream, before: async _ =>
        {
            count++;
            if (count == dies)
            {
                await bench.Server.DieAsync();
            }
            else if (count == dies + returns)
            {
                bench.Server.Start();
            }
        });
        if (count >= dies && count < dies + returns)
        {
            bench.Server.Start();
        }

        (await bench.DrainAsync()).Should().Be(0, bench.Console.ToString());

        bench.Server.Model.Violations.Should().BeEmpty();
        PortalTree.Render(bench.Server.Model).Should().Be(expected);
    }

    private static async Task CheckCutAsync(int seed, int percent, int cutBytes)
    {
        await using var bench = new PortalBench();
        var stream = PortalRuns.Make(seed, features: 2);
        await bench.Server.DieAsync();
        await bench.ReportAsync(stream);
        bench.Server.Start();
        var spool = Path.Combine(bench.Spool, "spool.ndjson");
        var whole = await File.ReadAllBytesAsync(spool);
        await File.WriteAllBytesAsync(spool, whole[..(int)Math.Max(0, (whole.Length * (long)percent / 100) - cutBytes)]);

        (await bench.DrainAsync()).Should().Be(0, bench.Console.ToString());

        bench.Server.Model.Violations.Should().BeEmpty();
        bench.Server.Model.Items.Should().NotContain(item => item.EndTime == null);
        bench.Server.Model.Launches.Should().NotContain(launch => launch.EndTime == null);
        (await bench.DrainAsync()).Should().Be(0);
    }

    private static async Task<string> WithoutFaultsAsync(PortalBench bench, List<Scenarios.Messages.Envelope> stream)
    {
        await bench.ReportAsync(stream);
        bench.Server.Model.Violations.Should().BeEmpty();
        var expected = PortalTree.Render(bench.Server.Model);
        bench.Server.Model.Launches.Should().ContainSingle().Which.EndTime.Should().NotBeNull(bench.Console.ToString());
        bench.Server.Reset();
        Directory.Delete(bench.Spool, recursive: true);
        bench.Console.GetStringBuilder().Clear();
        return expected;
    }
}
