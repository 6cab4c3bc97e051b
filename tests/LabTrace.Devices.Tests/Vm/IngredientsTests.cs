using FluentAssertions;
using LabTrace.Devices.Vm;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Vm;

public sealed class IngredientsTests
{
    private const string Result = "made/thing";

    [Test]
    public async Task What_was_made_of_the_same_is_found()
    {
        using var directory = new TemporaryDirectory();
        var (cache, _) = await MakeAsync(directory);

        new Ingredients(cache, "request").FindResult().Should().Be(cache.At(Result));
    }

    [Test]
    public async Task Another_request_finds_nothing()
    {
        using var directory = new TemporaryDirectory();
        var (cache, _) = await MakeAsync(directory);

        new Ingredients(cache, "another").FindResult().Should().BeNull();
    }

    [TestCase("longer", false, false)]
    [TestCase(null, true, false)]
    [TestCase(null, false, true)]
    public async Task A_file_that_changed_or_went_is_noticed(string? content, bool isGone, bool isResultGone)
    {
        using var directory = new TemporaryDirectory();
        var (cache, file) = await MakeAsync(directory);
        if (content is not null)
        {
            await File.WriteAllTextAsync(file, content);
        }

        if (isGone)
        {
            File.Delete(file);
        }

        if (isResultGone)
        {
            File.Delete(cache.At(Result));
        }

        new Ingredients(cache, "request").FindResult().Should().BeNull();
    }

    [Test]
    public async Task A_file_of_the_same_length_written_later_is_another()
    {
        using var directory = new TemporaryDirectory();
        var (cache, file) = await MakeAsync(directory);
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddTicks(1000));

        new Ingredients(cache, "request").FindResult().Should().BeNull();
    }

    [Test]
    public async Task A_list_that_was_cut_short_finds_nothing()
    {
        using var directory = new TemporaryDirectory();
        var (cache, _) = await MakeAsync(directory);
        var list = Directory.EnumerateFiles(cache.At("ingredients")).Single();
        await File.WriteAllTextAsync(list, Result + "\n");

        new Ingredients(cache, "request").FindResult().Should().BeNull();
    }

    private static async Task<(VmCache Cache, string File)> MakeAsync(TemporaryDirectory directory)
    {
        var cache = new VmCache(Path.Combine(directory.Path, "cache"));
        var file = Path.Combine(directory.Path, "a file");
        await File.WriteAllTextAsync(file, "short");
        _ = await cache.FileAsync(Result, path => File.WriteAllTextAsync(path, "made"), CancellationToken.None);
        await new Ingredients(cache, "request").NoteAsync(Result, [file], CancellationToken.None);
        return (cache, file);
    }
}
