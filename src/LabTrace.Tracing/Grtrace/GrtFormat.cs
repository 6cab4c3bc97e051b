namespace LabTrace.Tracing;

/// <summary>GRT stream version 1, what grtrace's relay buffers hold.</summary>
public sealed class GrtFormat : ITraceFormat
{
    internal const string FormatName = "grtrace stream";

    private const ulong PlausibleNs = 3_600_000_000_000;

    /// <inheritdoc/>
    public string Name => FormatName;

    /// <summary>Whether it starts with STREAM_INFO, or with what can only be an event.</summary>
    public bool Recognises(ReadOnlySpan<byte> start)
    {
        if (start.Length < GrtLayout.HeaderBytes)
        {
            return false;
        }

        var header = GrtHeader.Read(start);
        if (!GrtHeader.IsPossibleSize(header.Size) || header.Cpu >= GrtLayout.MaxCpus)
        {
            return false;
        }

        return header.Type switch
        {
            GrtLayout.StreamInfoType => GrtStreamInfo.TryRead(start[..Math.Min(header.Size, start.Length)], out _, out _),
            GrtLayout.MetadataType => header.Size >= GrtLayout.MetadataBytes,
            GrtLayout.LostType => header.Size == GrtLayout.LostBytes && IsEvent(start[GrtLayout.LostBytes..], header.Timestamp),
            _ => IsEvent(start, header.Timestamp),
        };
    }

    /// <summary>Opens a stream. Damage is in records, which are counted, so both modes read alike.</summary>
    /// <param name="capture">The stream.</param>
    /// <param name="mode">Not used.</param>
    /// <exception cref="TraceFormatException">It is of another major version.</exception>
    public TraceReader Open(Capture capture, ReadMode mode)
    {
        ArgumentNullException.ThrowIfNull(capture);
        return new GrtTraceReader(GrtReader.Open([capture]), keepsPayloads: capture.TryGetArray(out _), ownsReader: true);
    }

    private static bool IsEvent(ReadOnlySpan<byte> start, ulong near)
    {
        var isAny = false;
        while (start.Length >= GrtLayout.HeaderBytes)
        {
            var header = GrtHeader.Read(start);
            var isCustom = header.Type is >= GrtLayout.FirstCustomType and <= GrtLayout.LastCustomType;
            var isKnown = header.Size == GrtLayout.JobBytes && (header.Type < GrtEventNames.All.Count || isCustom);
            if (header.Cpu >= GrtLayout.MaxCpus || header.Timestamp == 0 || (!isKnown && !(isAny && header.IsControl && GrtHeader.IsPossibleSize(header.Size)))
                || Math.Max(header.Timestamp, near) - Math.Min(header.Timestamp, near) > PlausibleNs)
            {
                return false;
            }

            isAny = true;
            start = header.Size <= start.Length ? start[header.Size..] : [];
        }

        return isAny;
    }
}
