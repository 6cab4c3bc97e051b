using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Journal;

public sealed class TargetChangesTests
{
    private TemporaryDirectory _directory = null!;
    private StubbornTarget _target = null!;
    private TargetChanges _changes = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TemporaryDirectory();
        _target = new StubbornTarget(new LocalTarget("bench"));
        _changes = TargetChanges.InMemory(_target);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _changes.DisposeAsync();
        _directory.Dispose();
    }

    [Test]
    public async Task An_attribute_gets_back_what_it_held_before_its_first_change()
    {
        File.WriteAllText(At("attribute"), "old\n");
        await _changes.SetAttributeAsync(At("attribute"), "new", restoreValue: null, CancellationToken.None);
        await _changes.SetAttributeAsync(At("attribute"), "newer", restoreValue: null, CancellationToken.None);
        var changed = File.ReadAllText(At("attribute"));

        var report = await _changes.UndoAsync(CancellationToken.None);

        changed.Should().Be("newer\n");
        File.ReadAllText(At("attribute")).Should().Be("old\n");
        report.Should().BeEquivalentTo(new UndoReport(1, 0, [], []));
    }

    [Test]
    public async Task An_attribute_that_reads_otherwise_gets_the_value_it_is_told()
    {
        File.WriteAllText(At("clock"), "[local] global\n");
        await _changes.SetAttributeAsync(At("clock"), "global", restoreValue: "local", CancellationToken.None);

        _ = await _changes.UndoAsync(CancellationToken.None);

        File.ReadAllText(At("clock")).Should().Be("local\n");
    }

    [Test]
    public async Task Of_many_attributes_those_before_a_refusal_are_undone_and_the_others_were_never_made()
    {
        File.WriteAllText(At("a"), "a");
        File.WriteAllText(At("b"), "b");
        var set = () => _changes.SetAttributesAsync(
            [new(At("a"), "1"), new(At("missing"), "2", RestoreValue: "0"), new(At("b"), "3")], CancellationToken.None);
        (await set.Should().ThrowAsync<TargetIOException>()).WithMessage($"write '2' to {At("missing")} on target 'bench': ENOENT *");
        var (a, b) = (File.ReadAllText(At("a")), File.ReadAllText(At("b")));

        var report = await _changes.UndoAsync(CancellationToken.None);

        (a, b).Should().Be(("1\n", "b"));
        File.ReadAllText(At("a")).Should().Be("a\n");
        report.Undone.Should().Be(1);
    }

    [Test]
    public async Task An_attribute_that_cannot_be_read_is_not_changed()
    {
        var set = () => _changes.SetAttributeAsync(At("missing"), "1", restoreValue: null, CancellationToken.None);

        (await set.Should().ThrowAsync<TargetIOException>())
            .WithMessage($"read, to restore it later, {At("missing")} on target 'bench': ENOENT *");

        _changes.Count.Should().Be(0);
    }

    [Test]
    public async Task A_memory_gets_back_the_bytes_that_it_held_before_its_first_change()
    {
        byte[] held = [0, 0xFF, 10, 0];
        File.WriteAllBytes(At("memory"), held);
        await _changes.SetBytesAsync(At("memory"), "new"u8.ToArray(), CancellationToken.None);
        await _changes.SetBytesAsync(At("memory"), "newer"u8.ToArray(), CancellationToken.None);
        var changed = File.ReadAllText(At("memory"));

        var report = await _changes.UndoAsync(CancellationToken.None);

        changed.Should().Be("newer");
        File.ReadAllBytes(At("memory")).Should().Equal(held);
        report.Should().BeEquivalentTo(new UndoReport(1, 0, [], []));
    }

    [Test]
    public async Task A_memory_that_refuses_was_not_changed()
    {
        const string full = "/dev/full";
        var memory = At("memory");
        _ = File.CreateSymbolicLink(memory, full);
        var set = () => _changes.SetBytesAsync(memory, new byte[] { 1 }, CancellationToken.None);

        _ = await set.Should().ThrowAsync<TargetIOException>();

        _changes.Count.Should().Be(0);
    }

    [Test]
    public async Task A_line_is_taken_back_by_a_line()
    {
        File.WriteAllText(At("list"), "");
        await _changes.AppendLineAsync(At("list"), "p:group/name", "-:group/name", CancellationToken.None);

        _ = await _changes.UndoAsync(CancellationToken.None);

        File.ReadAllText(At("list")).Should().Be("p:group/name\n-:group/name\n");
    }

    [Test]
    public async Task Changes_are_taken_back_in_reverse()
    {
        await _changes.CreateDirectoryAsync(At("directory"), CancellationToken.None);
        await _changes.CreateDirectoryAsync(At("directory/below"), CancellationToken.None);
        await _changes.CreateFileAsync(At("directory/below/file"), "x"u8.ToArray(), CancellationToken.None);

        var report = await _changes.UndoAsync(CancellationToken.None);

        report.Should().BeEquivalentTo(new UndoReport(3, 0, [], []));
        Directory.Exists(At("directory")).Should().BeFalse();
        _changes.Count.Should().Be(0);
    }

    [Test]
    public async Task What_is_there_already_is_not_ours_to_make_or_to_remove()
    {
        _ = Directory.CreateDirectory(At("theirs"));
        var create = () => _changes.CreateDirectoryAsync(At("theirs"), CancellationToken.None);
        (await create.Should().ThrowAsync<TargetIOException>()).WithMessage(
            $"mkdir {At("theirs")} on target 'bench': EEXIST (File exists)\n  try: it is not this run's; remove it, or use another name");

        _ = await _changes.UndoAsync(CancellationToken.None);

        Directory.Exists(At("theirs")).Should().BeTrue();
    }

    [Test]
    public async Task A_refused_change_is_not_undone()
    {
        var create = () => _changes.CreateDirectoryAsync(At("missing/below"), CancellationToken.None);

        await create.Should().ThrowAsync<TargetIOException>();

        _changes.Count.Should().Be(0);
    }

    [Test]
    public async Task What_is_gone_already_is_no_problem()
    {
        await _changes.CreateDirectoryAsync(At("directory"), CancellationToken.None);
        await _changes.CreateFileAsync(At("directory/file"), default, CancellationToken.None);
        Directory.Delete(At("directory"), recursive: true);

        var report = await _changes.UndoAsync(CancellationToken.None);

        report.Should().BeEquivalentTo(new UndoReport(0, 2, [], []));
    }

    [Test]
    public async Task What_is_busy_is_tried_again()
    {
        await _changes.CreateDirectoryAsync(At("directory"), CancellationToken.None);
        _target.BusyRemovals = 3;

        var report = await _changes.UndoAsync(CancellationToken.None);

        report.Undone.Should().Be(1);
        Directory.Exists(At("directory")).Should().BeFalse();
    }

    [Test]
    public async Task A_change_that_resists_is_reported_and_stops_nothing()
    {
        await _changes.CreateFileAsync(At("file"), default, CancellationToken.None);
        await _changes.CreateDirectoryAsync(At("directory"), CancellationToken.None);
        File.WriteAllText(At("directory/stranger"), "");

        var report = await _changes.UndoAsync(CancellationToken.None);

        File.Exists(At("file")).Should().BeFalse();
        report.IsComplete.Should().BeFalse();
        report.ToString().Should().Be(
            $"1 undone, 0 gone already, 1 still there\n"
            + $"  could not rmdir {At("directory")}: rmdir {At("directory")} on target 'bench': ENOTEMPTY (Directory not empty)");
        File.Delete(At("directory/stranger"));
        (await _changes.UndoAsync(CancellationToken.None)).Undone.Should().Be(1);
    }

    [Test]
    public async Task When_time_is_over_the_rest_is_reported()
    {
        await _changes.CreateDirectoryAsync(At("directory"), CancellationToken.None);
        using var over = new CancellationTokenSource();
        await over.CancelAsync();

        var report = await _changes.UndoAsync(over.Token);

        report.Problems.Should().Equal(new UndoProblem($"rmdir {At("directory")}", "the time for undoing was over"));
    }

    [Test]
    public async Task A_started_program_is_ended()
    {
        var process = await _changes.StartAsync(new Command("sleep", "300"), CancellationToken.None);

        var report = await _changes.UndoAsync(CancellationToken.None);

        (await process.WaitAsync(CancellationToken.None)).ExitCode.Should().Be(130);
        report.Undone.Should().Be(1);
    }

    [Test]
    public async Task A_program_that_was_to_be_held_is_held()
    {
        var process = await _changes.StartAsync(new Command("echo", "ran") { HeldAtStart = true }, CancellationToken.None);

        _ = await _changes.UndoAsync(CancellationToken.None);

        (await process.WaitAsync(CancellationToken.None)).OutputText.Should().BeEmpty();
    }

    [Test]
    public async Task A_program_that_ran_to_its_end_leaves_nothing_to_undo()
    {
        var result = await _changes.RunAsync(new Command("echo", "ran"), CancellationToken.None);

        result.OutputText.Should().Be("ran\n");
        _changes.Count.Should().Be(0);
    }

    [Test]
    public async Task A_command_is_taken_back_by_a_command()
    {
        await _changes.RunUndoableAsync(
            new Command("mkdir", At("directory")), new Command("rmdir", At("directory")), isVolatile: false, CancellationToken.None);
        var made = Directory.Exists(At("directory"));

        _ = await _changes.UndoAsync(CancellationToken.None);

        (made, Directory.Exists(At("directory"))).Should().Be((true, false));
    }

    [Test]
    public async Task A_command_that_failed_leaves_nothing_to_undo()
    {
        var run = () => _changes.RunUndoableAsync(new Command("false"), new Command("false"), isVolatile: true, CancellationToken.None);

        (await run.Should().ThrowAsync<CommandFailedException>()).WithMessage("`false` on target 'bench' ended with exit code 1");

        _changes.Count.Should().Be(0);
    }

    [Test]
    public async Task A_module_that_cannot_be_loaded_leaves_nothing_to_undo()
    {
        var load = () => _changes.LoadModuleAsync(At("none.ko"), [], CancellationToken.None);

        await load.Should().ThrowAsync<LabException>();

        _changes.Count.Should().Be(0);
    }

    [Test]
    public async Task The_change_is_recorded_on_the_disk_before_it_is_made()
    {
        var journals = new JournalDirectory(At("journals"), TimeProvider.System);
        var recorded = "";
        _target.BeforeChange = () => recorded = File.ReadAllText(Directory.GetFiles(At("journals")).Single());
        await using var changes = new TargetChanges(_target, journals.Create("bench", "a scenario", "boot"), TimeProvider.System);

        await changes.CreateDirectoryAsync(At("directory"), CancellationToken.None);

        recorded.Should().Contain("\"scenario\":\"a scenario\"")
            .And.Contain($$$"""{"change":1,"undo":{"do":"rmdir","path":"{{{At("directory")}}}"}}""");
    }

    [Test]
    public async Task A_journal_that_cannot_be_written_keeps_the_change_from_being_made()
    {
        File.WriteAllText(At("journals"), "in the way");
        var journal = new JournalDirectory(At("journals"), TimeProvider.System).Create("bench", "a scenario", "boot");
        await using var changes = new TargetChanges(_target, journal, TimeProvider.System);
        var create = () => changes.CreateDirectoryAsync(At("directory"), CancellationToken.None);

        (await create.Should().ThrowAsync<JournalException>()).WithMessage(
            $"the journal {At("journals")}/*.journal cannot be written: * The change was not made\n"
            + "  try: free space there, or set XDG_STATE_HOME to a directory that can be written");

        Directory.Exists(At("directory")).Should().BeFalse();
    }

    private string At(string name) => _directory.At(name);
}
