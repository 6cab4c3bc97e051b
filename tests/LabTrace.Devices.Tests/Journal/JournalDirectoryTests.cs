using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Journal;

public sealed class JournalDirectoryTests
{
    private readonly LocalTarget _target = new("bench");
    private TemporaryDirectory _directory = null!;
    private JournalDirectory _journals = null!;
    private string _bootId = "";

    [SetUp]
    public async Task SetUp()
    {
        _directory = new TemporaryDirectory();
        _journals = new JournalDirectory(At("journals"), TimeProvider.System);
        _bootId = (await _target.ReadKernelIdentityAsync(CancellationToken.None)).BootId;
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task Nothing_left_is_nothing_to_do()
    {
        var report = await _journals.RestoreAsync(_target, CancellationToken.None);

        report.Should().BeSameAs(UndoReport.Nothing);
        _journals.List().Should().BeEmpty();
    }

    [Test]
    public async Task A_dead_runs_changes_are_undone_and_its_journal_goes()
    {
        _ = Directory.CreateDirectory(At("directory"));
        Leave(_bootId, pid: int.MaxValue, new UndoRecord.RemoveDirectory(At("directory")));
        var left = _journals.List();

        var report = await _journals.RestoreAsync(_target, CancellationToken.None);

        left.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Scenario = "a scenario", OwnerIsAlive = false, Changes = 1 });
        report.Undone.Should().Be(1);
        Directory.Exists(At("directory")).Should().BeFalse();
        Directory.GetFiles(At("journals")).Should().BeEmpty();
    }

    [Test]
    public async Task A_living_runs_journal_is_left_alone()
    {
        _ = Directory.CreateDirectory(At("directory"));
        Leave(_bootId, Environment.ProcessId, new UndoRecord.RemoveDirectory(At("directory")));

        var report = await _journals.RestoreAsync(_target, CancellationToken.None);

        report.Should().BeSameAs(UndoReport.Nothing);
        Directory.Exists(At("directory")).Should().BeTrue();
        _journals.List().Should().ContainSingle().Which.OwnerIsAlive.Should().BeTrue();
    }

    [Test]
    public async Task After_a_boot_only_what_outlives_one_is_undone()
    {
        File.WriteAllText(At("file"), "");
        File.WriteAllText(At("memory"), "");
        Leave(
            "another boot",
            pid: int.MaxValue,
            new UndoRecord.RemoveFile(At("file")),
            new UndoRecord.WriteBytes(At("memory"), [0, 0xFF]),
            new UndoRecord.WriteBack("/sys/kernel/tracing/tracing_on", "0"),
            new UndoRecord.Exchange("/sys/bus/pci/drivers/ptp_ocp/bind", "0000:01:00.0", "/sys/bus/pci/drivers/ptp_ocp/0000:01:00.0"),
            new UndoRecord.KillProcess(Environment.ProcessId, ProcessIdentity.Current.StartTicks, "this test"));

        var report = await _journals.RestoreAsync(_target, CancellationToken.None);

        (report.Undone, report.Gone, report.IsComplete).Should().Be((2, 0, true));
        File.ReadAllBytes(At("memory")).Should().Equal(0, 0xFF);
        report.Notes.Should().Equal("3 changes of 'a scenario' dropped: 'bench' was booted since, which undid them");
        File.Exists(At("file")).Should().BeFalse();
    }

    [Test]
    public async Task A_pid_that_is_anothers_by_now_is_not_killed()
    {
        await using var process = await _target.StartAsync(new Command("sleep", "300"), CancellationToken.None);
        var ticks = await Undoing.ReadStartTicksAsync(_target, process.Pid, CancellationToken.None);
        Leave(_bootId, pid: int.MaxValue, new UndoRecord.KillProcess(process.Pid, ticks - 1, "sleep 300"));

        var report = await _journals.RestoreAsync(_target, CancellationToken.None);

        report.Gone.Should().Be(1);
        (await Undoing.ReadStartTicksAsync(_target, process.Pid, CancellationToken.None)).Should().Be(ticks);
    }

    [Test]
    public async Task What_resists_stays_in_the_journal_for_the_next_time()
    {
        _ = Directory.CreateDirectory(At("directory/stranger"));
        File.WriteAllText(At("file"), "");
        Leave(_bootId, pid: int.MaxValue, new UndoRecord.RemoveDirectory(At("directory")), new UndoRecord.RemoveFile(At("file")));

        var first = await _journals.RestoreAsync(_target, CancellationToken.None);
        Directory.Delete(At("directory/stranger"));
        var second = await _journals.RestoreAsync(_target, CancellationToken.None);

        (first.Undone, first.Problems.Count).Should().Be((1, 1));
        (second.Undone, second.IsComplete).Should().Be((1, true));
    }

    [Test]
    public async Task A_line_cut_short_by_the_kill_tells_of_nothing_that_was_made()
    {
        var path = Leave(_bootId, pid: int.MaxValue, new UndoRecord.RemoveDirectory(At("missing")));
        File.AppendAllText(path, "{\"change\":2,\"undo\":{\"do\":\"rm");

        var report = await _journals.RestoreAsync(_target, CancellationToken.None);

        report.ToString().Should().Be("0 undone, 1 gone already, 0 still there");
        File.Exists(path).Should().BeFalse();
    }

    [Test]
    public async Task A_restore_that_is_itself_cut_short_goes_on_next_time()
    {
        _ = Directory.CreateDirectory(At("directory/stranger"));
        var path = Leave(_bootId, pid: int.MaxValue, new UndoRecord.RemoveDirectory(At("directory")), new UndoRecord.RemoveFile(At("file")));
        File.AppendAllText(path, "{\"change\":3");
        _ = await _journals.RestoreAsync(_target, CancellationToken.None);

        var second = await _journals.RestoreAsync(_target, CancellationToken.None);

        (second.Problems.Count, second.Gone, second.Notes.Count).Should().Be((1, 0, 0));
    }

    [Test]
    public async Task A_line_that_cannot_be_read_is_told_and_the_others_are_undone()
    {
        _ = Directory.CreateDirectory(At("directory"));
        var path = Leave(_bootId, pid: int.MaxValue, new UndoRecord.RemoveDirectory(At("directory")));
        File.AppendAllText(path, "{\"change\":2,\"undo\":{\"do\":\"paint\"}}\n");

        var report = await _journals.RestoreAsync(_target, CancellationToken.None);

        report.Undone.Should().Be(1);
        report.Notes.Should().Equal($"1 lines of {path} could not be read; what they recorded was not undone");
    }

    [Test]
    public async Task What_a_killed_run_changed_is_undone_by_the_next()
    {
        File.WriteAllText(At("attribute"), "old\n");
        File.WriteAllText(At("list"), "");
        await using var victim = await RunningVictim.StartAsync("change", At("state"), _directory.Path);
        var changed = File.ReadAllText(At("attribute"));
        var sleeper = int.Parse(victim.FirstLine, System.Globalization.CultureInfo.InvariantCulture);
        var journals = JournalDirectory.OfPlace(At("state"), "local", TimeProvider.System);

        var exitCode = await victim.EndByAsync(TargetSignal.Kill);
        var left = journals.List();
        var report = await journals.RestoreAsync(_target, CancellationToken.None);

        (changed, exitCode).Should().Be(("changed\n", 137));
        left.Should().ContainSingle().Which.Should().BeEquivalentTo(new { OwnerPid = victim.Pid, OwnerIsAlive = false, Changes = 5 });
        report.ToString().Should().Be("5 undone, 0 gone already, 0 still there");
        File.ReadAllText(At("attribute")).Should().Be("old\n");
        File.ReadAllText(At("list")).Should().Be("p:group/name\n-:group/name\n");
        Directory.Exists(At("directory")).Should().BeFalse();
        await Eventually.BecomesTrueAsync(
            async () => await Undoing.ReadStartTicksAsync(_target, sleeper, CancellationToken.None) == 0, "the sleep is dead");
    }

    [Test]
    public async Task An_interrupted_run_undoes_everything_itself()
    {
        File.WriteAllText(At("attribute"), "old\n");
        File.WriteAllText(At("list"), "");
        await using var victim = await RunningVictim.StartAsync("change", At("state"), _directory.Path);

        var exitCode = await victim.EndByAsync(TargetSignal.Interrupt);

        exitCode.Should().Be(130);
        File.ReadAllText(At("attribute")).Should().Be("old\n");
        Directory.Exists(At("directory")).Should().BeFalse();
        JournalDirectory.OfPlace(At("state"), "bench", TimeProvider.System).List().Should().BeEmpty();
    }

    private string At(string name) => _directory.At(name);

    // As a run leaves it that was killed: with its file, and nobody to close it.
    private string Leave(string bootId, int pid, params UndoRecord[] undos)
    {
        var owner = ProcessIdentity.Current with { Pid = pid };
        var path = At($"journals/{Guid.NewGuid():N}.journal");
        var journal = ChangeJournal.OnDisk(path, new JournalHeader("bench", "a scenario", bootId, owner, DateTimeOffset.UnixEpoch));
        _ = journal.Record(undos);
        journal.Dispose();
        return path;
    }
}
