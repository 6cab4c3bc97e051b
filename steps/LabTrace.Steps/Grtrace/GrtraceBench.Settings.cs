using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Steps;

/// <summary>Settings of grtrace.</summary>
public sealed partial class GrtraceBench
{
    public Task ConfigureAsync(string keysAndValues) => Tracer.ConfigureAsync(keysAndValues, Cancellation);

    public Task SetLevelAsync(string level) => Tracer.SetLevelAsync(level, Cancellation);

    public Task SetSampleAsync(int percent) => Tracer.SetSampleAsync(percent, Cancellation);

    public Task LimitAsync(int perSecond) => Tracer.LimitByWindowAsync(perSecond, Cancellation);

    public Task LimitByTokensAsync(int perSecond, int burst) => Tracer.LimitByTokensAsync(perSecond, burst, Cancellation);

    public Task WatchRingsAsync(string list) => Tracer.WatchRingsAsync(list, Cancellation);

    public Task WatchContextsAsync(string list, bool allow) => Tracer.WatchContextsAsync(
        list.Split(',', StringSplitOptions.TrimEntries).Select(c => ulong.Parse(c, System.Globalization.CultureInfo.InvariantCulture)), allow, Cancellation);

    public Task SetBufferAsync(int kibibytes) => Tracer.SetBufferSizeAsync(kibibytes * 1024L, Cancellation);

    public Task SampleStaticallyAsync(int percent) => Tracer.SampleStaticallyAsync(percent, Cancellation);

    public Task SampleAdaptivelyAsync() => Tracer.SampleAdaptivelyAsync(Cancellation);

    public Task SampleSlowAsync(Duration threshold) => Tracer.SampleSlowAsync(threshold, Cancellation);

    public Task FilterKindsAsync(string kinds) => FilterAsync(() => Tracer.FilterKindsAsync(
        kinds.Split(',', StringSplitOptions.TrimEntries).Select(k => GrtEventNames.TryParse(k, out var kind)
            ? kind
            : throw new FormatException($"'{k}' is no kind of GPU event; one of {string.Join(", ", GrtEventNames.All)}")),
        Cancellation));

    public Task FilterUserAsync(int uid) => FilterAsync(() => Tracer.FilterByUserAsync(uid, Cancellation));

    public Task FilterPidsAsync(string pids) => FilterAsync(() => Tracer.FilterByProcessAsync(pids, Cancellation));

    public Task FilterLatencyAsync(Duration latency) => FilterAsync(() => Tracer.FilterByLatencyAsync(latency, Cancellation));

    public Task AggregateAsync(Duration window) => Tracer.AggregateAsync(window, Cancellation);

    public async Task WriteAsync(string file, string value) =>
        await (await place.OpenAsync()).Changes.SetAttributeAsync(Tracer.Find(file), value, restoreValue: null, Cancellation);

    public async Task FileShouldReadAsync(string file, string text) =>
        (await ReadFileAsync(file)).Should().Be(text, "that is what grtrace's file {0} must read", file);

    public async Task FileShouldContainAsync(string file, string text) => (await ReadFileAsync(file)).Should().Contain(text);

    private async Task<string> ReadFileAsync(string file) => (await (await place.OpenAsync()).Target.ReadTextAsync(Tracer.Find(file), Cancellation)).Trim();

    public void FileShouldNotBeThere(string file)
    {
        if (Tracer.TryFind(FileOf(file)) is { } path)
        {
            Assert.Fail($"expected: no file {file}\n  found:    {path}");
        }
    }

    public void FileShouldBeThere(string file) => _ = Tracer.Find(file);

    public async Task SettingShouldBeAsync(string key, string value)
    {
        var config = await Tracer.ReadConfigAsync(Cancellation);
        if (!config.TryGetValue(key, out var found) || found != value)
        {
            Assert.Fail($"expected: {key}={value}\n  found:    {(found is null ? $"no such key among {string.Join(", ", config.Keys)}" : $"{key}={found}")}");
        }
    }

    public async Task RingShouldBeCalledAsync(int ring, string name)
    {
        var rings = await Tracer.ReadRingsAsync(Cancellation);
        if (!rings.Any(r => r.Ring == ring && r.Name == name))
        {
            Assert.Fail($"expected: ring {ring} is called {name}\n  found:    {(rings.Count == 0 ? "no rings" : string.Join(", ", rings.Select(r => $"{r.Ring} {r.Name}")))}");
        }
    }

    private static GrtraceFile FileOf(string name) =>
        GrtraceFile.All.FirstOrDefault(f => f.Names.Contains(name, StringComparer.Ordinal))
        ?? throw new FormatException($"'{name}' is no file of grtrace{NearestNames.Clause(name, GrtraceFile.All.SelectMany(f => f.Names))}");

    private async Task FilterAsync(Func<Task> set)
    {
        await set();
        await Tracer.SwitchFilterAsync(on: true, Cancellation);
    }
}
