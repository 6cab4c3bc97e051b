using FluentAssertions;
using LabTrace.Devices.Labgrid;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Labgrid;

/// <summary>Leases through a client that answers as labgrid's does, and keeps what it was asked.</summary>
public sealed class LabgridLeaseTests
{
    private const string Export = """
        {
          "NetworkService": {
            "NetworkService": {
              "acquired": null,
              "params": { "address": "10.1.2.3", "username": "lab", "port": 2222 }
            }
          }
        }
        """;

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task A_place_is_reserved_acquired_exported_and_given_back()
    {
        var lease = await TakeAsync(Reserving());

        (lease.Host, lease.Port).Should().Be(("lab@10.1.2.3", 2222));
        await lease.DisposeAsync();
        Asked().Should().Equal(
            "reserve --wait --shell board=timecard",
            "-p +TOKEN7 acquire",
            "-p +TOKEN7 export --format json /dev/stdout",
            "-p +TOKEN7 release",
            "cancel-reservation TOKEN7");
    }

    [Test]
    public async Task A_place_of_that_name_needs_no_reservation()
    {
        await (await TakeAsync(Named())).DisposeAsync();

        Asked().Should().Equal("-p bench-3 acquire", "-p bench-3 export --format json /dev/stdout", "-p bench-3 release");
    }

    [Test]
    public async Task A_place_that_another_has_is_busy_and_the_reservation_is_cancelled()
    {
        var take = () => TakeAsync(Reserving(), acquire: "echo 'labgrid-client: error: place bench-3 is already acquired by host/user' >&2; exit 1");

        (await take.Should().ThrowAsync<PlaceBusyException>()).WithMessage("*already acquired by host/user*labgrid-client who*");
        Asked().Should().EndWith("cancel-reservation TOKEN7");
    }

    [Test]
    public async Task A_place_without_an_address_is_given_back()
    {
        var take = () => TakeAsync(Named(), export: "echo '{}'");

        (await take.Should().ThrowAsync<LabConfigException>()).WithMessage("*exports no NetworkService with an address*");
        Asked().Should().EndWith("-p bench-3 release");
    }

    [Test]
    public async Task A_lease_whose_time_is_over_is_given_back_whatever_the_run_does()
    {
        await using var lease = await TakeAsync(Named() with { TimeToLive = TimeSpan.FromMilliseconds(300) });

        await lease.Over;

        await Eventually.BecomesTrueAsync(() => Task.FromResult(Asked().Contains("-p bench-3 release")), "released");
    }

    [TestCase("labgrid-place", "bench-3", "labgrid-reserve", "board=x")]
    [TestCase("labgrid-reserve", "board", "labgrid-ttl", "1")]
    public void Settings_that_contradict_each_other_are_refused(string firstKey, string first, string secondKey, string second)
    {
        var place = new PlaceDescription("bench", TargetKind.Ssh, "", null, [], new Dictionary<string, string> { [firstKey] = first, [secondKey] = second });

        var read = () => LabgridSettings.Of(place);

        read.Should().Throw<LabConfigException>();
    }

    private string Client => Path.Combine(_directory.Path, "labgrid-client");

    private LabgridSettings Reserving() => new(Client, ["board=timecard"], null, TimeSpan.FromHours(1), TimeSpan.FromSeconds(20));

    private LabgridSettings Named() => new(Client, [], "bench-3", TimeSpan.FromHours(1), TimeSpan.FromSeconds(20));

    private List<string> Asked() => File.Exists(Client + ".asked") ? [.. File.ReadAllLines(Client + ".asked")] : [];

    private async Task<LabgridLease> TakeAsync(LabgridSettings settings, string acquire = "echo \"acquired place bench-3\"", string? export = null)
    {
        // `export` stays up until it is told to end, as labgrid's does.
        await File.WriteAllTextAsync(Client, $"""
            #!/bin/sh
            echo "$*" >>{Client}.asked
            case "$*" in
              reserve*) echo 'export LG_TOKEN=TOKEN7' ;;
              *" acquire") {acquire} ;;
              *" export "*) {export ?? $"cat <<'EOF'\n{Export}\nEOF\nexec sleep 60"}
                ;;
            esac
            """);
        _ = (await new LocalTarget().RunAsync(new Command("chmod", "700", Client), CancellationToken.None)).EnsureSuccess();
        return await LabgridLease.TakeAsync("bench", settings, progress: null, TimeProvider.System, CancellationToken.None);
    }
}
