using System.Globalization;
using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Grtrace;

/// <summary>What became of the events: each that was offered is in <see cref="Written"/> or in one of the drops.</summary>
internal sealed class CoreStats
{
    /// <summary>All that was offered, told by nothing else.</summary>
    public long Offered { get; set; }

    public long Written { get; set; }

    public long BytesWritten { get; set; }

    public long BytesDropped { get; set; }

    public long FilteredEngine { get; set; }

    public long FilteredRing { get; set; }

    public long FilteredType { get; set; }

    public long FilteredWatch { get; set; }

    public long FilteredPid { get; set; }

    public long FilteredUid { get; set; }

    public long FilteredLatency { get; set; }

    public long SampledOut { get; set; }

    public long RateLimited { get; set; }

    public long Backpressure { get; set; }

    public long Disabled { get; set; }

    public long PayloadOversize { get; set; }

    public long ReserveFail { get; set; }

    /// <summary>Written, and gone with a sub-buffer before anybody read them.</summary>
    public long LostAfterwards { get; set; }

    /// <summary>Written events by kind.</summary>
    public long[] ByKind { get; } = new long[(int)GrtEventKind.Custom + 1];

    /// <summary>Every drop.</summary>
    public long Dropped =>
        FilteredEngine + FilteredRing + FilteredType + FilteredWatch + FilteredPid + FilteredUid + FilteredLatency
        + SampledOut + RateLimited + Backpressure + Disabled + PayloadOversize + ReserveFail;

    /// <summary>The text of <c>stats</c>.</summary>
    public string Text(bool isEnabled, long overruns, long subBuffersConsumed)
    {
        var text = new StringBuilder();
        void Line(string key, long value) => text.Append(CultureInfo.InvariantCulture, $"{key}={value}\n");
        Line("enabled", isEnabled ? 1 : 0);
        Line("written", Written);
        Line("writes_ok", Written);
        Line("writes_short", 0);
        Line("bytes_written", BytesWritten);
        Line("bytes_dropped", BytesDropped);
        Line("filtered_engine", FilteredEngine);
        Line("filtered_ring", FilteredRing);
        Line("filtered_type", FilteredType);
        Line("filtered_watch", FilteredWatch);
        Line("filtered_pid", FilteredPid);
        Line("filtered_uid", FilteredUid);
        Line("filtered_latency", FilteredLatency);
        Line("sampled_out", SampledOut);
        Line("rate_limited_drops", RateLimited);
        Line("backpressure_drops", Backpressure);
        Line("drops_disabled", Disabled);
        Line("drops_payload_oversize", PayloadOversize);
        Line("drops_reserve_fail", ReserveFail);
        Line("overruns", overruns);
        Line("lost_events", ReserveFail + LostAfterwards);
        Line("subbufs_consumed", subBuffersConsumed);
        return text.ToString();
    }

    /// <summary>The text of <c>events_by_type</c>.</summary>
    public string ByTypeText() => "type,count\n" + string.Concat(ByKind.Select((count, kind) => count == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{GrtEventNames.Of((GrtEventKind)kind)},{count}\n")));
}
