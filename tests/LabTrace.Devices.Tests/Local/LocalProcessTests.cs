using System.Globalization;
using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Local;

public sealed class LocalProcessTests
{
    private readonly LocalTarget _target = new();

    [Test]
    public async Task Killing_a_program_kills_what_it_started()
    {
        var command = new Command("sh", "-c", "trap '' INT; (sleep 300; echo) & sleep 300") { KillGrace = TimeSpan.FromMilliseconds(50) };
        await using var process = await _target.StartAsync(command, CancellationToken.None);
        await Eventually.BecomesTrueAsync(async () => await SessionAsync(process.Pid) >= 4, "the shell, its subshell and two sleeps run");

        await process.DisposeAsync();

        (await SessionAsync(process.Pid)).Should().Be(0);
    }

    [Test]
    public async Task Children_that_outlive_the_interrupted_program_are_killed_too()
    {
        var command = new Command("sh", "-c", "(trap '' INT; sleep 300) & wait") { KillGrace = TimeSpan.FromMilliseconds(50) };
        await using var process = await _target.StartAsync(command, CancellationToken.None);
        await Eventually.BecomesTrueAsync(async () => await SessionAsync(process.Pid) >= 2, "the shell and its background sleep run");

        await process.DisposeAsync();

        (await SessionAsync(process.Pid)).Should().Be(0);
    }

