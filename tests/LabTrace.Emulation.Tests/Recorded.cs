using System.Text;
using LabTrace.Devices;

namespace LabTrace.Emulation.Tests;

/// <summary>An emulated target with an instance that records, and the recording of what a test does there.</summary>
internal sealed class Recorded : IAsyncDisposable
{
    public const string Tracefs = "/sys/kernel/tracing";
    public const string Instance = Tracefs + "/instances/test";
    private readonly TargetChanges _changes;

    private Recorded(EmulatedTarget target, TargetChanges changes, TraceInstance instance) => (Target, _changes, Trace) = (target, changes, instance);

    public EmulatedTarget Target { get; }

    public TraceInstance Trace { get; }

    public static async Task<Recorded> OpenAsync(EmulationOptions? options = null, params string[] events)
    {
        var target = new EmulatedTarget(options);
        var changes = TargetChanges.InMemory(target);
        var tracefs = await Devices.Tracefs.OpenAsync(changes, CancellationToken.None);
        var opened = new Recorded(target, changes, await tracefs.CreateInstanceNamedAsync("test", CancellationToken.None));
        foreach (var words in events)
        {
            await target.WriteAsync(Instance + "/set_event", Encoding.UTF8.GetBytes(words), WriteMode.Append, CancellationToken.None);
        }

        return opened;
    }

    public Task<TraceRecording> RecordAsync(params string[] commands) => Trace.RecordAsync(
        async token =>
        {
            foreach (var command in commands)
            {
                _ = await Target.RunAsync(CommandLine.Parse(command), token);
            }
        },
        CancellationToken.None);

    public ValueTask WriteAsync(string file, string text) => Target.WriteTextAsync($"{Instance}/{file}", text, CancellationToken.None);

    public ValueTask<string> ReadAsync(string file) => Target.ReadTextAsync($"{Instance}/{file}", CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _changes.DisposeAsync();
        await Target.DisposeAsync();
    }
}
