using LabTrace.Cli.Commands.Traces;
using LabTrace.Devices;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary>Reports jobs while a place's relay buffers fill. Nothing there yet is not the end.</summary>
internal static class LiveReport
{
    /// <summary>Reads until the program ends, the time is over, or Ctrl-C.</summary>
    public static async Task<ExitCode> RunAsync(
        GrtracePlace place, GrtraceReportRequest request, Stream output, bool isJson, string? run, TimeSpan? length, CancellationToken cancellationToken)
    {
        var grtrace = place.Grtrace;
        var before = await grtrace.ReadStatsAsync(cancellationToken);
        var first = new GrtraceCapture();
        _ = await grtrace.CollectAsync(first, cancellationToken);
        using var reader = GrtReader.Live(Math.Max(1, first.Streams.Count));
        var progress = ProgressLine.For(() => 0, 0);
        var report = new GrtraceReport(request, reader, output, isJson);
        report.Begin();
        Feed(first);
        async Task CollectAsync()
        {
            var capture = new GrtraceCapture();
            _ = await grtrace.CollectAsync(capture, CancellationToken.None);
            Feed(capture);
            report.Flush();
        }

        var status = ExitCode.Passed;
        try
        {
            if (!before.IsEnabled)
            {
                await grtrace.StartAsync(cancellationToken);
            }

            status = await RecordCommand.WhileAsync(place, run, length, CollectAsync, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            status = RecordCommand.Cut(run, length);
        }
        finally
        {
            if (!before.IsEnabled)
            {
                await grtrace.StopAsync(CancellationToken.None);
            }
        }

        await CollectAsync();
        reader.Complete();
        report.Read(progress, CancellationToken.None);
        report.End(progress);
        return status;

        void Feed(GrtraceCapture capture)
        {
            var streams = capture.Streams;
            for (var i = 0; i < streams.Count; i++)
            {
                reader.Add(i, streams[i].Value.Span);
            }

            reader.Settle();
            report.Read(progress, CancellationToken.None);
        }
    }
}