    [Test]
    public async Task A_child_left_in_the_background_does_not_hold_up_the_result()
    {
        var command = new Command("sh", "-c", "sleep 5 & echo done");

        var result = await _target.RunAsync(command, CancellationToken.None);

        result.OutputText.Should().Be("done\n");
        result.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(4));
    }

    [Test]
    public async Task Output_asked_for_behind_the_programs_end_is_the_streams_alone()
    {
        await using var process = await _target.StartAsync(new Command("echo", "late"), CancellationToken.None);
        await Eventually.BecomesTrueAsync(async () => await SessionAsync(process.Pid) == 0, "it has ended");
        using var reader = new StreamReader(process.StandardOutput);

        var text = await reader.ReadToEndAsync(CancellationToken.None);
        var result = await process.WaitAsync(CancellationToken.None);

        (text, result.StandardOutput.Length).Should().Be(("late\n", 0));
    }

    [Test]
    public async Task A_held_program_waits_already_when_it_is_handed_over()
    {
        var names = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            await using var process = await _target.StartAsync(new Command("true") { HeldAtStart = true }, CancellationToken.None);
            names.Add((await File.ReadAllTextAsync($"/proc/{process.Pid}/comm")).Trim());
        }

        // setsid(1), which it is before, would be a program of its own in a recording that begins now.
        names.Should().OnlyContain(name => name == "sh");
    }

    [Test]
    public async Task A_stopped_program_can_be_interrupted()
    {
        await using var process = await _target.StartAsync(new Command("sleep", "300"), CancellationToken.None);
        await process.SignalAsync(TargetSignal.Stop, CancellationToken.None);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await process.Awaiting(p => p.WaitAsync(cancelled.Token)).Should().ThrowAsync<OperationCanceledException>();

        (await process.WaitAsync(CancellationToken.None)).ExitCode.Should().Be(130);
    }

    [Test]
    public async Task A_program_whose_output_nobody_reads_has_to_wait()
    {
        await using var process = await _target.StartAsync(new Command("yes"), CancellationToken.None);
        await process.StandardOutput.ReadExactlyAsync(new byte[1_000_000], CancellationToken.None);

        await Eventually.BecomesTrueAsync(async () => (await StatAsync(process.Pid))[0] == "S", "yes waits for its reader");

        var io = await _target.ReadTextAsync($"/proc/{process.Pid}/io", CancellationToken.None);
        var written = io.Split('\n').First(l => l.StartsWith("wchar: ", StringComparison.Ordinal))[7..];
        long.Parse(written, CultureInfo.InvariantCulture).Should().BeLessThan(3_000_000);
    }

    [Test]
    public async Task A_held_program_becomes_the_program_under_the_same_pid()
    {
        var command = new Command("sleep", "300") { HeldAtStart = true };
        await using var process = await _target.StartAsync(command, CancellationToken.None);

        await process.ReleaseAsync(CancellationToken.None);

        await Eventually.BecomesTrueAsync(
            async () => await _target.ReadTextAsync($"/proc/{process.Pid}/comm", CancellationToken.None) == "sleep", "pid is sleep's");
    }

    [Test]
    public async Task A_program_runs_in_the_directory_it_is_given()
    {
        using var directory = new TestKit.TemporaryDirectory();

        var result = await _target.RunAsync(new Command("pwd") { WorkingDirectory = directory.Path }, CancellationToken.None);

        result.OutputText.TrimEnd().Should().Be(directory.Path);
    }

    [TestCase("/no/such/directory", "start a program in /no/such/directory on target 'local': ENOENT (No such file or directory)")]
    [TestCase("/proc/version", "start a program in /proc/version on target 'local': ENOTDIR (Not a directory)")]
    public async Task A_directory_that_is_none_is_refused(string directory, string message)
    {
        var start = () => _target.RunAsync(new Command("true") { WorkingDirectory = directory }, CancellationToken.None);

        (await start.Should().ThrowAsync<TargetIOException>()).WithMessage($"{message}\n  try: make the directory first");
    }

    [Test]
    public async Task A_missing_program_says_where_it_was_looked_for()
    {
        var command = new Command("no-such") { Environment = new Dictionary<string, string> { ["PATH"] = "/a:/b" } };
        var start = () => _target.RunAsync(command, CancellationToken.None);

        (await start.Should().ThrowAsync<TargetIOException>()).WithMessage(
            "start no-such on target 'local': ENOENT (No such file or directory)\n"
            + "  try: install it on the target, or give its absolute path; PATH there is /a:/b");
    }

    [Test]
    public async Task A_directory_is_no_program()
    {
        var start = () => _target.RunAsync(new Command("/proc"), CancellationToken.None);

        (await start.Should().ThrowAsync<TargetIOException>()).WithMessage(
            "start /proc on target 'local': EACCES (Permission denied)\n  try: make it executable for your user");
    }

    [Test]
    public async Task An_argument_with_a_zero_byte_is_a_bug_of_the_caller()
    {
        var start = () => _target.RunAsync(new Command("echo", "a\0b"), CancellationToken.None);

        await start.Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task Input_that_the_program_does_not_want_is_no_error()
    {
        var result = await _target.RunAsync(new Command("true") { StandardInput = new byte[1_000_000] }, CancellationToken.None);

        result.ExitCode.Should().Be(0);
    }

    [Test]
    public async Task The_output_is_read_once()
    {
        await using var process = await _target.StartAsync(new Command("echo", "one"), CancellationToken.None);

        process.StandardOutput.Should().BeSameAs(process.StandardOutput);
    }

    private async Task<string[]> StatAsync(int pid) =>
        ProcessTree.FieldsBehindName(Encoding.UTF8.GetString(await _target.ReadAsync($"/proc/{pid}/stat", CancellationToken.None)));

    private async Task<int> SessionAsync(int leader)
    {
        var entries = await _target.ListAsync("/proc", CancellationToken.None);
        var stats = entries.Where(e => char.IsAsciiDigit(e.Name[0])).Select(e => $"/proc/{e.Name}/stat").ToList();
        var outcomes = await _target.ReadManyAsync(stats, CancellationToken.None);
        return outcomes.Where(o => o.Content is not null)
            .Select(o => ProcessTree.FieldsBehindName(Encoding.UTF8.GetString(o.Content!)))
            .Count(f => f[0] != "Z" && f[3] == leader.ToString(CultureInfo.InvariantCulture));
    }
}
