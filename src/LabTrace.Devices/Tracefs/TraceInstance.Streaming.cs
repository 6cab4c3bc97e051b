using System.Globalization;

namespace LabTrace.Devices;

/// <summary>Recordings longer than the buffer: pages are taken out while they fill, and written to disk.</summary>
public sealed partial class TraceInstance
{
    // A page that is less than half full means that the reader is ahead of the events: it lets some gather.
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(10);

    /// <summary>Records what happens during some work, however long, into one file per cpu. The disk paces the reading; what the buffer cannot hold meanwhile is lost and counted.</summary>
    /// <param name="directory">A directory of the machine LabTrace runs on; made when it is not there.</param>
    /// <param name="work">What to record; when it fails recording is turned off and its error goes on.</param>
    /// <param name="cancellationToken">Ends the work and the reading; recording is turned off in any case.</param>
    /// <exception cref="IOException">A file cannot be written; recording is off then, and what was written is whole pages.</exception>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<StreamedRecording> RecordStreamingAsync(string directory, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(directory);
        var pageSize = await _reader.ReadSubBufferSizeAsync(cancellationToken);
        var cpus = await _reader.CpusAsync(cancellationToken);
        await ClearAsync(cancellationToken);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(failed.Token);
        var copies = cpus.Select(cpu => CopyPagesAsync(cpu, FileOf(directory, cpu), pageSize, failed, stopped.Token)).ToArray();
        try
        {
            await RunRecordedAsync(work, failed.Token);
        }
        finally
        {
            await stopped.CancelAsync();
            _ = await Task.WhenAny(Task.WhenAll(copies));
        }

        await Task.WhenAll(copies);
        var rest = await ReadRawAsync(cancellationToken);
        foreach (var cpu in rest.Cpus)
        {
            await using var file = new FileStream(FileOf(directory, cpu.Cpu), FileMode.Append, FileAccess.Write);
            await file.WriteAsync(cpu.Pages, cancellationToken);
        }

        var files = cpus.Select(cpu => new StreamedCpu(cpu, FileOf(directory, cpu), new FileInfo(FileOf(directory, cpu)).Length)).ToArray();
        return new StreamedRecording(files, rest with { Cpus = [] }, await ReadStatsAsync(cancellationToken));
    }

    private static string FileOf(string directory, int cpu) =>
        System.IO.Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"cpu{cpu}.raw"));

    // Ends without an error when recording has stopped; an error of its own stops the recording.
    private async Task CopyPagesAsync(int cpu, string path, int pageSize, CancellationTokenSource failed, CancellationToken stopped)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
            await using var pages = await Target.OpenReadAsync(_reader.RawPath(cpu), stopped);
            var page = new byte[pageSize];
            while (true)
            {
                var got = await pages.ReadAsync(page, stopped);
                if (got == 0)
                {
                    return;
                }

                // Whole pages in order: a page is not given up half written when the recording stops.
                await file.WriteAsync(page.AsMemory(0, got), failed.Token);
                if (page.AsSpan(pageSize / 2, Math.Max(0, got - (pageSize / 2))).IndexOfAnyExcept((byte)0) < 0)
                {
                    await Task.Delay(GatherTime, Target.Time, stopped);
                }
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The rest is taken out at once when all have stopped.
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }
}
