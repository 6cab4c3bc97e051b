using System.Globalization;
using LabTrace.Devices;
using LabTrace.Tracing;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Events of GPU rings: injected, caused by programs, and read.</summary>
public sealed partial class GrtraceBench
{
    private const int EmitsBetweenReadings = 10_000;
    private const string Nobody = "65534";
    private const int MostWaits = 500;
    private const string RecorderFile = "/tmp/labtrace-grtrace.dat";
    private ulong nextSeqno = 1;
    private ITargetProcess? recorder;
    private CommandResult? recorderEnd;

    public Task StartAsync() => Tracer.StartAsync(Cancellation);

    public Task StopAsync() => Tracer.StopAsync(Cancellation);

    /// <summary>Injects so many events of one kind, each of a job of its own.</summary>
    public async Task EmitAsync(int count, string kind, ulong context = 100, uint ring = 0, bool isReadBetween = true, int engine = 0)
    {
        if (!GrtEventNames.TryParse(kind, out var parsed))
        {
            throw new FormatException($"'{kind}' is no kind of GPU event; one of {string.Join(", ", GrtEventNames.All)}");
        }

        for (var left = count; left > 0; left -= EmitsBetweenReadings)
        {
            var first = nextSeqno;
            var now = Math.Min(left, EmitsBetweenReadings);
            await Tracer.EmitManyAsync(Enumerable.Range(0, now).Select(i => new GrtraceEmit(parsed, context, engine, ring, first + (ulong)i)), Cancellation);
            nextSeqno += (ulong)now;
            Offered += now;
            if (isReadBetween && left > EmitsBetweenReadings)
            {
                await Tracer.CollectAsync(capture, Cancellation);
            }
        }
    }

    /// <summary>Injects the events of a table in its order.</summary>
    public async Task EmitAsync(DataTable events)
    {
        foreach (var row in events.Rows)
        {
            string? Cell(string name) => row.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
            if (!GrtEventNames.TryParse(row["event"], out var kind))
            {
                throw new FormatException($"'{row["event"]}' is no kind of GPU event; one of {string.Join(", ", GrtEventNames.All)}");
            }

            await Tracer.EmitAsync(
                new GrtraceEmit(
                    kind,
                    ulong.Parse(Cell("context") ?? "100", CultureInfo.InvariantCulture),
                    int.Parse(Cell("engine") ?? "0", CultureInfo.InvariantCulture),
                    uint.Parse(Cell("ring") ?? "0", CultureInfo.InvariantCulture),
                    ulong.Parse(Cell("seqno") ?? "1", CultureInfo.InvariantCulture),
                    Cell("status") is { } status ? int.Parse(status, CultureInfo.InvariantCulture) : null),
                Cancellation);
            Offered++;
        }
    }

    public async Task EmitTextAsync(string text)
    {
        await Tracer.EmitTextAsync(text, Cancellation);
        Offered++;
    }

    public Task RunGpuJobsAsync(int jobs, string options = "") => tracing.RunAsync($"gpuload --jobs {jobs} {options}".TrimEnd());

    /// <summary>Lets time pass at the target.</summary>
    public async Task PassAsync(Duration length)
    {
        var seconds = (length.Nanoseconds / 1e9).ToString("0.#########", CultureInfo.InvariantCulture);
        _ = (await (await place.OpenAsync()).Target.RunAsync(new Command("sleep", seconds), Cancellation)).EnsureSuccess();
    }

    /// <summary>Runs a program for a while and ends it as Ctrl-C does.</summary>
    public async Task RunForAsync(string line, Duration length)
    {
        await using var process = await (await place.OpenAsync()).Changes.StartAsync(CommandLine.Parse(line), Cancellation);
        await process.ReleaseAsync(Cancellation);
        await PassAsync(length);
        await process.SignalAsync(TargetSignal.Interrupt, Cancellation);
        _ = await process.WaitAsync(Cancellation);
    }

    /// <summary>An ordinary user does what only root may: writes into the control file.</summary>
    public async Task StartAsOrdinaryUserAsync()
    {
        var path = Tracer.Find(GrtraceFile.Control);
        var result = await (await place.OpenAsync()).Target.RunAsync(
            new Command("setpriv", "--reuid=" + Nobody, "--regid=" + Nobody, "--clear-groups", "tee", path) { StandardInput = "start\n"u8.ToArray() }, Cancellation);
        if (result.ExitCode != 0)
        {
            var errno = result.ErrorText.Contains("Permission denied", StringComparison.Ordinal) ? Errno.EACCES : Errno.EIO;
            throw new TargetIOException(result.Target, "write 'start' as an ordinary user to", path, errno, result.ErrorText.Trim());
        }
    }

