using LabTrace.Devices;
using LabTrace.Tracing;

namespace LabTrace.Steps;

/// <summary>Recording, and keeping what was recorded.</summary>
public sealed partial class TracingBench
{
    private TraceRecording? recording;
    private Trace? trace;
    private Trace? snapshot;
    private int captures;

    private TraceRecording Recording =>
        recording ?? throw new InvalidOperationException("nothing was recorded in this scenario; use a step such as `When I record while running \"true\"` first");

    private Trace Trace => trace ?? Recording.Trace;

    public async Task RecordAsync(string line, int times)
    {
        var instance = await InstanceAsync();
        if (times == 1)
        {
            await KeepAsync(await instance.RecordWhileRunningAsync(CommandLine.Parse(line), Cancellation));
            return;
        }

        await KeepAsync(await instance.RecordAsync(
            async _ =>
            {
                for (var i = 0; i < times; i++)
                {
                    await RunAsync(line);
                }
            },
            Cancellation));
    }

    public async Task RecordWhileAsync(Func<Task> work) =>
        await KeepAsync(await (await InstanceAsync()).RecordAsync(_ => work(), Cancellation));

    public async Task RecordOnlyAsync(string line) =>
        await KeepAsync(await (await InstanceAsync()).RecordOnlyAsync(CommandLine.Parse(line), withChildren: true, Cancellation));

    public async Task RecordForAsync(Duration length)
    {
        var instance = await InstanceAsync();
        await KeepAsync(await instance.RecordAsync(
            token => Task.Delay(length.ToTimeSpan(), instance.Tracefs.Target.Time, token), Cancellation));
    }

    public async Task FollowAsync(string line)
    {
        var text = await (await InstanceAsync()).FollowAsync(_ => RunAsync(line), Cancellation);
        trace = FtraceTextFormat.Read(text);
        await SaveAsync("trace_pipe.txt", text);
        await DrawAsync(trace, "trace_pipe", []);
    }

    public async Task StartAsync()
    {
        var instance = await InstanceAsync();
        await instance.ClearAsync(Cancellation);
        await instance.StartAsync(Cancellation);
    }

    public async Task StopAsync()
    {
        var instance = await InstanceAsync();
        await instance.StopAsync(Cancellation);
        await KeepAsync(await instance.ReadRecordingAsync(Cancellation));
    }

    public async Task TakeSnapshotAsync()
    {
        var instance = await InstanceAsync();
        await instance.TakeSnapshotAsync(Cancellation);
        var text = await instance.ReadSnapshotAsync(Cancellation);
        snapshot = FtraceTextFormat.Read(text);
        await SaveAsync("snapshot.txt", text, attach: false);
    }

    public void ReadAsText() => trace = FtraceTextFormat.Read(Recording.Text, Recording.Raw.ClockName);

    public void ReadAsBinary() => trace = Recording.Trace;

    private async Task KeepAsync(CommandRecording recorded)
    {
        command = new RanCommand(recorded.Pid, recorded.Result);
        await KeepAsync(recorded.Recording);
    }

    /// <summary>What was recorded outlives the run as files that other tools read too, whatever the verdict.</summary>
    private async Task KeepAsync(TraceRecording recorded)
    {
        recording = recorded;
        trace = null;
        using var dat = new MemoryStream();
        TraceDatWriter.Write(dat, recorded.Raw);
        await SaveAsync("trace.dat", dat.ToArray());
        await SaveAsync("trace.txt", recorded.Text, attach: false);
        await DrawAsync(recorded.Trace, "trace", []);
        captures++;
    }

    private async Task SaveAsync(string name, ReadOnlyMemory<byte> content, bool attach = true)
    {
        var directory = (await place.OpenAsync()).CaptureDirectory;
        _ = Directory.CreateDirectory(directory);
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var numbered = captures == 0 ? name : $"{name[..dot]}-{captures + 1}{name[dot..]}";
        var path = Path.Combine(directory, numbered);
        await File.WriteAllBytesAsync(path, content, Cancellation);
        if (attach)
        {
            output.AddAttachment(path);
        }
    }
}
