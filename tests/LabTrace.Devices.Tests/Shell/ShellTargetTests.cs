using FluentAssertions;
using LabTrace.Devices.Shell;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Shell;

/// <summary>What is peculiar to targets behind a plain shell.</summary>
public sealed class ShellTargetTests
{
    private CancellationTokenSource _limit = null!;
    private TemporaryDirectory _directory = null!;

    private CancellationToken Token => _limit.Token;

    [SetUp]
    public void SetUp() => (_limit, _directory) = (new CancellationTokenSource(TimeSpan.FromSeconds(30)), new TemporaryDirectory());

    [TearDown]
    public void TearDown()
    {
        _limit.Dispose();
        _directory.Dispose();
    }

    [TestCase("dd: error writing 'standard output': Invalid argument\n0+1 records in\n0+0 records out", Errno.EINVAL)]
    [TestCase("cat: read error: Is a directory", Errno.EISDIR)]
    [TestCase("sh: 1: cannot create /x: Permission denied", Errno.EACCES)]
    [TestCase("rmdir: '/x': Resource busy", Errno.EBUSY)]
    [TestCase("rmdir: failed to remove '/x': Device or resource busy", Errno.EBUSY)]
    [TestCase("cat: /a: No such file or directory: I/O error", Errno.EIO)]
    [TestCase("dd: can't open '/x': Symbolic link loop", Errno.ELOOP)]
    public void The_errno_is_found_in_what_utilities_of_glibc_and_of_musl_say(string complaint, Errno errno) =>
        ShellErrno.Find(complaint).Should().Be(errno);

    [TestCase("")]
    [TestCase("0+1 records in\n0+0 records out")]
    [TestCase("something went wrong")]
    public void Where_no_errno_is_named_none_is_made_up(string complaint) => ShellErrno.Find(complaint).Should().BeNull();

    [Test]
    public async Task A_bench_with_hardly_any_utilities_reads_writes_and_says_what_stands_where()
    {
        using var shell = await LocalShell.StartAsync("dash", Token, ownDd: null, "cat", "dd", "id", "ls", "mkdir", "mkfifo", "rm", "sh", "sleep", "wc");
        await using var target = shell.Target;
        var content = new byte[20_000];
        new Random(7).NextBytes(content);

        await target.WriteAsync(At("large"), content, WriteMode.Create, Token);

        (await target.ReadAsync(At("large"), Token)).AsSpan().SequenceEqual(content).Should().BeTrue();
        (await target.StatAsync(At("large"), Token)).Should().Be(new FileStatus(FileKind.File, 20_000, 0x180));
        (await target.StatAsync("/tmp", Token))!.Mode.Should().Be(0x3FF);
        (await target.StatAsync("/dev/null", Token))!.Kind.Should().Be(FileKind.Special);
        (await target.TryLockAsync(At("lock"), "me", Token)).Should().BeEmpty("nothing can lock there, and the run goes on");
    }

    [Test]
    public async Task An_errno_that_the_kernel_refuses_a_value_with_is_not_taken_for_the_files()
    {
        // A filter of an event without its last parenthesis is refused with ENOENT, though the file is there.
        using var shell = await LocalShell.StartAsync(
            "dash",
            Token,
            """
            #!/bin/sh
            case "$*" in *"/w "*) ;; *) exec /bin/dd "$@";; esac
            echo "dd: error writing 'standard output': No such file or directory" >&2
            echo 0+1 records in >&2
            exit 1

            """);
        await using var target = shell.Target;
        await File.WriteAllTextAsync(At("filter"), "none", Token);

        var write = async () => await target.WriteAsync(At("filter"), "(pid == 1"u8.ToArray(), WriteMode.Truncate, Token);

        (await write.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.ENOENT);
    }

    [Test]
    public async Task A_lock_is_held_against_others_as_long_as_the_link_stands()
    {
        using var first = await LocalShell.StartAsync("dash", Token);
        using var second = await LocalShell.StartAsync("dash", Token);
        await using var other = second.Target;

        (await first.Target.TryLockAsync(At("lock"), "it's me", Token)).Should().BeNull();
        (await other.TryLockAsync(At("lock"), "you", Token)).Should().Be("it's me");
        await first.Target.DisposeAsync();

        await Eventually.BecomesTrueAsync(async () => await other.TryLockAsync(At("lock"), "you", Token) is null, "the lock is free");
    }

    [Test]
    public async Task What_a_shell_started_ends_with_its_link_and_its_files_go()
    {
        using var shell = await LocalShell.StartAsync("dash", Token);
        var process = await shell.Target.StartAsync(new Command("sleep", "60"), Token);
        _ = await shell.Target.OpenReadAsync("/proc/version", Token);

        await shell.Target.DisposeAsync();

        Directory.Exists($"/proc/{process.Pid}").Should().BeFalse();
        Directory.GetFileSystemEntries(shell.Files, "labtrace-shell-*").Should().BeEmpty();
    }

    [Test]
    public async Task A_shell_that_dies_ends_what_is_under_way_and_every_later_call()
    {
        using var shell = await LocalShell.StartAsync("dash", Token);
        await using var target = shell.Target;
        var process = await target.StartAsync(new Command("sh", "-c", "sleep 0.2"), Token);
        var wait = process.WaitAsync(Token);

        await shell.CutAsync();

        var waiting = async () => await wait;
        await waiting.Should().ThrowAsync<TargetUnreachableException>();
        var read = async () => await target.ReadAsync("/proc/version", Token);
        (await read.Should().ThrowAsync<TargetUnreachableException>()).WithMessage("target 'bench' does not answer*");
        target.Link.IsLost.Should().BeTrue();
    }

    [Test]
    public async Task Programs_that_run_on_do_not_hold_up_those_that_come_and_go()
    {
        using var shell = await LocalShell.StartAsync("busybox", Token);
        await using var target = shell.Target;
        await using var lasting = await target.StartAsync(new Command("sleep", "60"), Token);

        for (var i = 0; i < 20; i++)
        {
            (await target.RunAsync(new Command("echo", $"{i}"), Token)).OutputText.Should().Be($"{i}\n");
        }

        await lasting.SignalAsync(TargetSignal.Terminate, Token);
        (await lasting.WaitAsync(Token)).ExitCode.Should().Be(143);
    }

    [Test]
    public async Task Programs_have_the_targets_environment_and_not_the_shells()
    {
        using var shell = await LocalShell.StartAsync("dash", Token);
        await using var target = shell.Target;

        var command = new Command("sh", "-c", "echo ${LC_ALL-unset}; umask; ls /proc/$$/fd; grep SigIgn /proc/self/status");
        var here = await new LocalTarget().RunAsync(command, Token);

        var there = await target.RunAsync(command, Token);

        there.OutputText.Should().Be(here.OutputText);
    }

    [Test]
    public async Task Many_files_are_read_in_one_request_however_long_it_is()
    {
        using var shell = await LocalShell.StartAsync("busybox", Token);
        await using var target = shell.Target;
        string[] paths = [.. Enumerable.Range(0, 200).Select(i => At($"a file with a rather long name {i:000}"))];
        _ = await target.WriteManyAsync([.. paths.Select((p, i) => new FileWrite(p, new byte[] { (byte)i, 0 }, WriteMode.Create))], Token);

        var outcomes = await target.ReadManyAsync(paths, Token);

        outcomes.Select(o => o.Content![0]).Should().Equal(Enumerable.Range(0, 200).Select(i => (byte)i));
    }

    private string At(string name) => $"{_directory.Path}/{name}";
}