    /// <summary>Stops tracing and reads all that the buffers hold; from here on the trace is that.</summary>
    public async Task ReadAsync()
    {
        await Tracer.StopAsync(Cancellation);
        await Tracer.CollectAsync(capture, Cancellation);
        kept = (await Tracer.ReadStatsAsync(Cancellation)).Since(before);
        using var bytes = new MemoryStream();
        foreach (var (_, stream) in capture.Streams)
        {
            bytes.Write(stream.Span);
        }

        await KeepAsync(bytes.ToArray());
    }

    /// <summary>As <see cref="ReadAsync"/>, in one trace with what the kernel's own tracing recorded on the same clock.</summary>
    public async Task ReadWithTraceAsync()
    {
        var recorded = tracing.Recorded;
        await ReadAsync();
        tracing.Use(Trace.Merge(recorded, tracing.Recorded));
    }

    /// <summary>Starts grtrace's own recorder, which runs until it is ended.</summary>
    public async Task StartRecorderAsync()
    {
        var opened = await place.OpenAsync();
        if (await opened.Target.ExistsAsync(RecorderFile, Cancellation))
        {
            await opened.Target.RemoveFileAsync(RecorderFile, Cancellation);
        }

        recorder = await opened.Changes.StartAsync(new Command("grtrace", "record", "-o", RecorderFile), Cancellation);
        await recorder.ReleaseAsync(Cancellation);
        for (var tries = 0; !await opened.Target.ExistsAsync(RecorderFile, Cancellation); tries++)
        {
            if (tries == MostWaits)
            {
                throw new TargetUnreachableException(opened.Target.Name, $"grtrace's recorder has not made {RecorderFile} within {MostWaits * 10} ms", "run it by hand: grtrace record -o /tmp/x");
            }

            await PassAsync(Duration.Parse("10 ms"));
        }

        // It handles signals once it is in its loop.
        await PassAsync(Duration.Parse("30 ms"));
    }

    /// <summary>Ends it.</summary>
    public async Task EndRecorderAsync(TargetSignal signal)
    {
        var running = recorder ?? throw new InvalidOperationException("no recorder runs; use the step `Given grtrace's recorder runs` first");
        await running.SignalAsync(signal, Cancellation);
        recorderEnd = await running.WaitAsync(Cancellation);
    }

    public void RecorderShouldHaveEndedWith(int code) => NUnit.Framework.Assert.That(recorderEnd?.ExitCode, NUnit.Framework.Is.EqualTo(code), "the recorder's exit code");

    /// <summary>Reads what the recorder wrote; from here on the trace is that.</summary>
    public async Task ReadRecorderFileAsync()
    {
        var target = (await place.OpenAsync()).Target;
        await KeepAsync(await target.ReadAsync(RecorderFile, Cancellation));
        kept = (await Tracer.ReadStatsAsync(Cancellation)).Since(before);
        await target.RemoveFileAsync(RecorderFile, Cancellation);
    }

    /// <summary>The relay files give nothing more.</summary>
    public async Task ShouldBeEmptyAsync()
    {
        var more = new GrtraceCapture();
        var read = await Tracer.CollectAsync(more, Cancellation);
        NUnit.Framework.Assert.That(read, NUnit.Framework.Is.Zero, "a read takes the events out of the relay buffers, so a second one must find nothing");
    }

    public async Task CollectAsync() => _ = await Tracer.CollectAsync(capture, Cancellation);

    private async Task KeepAsync(byte[] bytes)
    {
        var file = Path.Combine((await place.OpenAsync()).CaptureDirectory, "grtrace.bin");
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        output.AddAttachment(file);
        tally = GrtTallyOf(bytes);
        tracing.Use(bytes.Length == 0 ? Trace.Empty : TraceFormats.Read(Capture.Of(bytes, "grtrace.bin")));
    }

    private GrtTally GrtTallyOf(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return new GrtTally();
        }

        using var reader = GrtReader.Open([Capture.Of(bytes, "grtrace.bin")]);
        while (reader.Read())
        {
            Tracer.Metadata = reader.Session.Metadata;
        }

        return reader.Tally;
    }
}
