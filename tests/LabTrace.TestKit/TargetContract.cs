using System.Text;
using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.TestKit;

/// <summary>
/// What every <see cref="ITarget"/> does, whatever it stands on. A target passes by one subclass. It needs ordinary files
/// below <see cref="Root"/> and the programs true, false, echo, cat, sleep, printenv and yes.
/// </summary>
/// <remarks>The parts of the class: files here, batches and streams in TargetContract.Batches.cs, programs in TargetContract.Programs.cs.</remarks>
public abstract partial class TargetContract
{
    private static readonly TimeSpan TestLimit = TimeSpan.FromSeconds(30);
    private CancellationTokenSource _limit = new();

    /// <summary>The target of the running test; fresh for each.</summary>
    protected ITarget Target { get; private set; } = null!;

    /// <summary>Ends the running test when it takes too long.</summary>
    protected CancellationToken Token => _limit.Token;

    /// <summary>An empty directory for ordinary files, without a slash at its end. Asked for after <see cref="OpenTargetAsync"/>.</summary>
    protected abstract string Root { get; }

    /// <summary>A program that ignores SIGINT and would run half a minute.</summary>
    protected abstract Command IgnoringInterrupt { get; }

    /// <summary>A write that the target's kernel refuses with EINVAL, as a bad value of an attribute.</summary>
    protected abstract FileWrite InvalidWrite { get; }

    /// <summary>Makes a fresh target.</summary>
    protected abstract ValueTask<ITarget> OpenTargetAsync();

    /// <summary>
    /// Makes a file that has nothing to read yet, and makes its reader wait: a pipe, or <c>trace_pipe</c>. Disposing it takes it away.
    /// </summary>
    protected abstract ValueTask<WaitingFile> OpenWaitingFileAsync();

    [SetUp]
    public async Task Open()
    {
        _limit = new CancellationTokenSource(TestLimit);
        Target = await OpenTargetAsync();
    }

    [TearDown]
    public async Task Close()
    {
        await Target.DisposeAsync();
        _limit.Dispose();
    }

    [Test]
    public async Task The_kernel_says_who_it_is_and_says_the_same_again()
    {
        var identity = await Target.ReadKernelIdentityAsync(Token);

        identity.Release.Should().NotBeNullOrWhiteSpace();
        identity.Version.Should().NotBeNullOrWhiteSpace();
        identity.Machine.Should().NotBeNullOrWhiteSpace();
        identity.HostName.Should().NotBeNullOrWhiteSpace();
        identity.BootId.Should().NotBeNullOrWhiteSpace();
        identity.CpuCount.Should().BePositive();
        (await Target.ReadKernelIdentityAsync(Token)).Should().Be(identity);
    }

    [Test]
    public async Task What_is_written_is_read_back_byte_for_byte()
    {
        byte[] content = [0, 0xFF, .. "text\n"u8, 0x80];

        await Target.WriteAsync(At("file"), content, WriteMode.Create, Token);

        (await Target.ReadAsync(At("file"), Token)).Should().Equal(content);
    }

    [Test]
    public async Task A_large_file_is_read_to_its_end()
    {
        var content = new byte[1_000_003];
        new Random(1).NextBytes(content);

        await Target.WriteAsync(At("large"), content, WriteMode.Create, Token);

        (await Target.ReadAsync(At("large"), Token)).AsSpan().SequenceEqual(content).Should().BeTrue();
    }

    [Test]
    public async Task A_file_that_changes_is_read_anew()
    {
        await CreateAsync("file", "one");
        var first = await Target.ReadTextAsync(At("file"), Token);

        await Target.WriteTextAsync(At("file"), "two", Token);

        first.Should().Be("one");
        (await Target.ReadTextAsync(At("file"), Token)).Should().Be("two");
    }

    [Test]
    public async Task Appending_keeps_what_is_there()
    {
        await CreateAsync("file", "one\n");

        await Target.WriteAsync(At("file"), "two\n"u8.ToArray(), WriteMode.Append, Token);

        (await Target.ReadTextAsync(At("file"), Token)).Should().Be("one\ntwo");
    }

    [Test]
    public async Task An_empty_file_reads_as_no_bytes()
    {
        await CreateAsync("empty", "");

        (await Target.ReadAsync(At("empty"), Token)).Should().BeEmpty();
    }

    [Test]
    public async Task Reading_is_refused_by_name()
    {
        await CreateAsync("file", "");

        await RefusesAsync(Errno.ENOENT, () => Target.ReadAsync(At("missing"), Token).AsTask());
        await RefusesAsync(Errno.EISDIR, () => Target.ReadAsync(Root, Token).AsTask());
        await RefusesAsync(Errno.ENOTDIR, () => Target.ReadAsync(At("file/below"), Token).AsTask());
    }

    [Test]
    public async Task Writing_is_refused_by_name()
    {
        await CreateAsync("file", "");

        await RefusesAsync(Errno.ENOENT, () => WriteAsync(At("missing"), WriteMode.Truncate));
        await RefusesAsync(Errno.ENOENT, () => WriteAsync(At("missing"), WriteMode.Append));
        await RefusesAsync(Errno.ENOENT, () => WriteAsync(At("missing/below"), WriteMode.Create));
        await RefusesAsync(Errno.EISDIR, () => WriteAsync(Root, WriteMode.Truncate));
        await RefusesAsync(Errno.ENOTDIR, () => WriteAsync(At("file/below"), WriteMode.Create));
        await RefusesAsync(Errno.EINVAL, () => Target.WriteAsync(InvalidWrite.Path, InvalidWrite.Content, InvalidWrite.Mode, Token).AsTask());
    }

