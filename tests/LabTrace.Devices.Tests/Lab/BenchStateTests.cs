using FluentAssertions;
using LabTrace.Devices.Tests.Wire;
using LabTrace.Devices.Wire;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Lab;

/// <summary>What a bench keeps of its runs, over a wire to a target served in this process.</summary>
public sealed class BenchStateTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly List<IAsyncDisposable> _open = [];
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public async Task TearDownAsync()
    {
        foreach (var each in Enumerable.Reverse(_open))
        {
            await each.DisposeAsync();
        }

        _open.Clear();
        _directory.Dispose();
    }

    [Test]
    public async Task Two_runs_cannot_have_one_bench_and_the_second_is_told_who_has_it()
    {
        _ = await OpenAsync(await LinkAsync());

        var second = async () => await OpenAsync(await LinkAsync());

        (await second.Should().ThrowAsync<PlaceBusyException>()).WithMessage($"target 'bench' is in use by pid {Environment.ProcessId} of *");
    }

    [Test]
    public async Task The_lock_goes_with_the_link()
    {
        var first = await LinkAsync();
        _ = await OpenAsync(first);

        await first.DisposeAsync();

        var state = await BenchState.OpenAsync(await LinkAsync(), [Root], TimeSpan.FromSeconds(10), null, TimeProvider.System, None);
        state.Should().NotBeNull();
    }

    [Test]
    public async Task What_a_run_of_another_machine_left_is_undone_by_the_next()
    {
        var made = Path.Combine(_directory.Path, "made");
        var dead = await LinkAsync();
        var header = Header("elsewhere");
        await using (var changes = new TargetChanges(dead, ChangeJournal.InMemory(), TimeProvider.System) { OnBench = (await OpenAsync(dead)).OpenJournal("a.journal", header) })
        {
            await changes.CreateDirectoryAsync(made, None);

            // The runner dies here: the link goes, and nothing is undone from there.
            await dead.DisposeAsync();
            changes.Close();
        }

        var next = await LinkAsync();
        var state = await BenchState.OpenAsync(next, [Root], TimeSpan.FromSeconds(10), null, TimeProvider.System, None);
        var report = await state!.RestoreAsync(new HashSet<string>(), header.BootId, TimeProvider.System, None);

        report.Undone.Should().Be(1);
        report.ToString().Should().Contain("a run of elsewhere (pid 7) had left changes of 'a scenario'");
        Directory.Exists(made).Should().BeFalse();
        Directory.GetFiles(state.Journals).Should().BeEmpty();
    }

    [Test]
    public async Task A_run_that_undid_all_leaves_no_journal_on_the_bench()
    {
        var link = await LinkAsync();
        var state = await OpenAsync(link);
        var changes = new TargetChanges(link, ChangeJournal.InMemory(), TimeProvider.System) { OnBench = state.OpenJournal("b.journal", Header("here")) };
        await changes.CreateDirectoryAsync(Path.Combine(_directory.Path, "x"), None);
        var while_ = Directory.GetFiles(state.Journals).Length;

        await changes.DisposeAsync();

        while_.Should().Be(1);
        Directory.GetFiles(state.Journals).Should().BeEmpty();
    }

    [Test]
    public async Task A_boot_that_emptied_the_benchs_directory_does_no_harm()
    {
        var link = await LinkAsync();
        var state = await OpenAsync(link);
        var changes = new TargetChanges(link, ChangeJournal.InMemory(), TimeProvider.System) { OnBench = state.OpenJournal("c.journal", Header("here")) };
        await changes.CreateDirectoryAsync(Path.Combine(_directory.Path, "x"), None);
        Directory.Delete(Root, recursive: true);

        await state.LockAsync(TimeSpan.Zero, null, TimeProvider.System, None);
        await changes.CreateDirectoryAsync(Path.Combine(_directory.Path, "y"), None);

        Directory.GetFiles(state.Journals).Should().ContainSingle();
        await changes.DisposeAsync();
        Directory.GetFiles(state.Journals).Should().BeEmpty();
        Directory.Exists(Path.Combine(_directory.Path, "y")).Should().BeFalse();
    }

    [Test]
    public async Task A_bench_that_can_keep_nothing_is_used_all_the_same()
    {
        var told = "";

        var state = await BenchState.OpenAsync(await LinkAsync(), ["/proc/labtrace"], TimeSpan.Zero, t => told = t, TimeProvider.System, None);

        state.Should().BeNull();
        told.Should().Contain("no directory for a journal and a lock of its own");
    }

    private string Root => Path.Combine(_directory.Path, "state");

    private static JournalHeader Header(string host) =>
        new("bench", "a scenario", "boot", new ProcessIdentity(host, "boot", 7, 1), TimeProvider.System.GetUtcNow());

    private async Task<BenchState> OpenAsync(WireTarget link) =>
        (await BenchState.OpenAsync(link, [Root], TimeSpan.Zero, null, TimeProvider.System, None))!;

    private async Task<WireTarget> LinkAsync()
    {
        var (server, target) = await ServedTarget.OpenAsync(new LocalTarget("bench"), None);
        _open.Add(server);
        _open.Add(target);
        return target;
    }
}
