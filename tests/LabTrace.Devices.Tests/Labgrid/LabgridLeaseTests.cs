using FluentAssertions;
using LabTrace.Devices.Labgrid;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Labgrid;

/// <summary>Leases through a client that gives labgrid's own answers, from a recording, and keeps what it was asked.</summary>
public sealed class LabgridLeaseTests
{
    // Finds the command line in the recording and gives its answer; a client that was told to end when it was recorded waits for that here too.
    private const string Replay = """
        #!/bin/sh
        echo "$*" >>ASKED
        awk -v "want=\$ labgrid-client $*" '
          /^\$ / { on = ($0 == want); next }
          on && /^1: / { print substr($0, 4) }
          on && /^2: / { print substr($0, 4) >"/dev/stderr" }
          on && /^= / { fflush(); code = substr($0, 3); found = 1; exit }
          END { exit found ? code : 99 }' RECORDING
        code=$?
        if [ $code = 124 ]; then exec sleep 60; fi
        exit $code
        """;

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task A_place_is_reserved_acquired_asked_for_its_address_and_given_back()
    {
        var lease = await TakeAsync(Reserving("board=timecard"), "reserved");

        (lease.Host, lease.Port).Should().Be(("root@127.0.0.1", 2222));
        await lease.DisposeAsync();
        Asked().Should().Equal(
            "reserve --wait --shell board=timecard",
            "-p +9LUPNSRD76 acquire",
            "-p bench-3 env",
            "-p bench-3 release",
            "cancel-reservation 9LUPNSRD76");
    }

    [Test]
    public async Task A_place_of_that_name_needs_no_reservation()
    {
        await (await TakeAsync(Named("bench-3"), "named")).DisposeAsync();

        Asked().Should().Equal("-p bench-3 acquire", "-p bench-3 env", "-p bench-3 release");
    }

    [Test]
    public async Task A_place_that_another_has_is_busy_and_is_left_to_him()
    {
        var take = () => TakeAsync(Named("bench-3"), "busy");

        (await take.Should().ThrowAsync<PlaceBusyException>()).WithMessage("*already acquired by runner/lab*labgrid-client who*");
        Asked().Should().Equal("-p bench-3 acquire");
    }

    [Test]
    public async Task A_reservation_that_is_waited_for_in_vain_is_cancelled()
    {
        var take = () => TakeAsync(Reserving("board=none") with { Wait = TimeSpan.FromSeconds(1) }, "no-place");

        (await take.Should().ThrowAsync<PlaceBusyException>()).WithMessage("*gave no place for board=none within 1 s*");
        Asked().Should().Equal("reserve --wait --shell board=none", "cancel-reservation HWXZJH3DC0");
    }

    [Test]
    public async Task A_place_without_an_address_is_given_back()
    {
        var take = () => TakeAsync(Named("nothing"), "without-address");

        (await take.Should().ThrowAsync<LabConfigException>()).WithMessage("*has no NetworkService with an address*NetworkSerialPort*");
        Asked().Should().EndWith("-p nothing release");
    }

    [Test]
    public async Task A_place_that_labgrid_does_not_know_is_an_error_of_the_configuration()
    {
        var take = () => TakeAsync(Named("nosuchplace"), "wrong");

        (await take.Should().ThrowAsync<LabConfigException>()).WithMessage("*place pattern nosuchplace matches nothing*labgrid-client places*");
    }

    [Test]
    public async Task What_labgrid_refuses_to_reserve_is_told_in_its_words()
    {
        var take = () => TakeAsync(Reserving("board"), "wrong");

        (await take.Should().ThrowAsync<PlaceBusyException>()).WithMessage("*'board' is not a valid filter (must contain a '=')*");
    }

    [Test]
    public async Task A_lease_whose_time_is_over_is_given_back_whatever_the_run_does()
    {
        await using var lease = await TakeAsync(Named("bench-3") with { TimeToLive = TimeSpan.FromMilliseconds(300) }, "named");

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

    private LabgridSettings Reserving(string filter) => new(Client, [filter], null, TimeSpan.FromHours(1), TimeSpan.FromSeconds(20));

    private LabgridSettings Named(string place) => new(Client, [], place, TimeSpan.FromHours(1), TimeSpan.FromSeconds(20));

    private static string Fixture(string recording)
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LabTrace.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("no LabTrace.sln above the tests");
        }

        return Path.Combine(folder.FullName, "fixtures", "labgrid", recording + ".txt");
    }

    private List<string> Asked() => File.Exists(Client + ".asked") ? [.. File.ReadAllLines(Client + ".asked")] : [];

    private async Task<LabgridLease> TakeAsync(LabgridSettings settings, string recording)
    {
        await File.WriteAllTextAsync(
            Client, Replay.Replace("ASKED", Client + ".asked", StringComparison.Ordinal).Replace("RECORDING", Fixture(recording), StringComparison.Ordinal) + "\n");
        _ = (await new LocalTarget().RunAsync(new Command("chmod", "700", Client), CancellationToken.None)).EnsureSuccess();
        return await LabgridLease.TakeAsync("bench", settings, progress: null, TimeProvider.System, CancellationToken.None);
    }
}