    [Test]
    public async Task A_refusal_names_the_target_the_call_the_path_and_the_errno()
    {
        var read = async () => await Target.ReadAsync(At("missing"), Token);

        var refusal = (await read.Should().ThrowAsync<TargetIOException>()).Which;
        refusal.Message.Should().StartWith($"read {At("missing")} on target '{Target.Name}': ENOENT (No such file or directory)");
        refusal.Path.Should().Be(At("missing"));
        refusal.Target.Should().Be(Target.Name);
    }

    [Test]
    public async Task A_path_that_is_not_absolute_is_a_bug_of_the_caller()
    {
        var read = async () => await Target.ReadAsync("relative", Token);

        await read.Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task Directories_are_made_and_removed_one_at_a_time()
    {
        await Target.CreateDirectoryAsync(At("directory"), Token);
        await Target.CreateDirectoryAsync(At("directory/below"), Token);

        await RefusesAsync(Errno.EEXIST, () => Target.CreateDirectoryAsync(At("directory"), Token).AsTask());
        await RefusesAsync(Errno.ENOENT, () => Target.CreateDirectoryAsync(At("missing/below"), Token).AsTask());
        await RefusesAsync(Errno.ENOTEMPTY, () => Target.RemoveDirectoryAsync(At("directory"), Token).AsTask());

        await Target.RemoveDirectoryAsync(At("directory/below"), Token);
        await Target.RemoveDirectoryAsync(At("directory"), Token);

        (await Target.ListAsync(Root, Token)).Should().BeEmpty();
        await RefusesAsync(Errno.ENOENT, () => Target.RemoveDirectoryAsync(At("directory"), Token).AsTask());
    }

    [Test]
    public async Task Files_and_directories_are_removed_each_by_its_own_call()
    {
        await CreateAsync("file", "");
        await Target.CreateDirectoryAsync(At("directory"), Token);

        await RefusesAsync(Errno.ENOTDIR, () => Target.RemoveDirectoryAsync(At("file"), Token).AsTask());
        await RefusesAsync(Errno.EISDIR, () => Target.RemoveFileAsync(At("directory"), Token).AsTask());
        await RefusesAsync(Errno.ENOENT, () => Target.RemoveFileAsync(At("missing"), Token).AsTask());

        await Target.RemoveFileAsync(At("file"), Token);

        (await Target.ExistsAsync(At("file"), Token)).Should().BeFalse();
    }

    [Test]
    public async Task A_directory_is_listed_in_ordinal_order_with_kinds()
    {
        foreach (var name in new[] { "b", "a", "B", "a1", "é", "name with blank" })
        {
            await CreateAsync(name, "");
        }

        await Target.CreateDirectoryAsync(At("c"), Token);

        var entries = await Target.ListAsync(Root, Token);

        entries.Select(e => e.Name).Should().Equal("B", "a", "a1", "b", "c", "name with blank", "é");
        entries.Should().AllSatisfy(e => e.Kind.Should().Be(e.Name == "c" ? FileKind.Directory : FileKind.File));
        await RefusesAsync(Errno.ENOENT, () => Target.ListAsync(At("missing"), Token).AsTask());
        await RefusesAsync(Errno.ENOTDIR, () => Target.ListAsync(At("a"), Token).AsTask());
    }

    [Test]
    public async Task Stat_says_what_stands_at_a_path_or_that_nothing_does()
    {
        await CreateAsync("file", "12345");

        var file = await Target.StatAsync(At("file"), Token);

        file.Should().Be(new FileStatus(FileKind.File, 5, 0x180));
        (await Target.StatAsync(Root, Token))!.Kind.Should().Be(FileKind.Directory);
        (await Target.StatAsync(At("missing"), Token)).Should().BeNull();
        (await Target.StatAsync(At("file/below"), Token)).Should().BeNull();
    }

    [Test]
    public async Task A_call_with_a_cancelled_token_changes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var create = async () => await Target.CreateDirectoryAsync(At("directory"), cancelled.Token);

        await create.Should().ThrowAsync<OperationCanceledException>();

        (await Target.ExistsAsync(At("directory"), Token)).Should().BeFalse();
    }

    /// <summary>A path below <see cref="Root"/>.</summary>
    protected string At(string name) => $"{Root}/{name}";

    private ValueTask CreateAsync(string name, string text) =>
        Target.WriteAsync(At(name), Encoding.UTF8.GetBytes(text), WriteMode.Create, Token);

    private Task WriteAsync(string path, WriteMode mode) => Target.WriteAsync(path, "1\n"u8.ToArray(), mode, Token).AsTask();

    private static async Task RefusesAsync(Errno expected, Func<Task> call)
    {
        var refusal = (await call.Should().ThrowAsync<TargetIOException>()).Which;
        refusal.Errno.Should().Be(expected, refusal.Message);
    }
}

/// <summary>A file whose reader waits for <see cref="FeedAsync"/>.</summary>
/// <param name="Path">Its path on the target.</param>
/// <param name="FeedAsync">Makes text readable, perhaps with more around it (a trace line).</param>
/// <param name="RemoveAsync">Takes it away.</param>
public sealed record WaitingFile(string Path, Func<string, ValueTask> FeedAsync, Func<ValueTask> RemoveAsync) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => RemoveAsync();
}
