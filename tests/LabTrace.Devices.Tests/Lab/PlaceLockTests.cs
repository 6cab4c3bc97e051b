using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Lab;

public sealed class PlaceLockTests
{
    private TemporaryDirectory _state = null!;

    [SetUp]
    public void SetUp() => _state = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _state.Dispose();

    [Test]
    public async Task A_place_in_use_names_who_uses_it()
    {
        await using var holder = await RunningVictim.StartAsync("hold-lock", _state.Path);
        var acquire = () => AcquireAsync();

        (await acquire.Should().ThrowAsync<PlaceBusyException>()).WithMessage(
            $"place 'bench' is in use by pid {holder.Pid} of {Environment.UserName} for ? s (`*hold-lock {_state.Path}`)\n"
            + "  try: run with --wait, or end that run");
    }

    [Test]
    public async Task A_killed_run_holds_nothing()
    {
        await using var holder = await RunningVictim.StartAsync("hold-lock", _state.Path);
        _ = await holder.EndByAsync(TargetSignal.Kill);

        using var taken = await AcquireAsync();

        taken.Should().NotBeNull();
    }

    [Test]
    public async Task Waiting_says_for_whom_and_gets_the_place_when_it_is_free()
    {
        await using var holder = await RunningVictim.StartAsync("hold-lock", _state.Path);
        var said = new List<string>();
        var waiting = AcquireAsync(TimeSpan.FromSeconds(30), said.Add);

        _ = await holder.EndByAsync(TargetSignal.Interrupt);
        using var taken = await waiting;

        said.Should().ContainSingle().Which.Should().Match($"place 'bench' is in use by pid {holder.Pid} of *; waiting");
    }

    [Test]
    public async Task Waiting_ends_with_its_deadline()
    {
        using var held = await AcquireAsync();
        var acquire = () => AcquireAsync(TimeSpan.FromMilliseconds(150));

        (await acquire.Should().ThrowAsync<PlaceBusyException>()).WithMessage(
            $"place 'bench' is still in use after 0.2 s, by pid {Environment.ProcessId} of *\n  try: wait longer, or end that run");
    }

    [Test]
    public async Task A_place_that_was_let_go_can_be_taken_again()
    {
        (await AcquireAsync()).Dispose();

        using var again = await AcquireAsync();

        again.Should().NotBeNull();
    }

    [Test]
    public async Task A_state_directory_that_cannot_be_used_says_so()
    {
        var state = _state.At("file");
        File.WriteAllText(state, "");
        var acquire = () => PlaceLock.AcquireAsync(state, "bench", TimeSpan.Zero, null, TimeProvider.System, CancellationToken.None);

        (await acquire.Should().ThrowAsync<LabConfigException>()).WithMessage(
            $"the lock {state}/bench/lock cannot be used: *\n  try: set XDG_STATE_HOME to a directory that can be written");
    }

    private Task<PlaceLock> AcquireAsync(TimeSpan wait = default, Action<string>? progress = null) =>
        PlaceLock.AcquireAsync(_state.Path, "bench", wait, progress, TimeProvider.System, CancellationToken.None);
}
