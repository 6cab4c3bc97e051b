using LabTrace.Tracing.Queries;

namespace LabTrace.Tracing;

/// <summary>Writes what a reader gives as another kind of file.</summary>
public static class TraceConversion
{
    /// <summary>How often progress is told and cancellation looked for.</summary>
    private const int EventsBetween = 4096;

    /// <summary>Opens an export that suits a capture.</summary>
    /// <param name="kind">The kind of file.</param>
    /// <param name="output">Where to; left open.</param>
    /// <param name="info">What the capture says about itself.</param>
    /// <param name="options">What else the kind wants to know.</param>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    /// <exception cref="FormatException">A counter is wrong.</exception>
    public static ITraceExport Open(ExportKind kind, Stream output, TraceInfo info, ExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(info);
        return kind.Create(output, (options ?? new ExportOptions()) with
        {
            ClockName = info.ClockName,
            IsClockInNanoseconds = info.IsClockInNanoseconds,
            Cpus = info.Cpus,
            Explanation = info.Explanation,
        });
    }

    /// <summary>Writes all that a reader gives, and ends the file.</summary>
    /// <param name="reader">The events.</param>
    /// <param name="export">The file.</param>
    /// <param name="onProgress">Told now and then how many events were written; null for nobody.</param>
    /// <param name="cancellationToken">Ends the work; what was written so far stays and is not a whole file.</param>
    /// <returns>What the kind of file could not say; empty when everything is in it.</returns>
    /// <exception cref="TraceFormatException">The capture is damaged and was opened strictly, or the kind cannot hold its events.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static IReadOnlyList<string> Write(FilteredReader reader, ITraceExport export, Action<long>? onProgress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(export);
        while (reader.Read(out var item))
        {
            Losses(reader, export);
            export.Write(item, reader.Buffer);
            if (reader.Kept % EventsBetween == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                onProgress?.Invoke(reader.Kept);
            }
        }

        Losses(reader, export);
        return export.Complete(reader.Tally);
    }

    private static void Losses(FilteredReader reader, ITraceExport export)
    {
        foreach (var loss in reader.Losses)
        {
            export.WriteLoss(loss.Cpu, loss.Count, loss.Buffer);
        }
    }
}
