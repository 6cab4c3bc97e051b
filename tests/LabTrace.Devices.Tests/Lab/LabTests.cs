using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Lab;

public sealed class LabTests
{
    private TemporaryDirectory _directory = null!;
    private int _opened;

    [SetUp]
    public void SetUp() => (_directory, _opened) = (new TemporaryDirectory(), 0);

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task At_an_emulated_place_each_scenario_has_its_own_target_and_nobody_waits()
    {
        await using var lab = await OpenAsync(TargetKind.Emulated);
        await using var other = await OpenAsync(TargetKind.Emulated);
        await using var one = await lab.OpenScenarioAsync("one", CancellationToken.None);
        await using var two = await lab.OpenScenarioAsync("two", CancellationToken.None);

        one.Target.Should().NotBeSameAs(two.Target).And.NotBeSameAs(lab.Target);
        Directory.Exists(At("state")).Should().BeFalse();
    }

    [Test]
    public async Task At_a_real_place_scenarios_share_the_target_and_keep_their_changes_apart()
    {
        await using var lab = await OpenAsync(TargetKind.Local);
        await using var one = await lab.OpenScenarioAsync("one", CancellationToken.None);
        await using var two = await lab.OpenScenarioAsync("two", CancellationToken.None);
        await one.Changes.CreateDirectoryAsync(At("one"), CancellationToken.None);
        await two.Changes.CreateDirectoryAsync(At("two"), CancellationToken.None);

        var report = await one.CloseAsync();

        one.Target.Should().BeSameAs(two.Target).And.BeSameAs(lab.Target);
        (report.Undone, Directory.Exists(At("one")), Directory.Exists(At("two"))).Should().Be((1, false, true));
        (await one.CloseAsync()).Should().BeSameAs(UndoReport.Nothing);
    }

    [Test]
    public async Task A_place_in_use_is_not_opened_twice()
    {
        await using var lab = await OpenAsync(TargetKind.Local);
        var again = () => OpenAsync(TargetKind.Local);

        await again.Should().ThrowAsync<PlaceBusyException>();

        _opened.Should().Be(1);
    }

    [Test]
    public async Task A_place_whose_target_cannot_be_opened_is_let_go()
    {
        var options = Options(TargetKind.Local) with { OpenTarget = (_, _) => throw new TargetUnreachableException("bench", "it is off") };
        var open = () => Devices.Lab.OpenAsync(options, CancellationToken.None);
        (await open.Should().ThrowAsync<TargetUnreachableException>()).WithMessage("target 'bench' does not answer: it is off");

        await using var lab = await OpenAsync(TargetKind.Local);

        lab.Leftovers.Should().BeSameAs(UndoReport.Nothing);
    }

    [Test]
    public async Task Opening_undoes_what_a_dead_run_left()
    {
        _ = Directory.CreateDirectory(At("left"));
        var owner = ProcessIdentity.Current with { Pid = int.MaxValue };
        var bootId = (await new LocalTarget().ReadKernelIdentityAsync(CancellationToken.None)).BootId;
        using (var journal = ChangeJournal.OnDisk(
            At("state/local/journals/old.journal"), new JournalHeader("bench", "old", bootId, owner, DateTimeOffset.UnixEpoch)))
        {
            _ = journal.Record(new UndoRecord.RemoveDirectory(At("left")));
        }

        await using var lab = await OpenAsync(TargetKind.Local);

        lab.Leftovers.Undone.Should().Be(1);
        Directory.Exists(At("left")).Should().BeFalse();
    }

    [Test]
    public async Task What_is_found_out_once_is_known_to_the_end_of_the_run()
    {
        await using var lab = await OpenAsync(TargetKind.Emulated);
        var asked = 0;
        Task<string> Find(ITarget target, CancellationToken token) => Task.FromResult($"answer {++asked}");

        var first = await lab.RememberAsync("question", Find, CancellationToken.None);
        var second = await lab.RememberAsync("question", Find, CancellationToken.None);

        (first, second, asked).Should().Be(("answer 1", "answer 1", 1));
        (await lab.ReadKernelAsync(CancellationToken.None)).Should().BeSameAs(await lab.ReadKernelAsync(CancellationToken.None));
    }

    [Test]
    public async Task An_answer_that_could_not_be_had_is_asked_for_again()
    {
        await using var lab = await OpenAsync(TargetKind.Emulated);
        var asked = 0;
        Task<int> Find(ITarget target, CancellationToken token) => ++asked == 1 ? throw new IOException("once") : Task.FromResult(asked);
        var ask = () => lab.RememberAsync("question", Find, CancellationToken.None);
        await ask.Should().ThrowAsync<IOException>();

        (await ask()).Should().Be(2);
    }

    [Test]
    public async Task Scenarios_of_one_name_keep_their_captures_apart()
    {
        await using var lab = await OpenAsync(TargetKind.Emulated);
        var directories = new List<string>();
        foreach (var name in new[] { "a/b: c?", "a/b: c?", "A b c 2", "…", "a-b-c-2" })
        {
            await using var scenario = await lab.OpenScenarioAsync(name, CancellationToken.None);
            directories.Add(Path.GetRelativePath(At("out"), scenario.CaptureDirectory));
        }

        directories.Should().Equal(
            "captures/a-b-c", "captures/a-b-c-2", "captures/A-b-c-2", "captures/unnamed", "captures/a-b-c-2-2");
    }

    private string At(string name) => _directory.At(name);

    private Task<Devices.Lab> OpenAsync(TargetKind kind) => Devices.Lab.OpenAsync(Options(kind), CancellationToken.None);

    private LabOptions Options(TargetKind kind) => new(
        new PlaceDescription("bench", kind, "", null, [], new Dictionary<string, string>()),
        (place, _) =>
        {
            _opened++;
            return ValueTask.FromResult<ITarget>(new LocalTarget(place.Name));
        },
        At("out"))
    {
        StateDirectory = At("state"),
    };
}
