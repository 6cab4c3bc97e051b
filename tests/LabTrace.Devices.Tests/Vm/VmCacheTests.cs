using FluentAssertions;
using LabTrace.Devices.Vm;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Vm;

public sealed class VmCacheTests
{
    [Test]
    public async Task Of_runs_side_by_side_one_makes_what_all_want()
    {
        using var directory = new TemporaryDirectory();
        var made = 0;

        // Each run has a cache of its own over the same directory.
        var files = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new VmCache(directory.Path).FileAsync("a/file", MakeFileAsync, CancellationToken.None))));
        var directories = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new VmCache(directory.Path).DirectoryAsync("a/directory", MakeDirectoryAsync, CancellationToken.None))));

        made.Should().Be(2);
        files.Distinct().Should().ContainSingle().Which.Should().Be(Path.Combine(directory.Path, "a/file"));
        (await File.ReadAllTextAsync(files[0])).Should().Be("made");
        directories.Distinct().Should().ContainSingle();
        File.Exists(Path.Combine(directories[0], "inside")).Should().BeTrue();

        async Task MakeFileAsync(string path)
        {
            _ = Interlocked.Increment(ref made);
            await Task.Delay(100);
            await File.WriteAllTextAsync(path, "made");
        }

        async Task MakeDirectoryAsync(string path)
        {
            _ = Interlocked.Increment(ref made);
            await Task.Delay(100);
            await File.WriteAllTextAsync(Path.Combine(path, "inside"), "made");
        }
    }

    [Test]
    public async Task What_cannot_be_made_is_left_for_the_next_to_try()
    {
        using var directory = new TemporaryDirectory();
        var cache = new VmCache(directory.Path);

        var failing = () => cache.DirectoryAsync("it", _ => throw new IOException("no room"), CancellationToken.None);
        await failing.Should().ThrowAsync<IOException>();

        Directory.Exists(cache.At("it")).Should().BeFalse();
        (await cache.DirectoryAsync("it", path => File.WriteAllTextAsync(Path.Combine(path, "x"), "y"), CancellationToken.None)).Should().Be(cache.At("it"));
    }

    [Test]
    public async Task Waiting_for_another_run_can_be_given_up()
    {
        using var directory = new TemporaryDirectory();
        var cache = new VmCache(directory.Path);
        var begun = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var making = cache.FileAsync("it", Hold, CancellationToken.None);
        await begun.Task;
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var waiting = () => cache.FileAsync("it", _ => Task.CompletedTask, limit.Token);
        await waiting.Should().ThrowAsync<OperationCanceledException>();

        release.SetResult();
        await making;

        async Task Hold(string path)
        {
            begun.SetResult();
            await release.Task;
            await File.WriteAllTextAsync(path, "made");
        }
    }
}
