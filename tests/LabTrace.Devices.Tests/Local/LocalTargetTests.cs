using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Local;

public sealed class LocalTargetTests
{
    private readonly LocalTarget _target = new("bench");

    [Test]
    public async Task It_is_this_machine()
    {
        var kernel = await _target.ReadKernelIdentityAsync(CancellationToken.None);

        kernel.HostName.Should().Be(Environment.MachineName);
        kernel.BootId.Should().Be(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        (_target.Kind, _target.Time).Should().Be((TargetKind.Local, TimeProvider.System));
    }

    [Test]
    public async Task A_refused_write_says_what_was_to_be_written()
    {
        var write = async () => await _target.WriteTextAsync("/proc/self/oom_score_adj", "many", CancellationToken.None);

        (await write.Should().ThrowAsync<TargetIOException>())
            .WithMessage("write 'many' to /proc/self/oom_score_adj on target 'bench': EINVAL (Invalid argument)");
    }

    [Test]
    public async Task Bytes_that_are_no_text_are_told_by_their_number()
    {
        var write = async () => await _target.WriteAsync("/proc/self/oom_score_adj", new byte[3], WriteMode.Truncate, CancellationToken.None);

        (await write.Should().ThrowAsync<TargetIOException>()).WithMessage("write 3 bytes to /proc/self/oom_score_adj *");
    }

    [Test]
    public void A_write_of_which_the_kernel_took_a_part_is_an_error()
    {
        var error = LocalTarget.ShortWrite("bench", "/sys/a", written: 3, length: 5);

        error.Message.Should().Be(
            "write 5 bytes (the kernel took 3) to /sys/a on target 'bench': EIO (Input/output error)\n"
            + "  try: write less at once; the file takes one value per write(2)");
    }

    [TestCase(Errno.EACCES, "run as root, or give your user access to /sys/a")]
    [TestCase(Errno.EBUSY, "something still uses it: end that first")]
    [TestCase(Errno.ENOSPC, "free space on the target")]
    [TestCase(Errno.EFBIG, "it has no end, or is too large to hold: read it as a stream")]
    [TestCase(Errno.EINVAL, null)]
    public void A_refusal_with_one_remedy_names_it(Errno errno, string? hint)
    {
        TargetIOException.HintFor(errno, "/sys/a").Should().Be(hint);
    }

    [Test]
    public async Task An_attribute_that_answers_at_once_is_asked_on_the_callers_thread()
    {
        var isThere = await BecomesAsync(async () =>
        {
            var read = _target.ReadAsync("/proc/self/oom_score_adj", CancellationToken.None);
            var isDone = read.IsCompletedSuccessfully;
            _ = await read;
            return isDone;
        });

        isThere.Should().BeTrue();
    }

    [Test]
    public async Task So_is_a_write_and_its_refusals_are_the_same()
    {
        var now = await _target.ReadAsync("/proc/self/oom_score_adj", CancellationToken.None);

        var isThere = await BecomesAsync(async () =>
        {
            var write = _target.WriteAsync("/proc/self/oom_score_adj", now, WriteMode.Truncate, CancellationToken.None);
            var isDone = write.IsCompletedSuccessfully;
            await write;
            return isDone;
        });

        isThere.Should().BeTrue();
        await _target.Awaiting(t => t.WriteTextAsync("/proc/self/oom_score_adj", "many", CancellationToken.None).AsTask())
            .Should().ThrowAsync<TargetIOException>().WithMessage("write 'many' to /proc/self/oom_score_adj on target 'bench': EINVAL (Invalid argument)");
        await _target.Awaiting(t => t.WriteTextAsync("/proc/self/oom_score_adj", "0", new CancellationToken(canceled: true)).AsTask())
            .Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task A_write_that_waits_for_a_reader_can_be_given_up_however_prompt_the_ones_before_were()
    {
        using var directory = new TestKit.TemporaryDirectory();
        var fifo = directory.Path + "/fifo";
        (await _target.RunAsync(new Command("mkfifo", fifo), CancellationToken.None)).EnsureSuccess();
        await using (var reader = await _target.OpenReadAsync(fifo, CancellationToken.None))
        {
            for (var i = 0; i < 10; i++)
            {
                await _target.WriteTextAsync(fifo, "prompt", CancellationToken.None);
            }
        }

        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await _target.Awaiting(t => t.WriteTextAsync(fifo, "late", impatience.Token).AsTask()).Should().ThrowAsync<OperationCanceledException>();

        await using var last = await _target.OpenReadAsync(fifo, CancellationToken.None);
    }

    [Test]
    public async Task A_full_device_is_told_by_name()
    {
        var write = async () => await _target.WriteTextAsync("/dev/full", "x", CancellationToken.None);

        (await write.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.ENOSPC);
    }

    [Test]
    public async Task A_file_without_an_end_is_not_read_for_ever()
    {
        var read = async () => await _target.ReadAsync("/dev/zero", CancellationToken.None);

        (await read.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.EFBIG);
    }

    [Test]
    public void Reading_a_file_without_an_end_can_be_given_up()
    {
        var read = () => LocalFiles.Read("/dev/zero", new CancellationToken(canceled: true), out _);

        read.Should().Throw<OperationCanceledException>();
    }

    [Test]
    public async Task Symbolic_links_are_told_as_such_and_followed_by_stat()
    {
        using var directory = new TestKit.TemporaryDirectory();
        _ = File.CreateSymbolicLink(directory.At("link"), "/proc/version");

        var entry = (await _target.ListAsync(directory.Path, CancellationToken.None)).Single();
        var status = await _target.StatAsync(directory.At("link"), CancellationToken.None);

        entry.Kind.Should().Be(FileKind.SymbolicLink);
        status!.Kind.Should().Be(FileKind.File);
    }

    [Test]
    public async Task A_directory_larger_than_one_buffer_is_listed_whole()
    {
        using var directory = new TestKit.TemporaryDirectory();
        var names = Enumerable.Range(0, 400).Select(i => $"{new string('x', 200)}-{i:D4}").ToList();
        names.ForEach(name => File.WriteAllBytes(directory.At(name), []));

        var entries = await _target.ListAsync(directory.Path, CancellationToken.None);

        entries.Select(e => e.Name).Should().Equal(names);
    }

    // A busy machine may make any one call slow.
    private static async Task<bool> BecomesAsync(Func<Task<bool>> isIt)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (await isIt())
            {
                return true;
            }
        }

        return false;
    }
}
