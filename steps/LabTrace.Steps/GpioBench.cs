using System.Globalization;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Steps;

/// <summary>A scenario's simulated GPIO chip, whose lines are pulled from outside and used by a program through the chip's character device.</summary>
public sealed class GpioBench(ScenarioPlace place, ModuleBench modules, TracingBench tracing)
{
    private const string Name = "labtrace";
    private const string Program = "labtrace-gpio";
    private const string Ready = "ready";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly List<string> edges = [];
    private SimulatedGpioChip? chip;

    private SimulatedGpioChip Chip => chip ?? throw new InvalidOperationException("there is no chip in this scenario; use `Given a simulated GPIO chip with 4 lines` first");

    public async Task CreateAsync(int lines)
    {
        await modules.EnsureLoadedAsync(SimulatedGpioChip.Module);
        chip = await SimulatedGpioChip.CreateAsync((await place.OpenAsync()).Changes, Name, lines, place.Cancellation);
    }

    public Task PullAsync(int line, bool isUp) => Chip.PullAsync(line, isUp, place.Cancellation);

    public async Task<int> ReadAsync(int line) => int.Parse(
        (await RunAsync("get", Chip.Device, Text(line))).OutputText.Trim(), NumberStyles.None, CultureInfo.InvariantCulture);

    public Task ToggleAsync(int line, int times, TimeSpan period) =>
        tracing.RecordWhileAsync(() => RunAsync("toggle", Chip.Device, Text(line), Text(times), Text((long)period.TotalMicroseconds)));

    /// <summary>
    /// Lets a program wait for edges, pulls the line up and down by turns so often, and keeps what the program was told. It is told of
    /// each before the next one comes: edges that come faster than the kernel's thread for them runs are one to it.
    /// </summary>
    public async Task WaitForEdgesAsync(int line, int count)
    {
        var changes = (await place.OpenAsync()).Changes;
        await using var program = await changes.StartAsync(new Command(Program, "edges", Chip.Device, Text(line), Text(count)) { Timeout = Limit }, place.Cancellation);
        using var told = new StreamReader(program.StandardOutput);
        await program.ReleaseAsync(place.Cancellation);
        if (await told.ReadLineAsync(place.Cancellation) == Ready)
        {
            await tracing.RecordWhileAsync(async () =>
            {
                for (var i = 0; i < count; i++)
                {
                    await PullAsync(line, isUp: i % 2 == 0);
                    if (await told.ReadLineAsync(place.Cancellation) is not { } edge)
                    {
                        break;
                    }

                    edges.Add(edge);
                }
            });
        }

        // One that still waits for an edge at its end was not told of it, which is for the scenario to judge.
        var result = await program.WaitAsync(place.Cancellation);
        _ = result.TimedOut ? result : result.EnsureSuccess();
    }

    /// <summary>The program must have been told so many edges, up and down by turns from the first one on, numbered without a gap, at times that go forward.</summary>
    public void ShouldHaveBeenTold(int count)
    {
        var wanted = Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{(i % 2 == 1 ? "rising" : "falling")} {i}")).ToList();
        var words = edges.ConvertAll(e => e.Split(' '));
        var found = words.ConvertAll(w => $"{w[0]} {w[2]}");
        if (!found.SequenceEqual(wanted))
        {
            Assert.Fail($"expected the edges: {string.Join(", ", wanted)}\n  found:            {string.Join(", ", found)}");
        }

        var times = words.ConvertAll(w => long.Parse(w[1], CultureInfo.InvariantCulture));
        if (!times.SequenceEqual(times.Order()))
        {
            Assert.Fail($"expected the times of the edges to go forward\n  found:    {string.Join(", ", times)} ns");
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<CommandResult> RunAsync(params string[] arguments) =>
        (await (await place.OpenAsync()).Changes.RunAsync(new Command(Program, arguments) { Timeout = Limit }, place.Cancellation)).EnsureSuccess();
}
