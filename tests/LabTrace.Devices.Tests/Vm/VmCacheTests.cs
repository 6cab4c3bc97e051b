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
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Each run has a cache of its own over the same directory; all of them have found nothing there before the first is done.
        var files = Enumerable.Range(0, 8).Select(_ => new VmCache(directory.Path).FileAsync("a/file", path => MakeAsync(path), CancellationToken.None)).ToList();
        var directories = Enumerable.Range(0, 8).Select(_ => new VmCache(directory.Path).DirectoryAsync("b/directory", path => MakeAsync(Path.Combine(path, "inside")), CancellationToken.None)).ToList();
        await begun.Task;
        release.SetResult();

        (await Task.WhenAll(files)).Distinct().Should().Equal(Path.Combine(directory.Path, "a/file"));
        (await Task.WhenAll(directories)).Distinct().Should().Equal(Path.Combine(directory.Path, "b/directory"));
        made.Should().Be(2);
        (await File.ReadAllTextAsync(await files[0])).Should().Be("made");
        (await File.ReadAllTextAsync(Path.Combine(await directories[0], "inside"))).Should().Be("made");

        async Task MakeAsync(string path)
        {
            if (Interlocked.Increment(ref made) == 2)
            {
                begun.SetResult();
            }

            await release.Task;
            await File.WriteAllTextAsync(path, "made");
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
    public async Task A_turn_that_cannot_be_had_for_another_reason_is_not_waited_for()
    {
        using var directory = new TemporaryDirectory();
        var cache = new VmCache(directory.Path);
        _ = Directory.CreateDirectory(cache.At("turns"));
        _ = File.CreateSymbolicLink(cache.At("turns", "top"), cache.At("turns", "top"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));

        var make = () => cache.FileAsync("it", _ => Task.CompletedTask, limit.Token);

        await make.Should().ThrowAsync<IOException>();
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
