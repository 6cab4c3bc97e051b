using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests.Grtrace;

[TestFixture]
public sealed class GrtraceDriverTests
{
    private const string Path = "/sys/kernel/debug/grtrace/";

    [Test]
    public async Task Undoing_leaves_settings_tracing_and_modules_as_they_were_found()
    {
        await using var target = await GrtraceTests.LoadedAsync();
        await GrtraceTests.WriteAsync(target, "config", "sample=70 level=verbose filter_ring_id=4");
        await GrtraceTests.WriteAsync(target, "watchlist", "1,2");
        await GrtraceTests.WriteAsync(target, "filter_pid", "1,2");
        var before = await SettingsAsync(target);
        var modules = await target.ReadTextAsync("/proc/modules", default);

        await using (var changes = TargetChanges.InMemory(target))
        {
            await new GrtraceModules(changes).LoadAsync("grtrace_drm_bridge", [], default);
            var grtrace = await LabTrace.Devices.Grtrace.OpenAsync(changes, default);
            await grtrace.SetSampleAsync(5, default);
            await grtrace.SetLevelAsync("off", default);
            await grtrace.LimitByTokensAsync(100, 50, default);
            await grtrace.WatchRingsAsync("!7", default);
            await grtrace.WatchContextsAsync([1, 2, 3], allow: false, default);
            await grtrace.SetBufferSizeAsync(1 << 20, default);
            await grtrace.FilterKindsAsync([GrtEventKind.Submit], default);
            await grtrace.SetFileAsync(GrtraceFile.FilterPid, "", default);
            await grtrace.SetFileAsync(GrtraceFile.SamplingMode, "adaptive", default);
            await grtrace.SetFileAsync(GrtraceFile.AggregatorWindow, "500", default);
            await grtrace.StartAsync(default);
            (await SettingsAsync(target)).Should().NotBe(before);
        }

        (await SettingsAsync(target)).Should().Be(before);
        (await target.ReadTextAsync("/proc/modules", default)).Should().Be(modules);
    }

    [Test]
    public async Task Tracing_that_ran_before_runs_afterwards()
    {
        await using var target = await GrtraceTests.LoadedAsync();
        await GrtraceTests.WriteAsync(target, "control", "start");

        await using (var changes = TargetChanges.InMemory(target))
        {
            await (await LabTrace.Devices.Grtrace.OpenAsync(changes, default)).StopAsync(default);
            (await target.ReadTextAsync(Path + "enabled", default)).Should().Be("0");
        }

        (await target.ReadTextAsync(Path + "enabled", default)).Should().Be("1");
    }

    [Test]
    public async Task Contexts_that_somebody_watches_are_not_touched_because_they_could_not_be_restored()
    {
        await using var target = await GrtraceTests.LoadedAsync();
        await GrtraceTests.WriteAsync(target, "config", "watch_ctx_add=5");
        await using var changes = TargetChanges.InMemory(target);
        var grtrace = await LabTrace.Devices.Grtrace.OpenAsync(changes, default);

        var watch = () => grtrace.WatchContextsAsync([1], allow: true, default);

        (await watch.Should().ThrowAsync<NotOnTargetException>()).WithMessage("*watches 1 contexts that it does not name*");
    }

    [TestCase("events_by_type", "events_by_type")]
    [TestCase("enable", "enable")]
    [TestCase("sampler_rate", "sampling_rate")]
    public async Task A_file_is_found_by_the_first_of_its_names_that_is_there(string asked, string found)
    {
        await using var target = await GrtraceTests.LoadedAsync();
        await using var changes = TargetChanges.InMemory(target);

        (await LabTrace.Devices.Grtrace.OpenAsync(changes, default)).Find(asked).Should().Be(Path + found);
    }

    [Test]
    public async Task A_name_that_is_none_is_told_with_the_nearest()
    {
        await using var target = await GrtraceTests.LoadedAsync();
        await using var changes = TargetChanges.InMemory(target);
        var grtrace = await LabTrace.Devices.Grtrace.OpenAsync(changes, default);

        var find = () => grtrace.Find("watch_list");

        find.Should().Throw<ArgumentException>().WithMessage("*nearest: watchlist*");
    }

    [Test]
    public async Task The_driver_says_what_the_numbers_of_its_stream_are_and_masks_by_them()
    {
        await using var target = await GrtraceTests.LoadedAsync("abi=v0.1");
        await using var changes = TargetChanges.InMemory(target);
        var grtrace = await LabTrace.Devices.Grtrace.OpenAsync(changes, default);
        grtrace.MaskOf([GrtEventKind.Submit, GrtEventKind.Complete]).Should().Be(0x11);
        var capture = await grtrace.RecordAsync(_ => Task.CompletedTask, default);
        var bytes = capture.Streams[0].Value;

        GrtMetadata.TryRead(bytes.Span[GrtLayout.StreamInfoBytes..], out var metadata, out _).Should().BeTrue();
        grtrace.Metadata = metadata;

        grtrace.MaskOf([GrtEventKind.Submit, GrtEventKind.Complete]).Should().Be(0x3);
    }

    [Test]
    public async Task A_refused_module_shows_what_the_kernel_said()
    {
        await using var target = new EmulatedTarget();
        await using var changes = TargetChanges.InMemory(target);

        var load = () => new GrtraceModules(changes).LoadAsync("grtrace", ["buffer_size=1"], default);

        var refusal = (await load.Should().ThrowAsync<GrtraceModuleException>()).Which;
        refusal.Message.Should().Be("""
            the kernel of target 'emulated' refused the module grtrace: modprobe: ERROR: could not insert 'grtrace': Invalid argument
              its log says:
            """ + "\n    " + refusal.Log[0] + "\n  try: list its parameters: modinfo -p grtrace");
        refusal.Log.Should().ContainSingle().Which.Should().EndWith("grtrace: `1' invalid for parameter `buffer_size'");
    }

    [Test]
    public void Texts_of_any_shape_are_read_without_an_error()
    {
        var random = new Random(7);
        const string signs = "0123456789=:,| \n-abcdef%._";
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => signs[random.Next(signs.Length)]));

            var read = () => GrtraceStats.Parse(text).Offered;

            read.Should().NotThrow(text);
        }
    }

    [Test]
    public async Task Whatever_is_written_into_its_files_grtrace_takes_or_refuses()
    {
        await using var target = await GrtraceTests.LoadedAsync();
        var random = new Random(11);
        const string signs = "0123456789=:,! \n-xX";
        string[] words = ["submit", "emit", "level", "sample=", "watch_ctx_add=", "0x", "filter_ring_id=", "normal", "!", "-1", "18446744073709551616"];
        string[] files = ["config", "emit", "watchlist", "filter_pid", "filter_uid", "filter_latency", "filter_events", "sampling_rate", "sampling_threshold", "aggregator_window", "buffer_size", "rate_limit_burst", "level"];
        for (var i = 0; i < 4000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => random.Next(2) == 0 ? words[random.Next(words.Length)] : signs[random.Next(signs.Length)].ToString()));

            var outcome = await target.WriteManyAsync([new FileWrite(Path + files[i % files.Length], System.Text.Encoding.UTF8.GetBytes(text))], default);

            outcome.Single().Errno.Should().BeOneOf([Errno.None, Errno.EINVAL, Errno.ENOSPC], text);
        }
    }

    private static async Task<string> SettingsAsync(EmulatedTarget target)
    {
        string[] files = ["config", "level", "watchlist", "rate_limit_burst", "buffer_size", "enabled", "filter_enabled", "filter_pid", "filter_events", "sampling_mode", "aggregator_window"];
        return string.Join('\n', await Task.WhenAll(files.Select(async f => $"{f}: {await target.ReadTextAsync(Path + f, default)}")));
    }
}
