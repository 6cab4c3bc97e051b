using System.Globalization;
using System.Text;
using System.Text.Json;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary>Reads a stream once and tells what its jobs come to.</summary>
internal sealed class GrtraceReport
{
    private const int EventsBetween = 1 << 16;
    private const int JsonFlush = 1 << 16;

    /// <summary>So many jobs are held until it is known whether waits for fences are told at all.</summary>
    private const int MaxHeld = 1 << 14;

    private readonly GrtraceReportRequest _request;
    private readonly GrtReader _reader;
    private readonly Stream _output;
    private readonly GrtJobTable _jobs;
    private readonly GrtReportWriter? _lines;
    private readonly Utf8JsonWriter? _json;
    private readonly PriorityQueue<GrtJobSpan, long> _longest = new();
    private readonly SortedDictionary<uint, GrtSummary> _rings = [];
    private readonly SortedDictionary<ulong, GrtSummary> _contexts = [];
    private readonly GrtHistogram _histogram = new();
    private readonly SortedDictionary<int, long> _results = [];
    private readonly bool[] _isWanted = new bool[GrtWantedEngines];
    private readonly bool[] _isJudged = new bool[GrtWantedEngines];
    private List<GrtJobSpan>? _held = [];
    private bool _hasWaits;
    private bool _hasWindow;
    private ulong _since;
    private ulong _until;
    private long _told;
    private long _unfinished;
    private long _filtered;

    private const int GrtWantedEngines = 1 << 10;

    public GrtraceReport(GrtraceReportRequest request, GrtReader reader, Stream output, bool isJson)
    {
        (_request, _reader, _output) = (request, reader, output);
        _jobs = new GrtJobTable(Take);
        _json = isJson ? new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }) : null;
        _lines = isJson ? null : new GrtReportWriter(output);
    }

    /// <summary>Lines that are no events, where the stream was text.</summary>
    public long TextMalformed { get; init; }

    /// <summary>Reads to the end and tells.</summary>
    public void Run(ProgressLine progress, CancellationToken cancellationToken)
    {
        Begin();
        Read(progress, cancellationToken);
        End(progress);
    }

    /// <summary>Writes what stands before the jobs.</summary>
    public void Begin()
    {
        _json?.WriteStartObject();
        if (_request.IsList)
        {
            _lines?.WriteHeader();
            _json?.WriteStartArray("jobs"u8);
        }
    }

    /// <summary>Reads what there is, and tells of jobs that have ended.</summary>
    public void Read(ProgressLine progress, CancellationToken cancellationToken)
    {
        var isSize = _request.Histogram == "size";
        while (_reader.Read())
        {
            var record = _reader.Current;
            var time = record.Timestamp;
            if (!_hasWindow)
            {
                _hasWindow = true;
                _since = _request.Since?.In(new TraceTime(time)).Nanoseconds ?? 0;
                _until = _request.Until?.In(new TraceTime(time)).Nanoseconds ?? ulong.MaxValue;
            }

            if (_reader.Count % EventsBetween == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Show(_reader.Count);
            }

            if (time < _since || time > _until || (_request.Ring is { } ring && record.RingId != ring))
            {
                _filtered++;
                continue;
            }

            if (isSize)
            {
                _histogram.Add(record.Bytes.Length);
            }

            _jobs.Add(_reader.Kind, record);
        }
    }

    /// <summary>Hands on the lines of all jobs that have ended: somebody watches. A wait counts as never told until one is.</summary>
    public void Flush()
    {
        if (_held is { Count: > 0 })
        {
            Decide();
        }

        _lines?.Flush();
        _output.Flush();
    }

    /// <summary>Tells of jobs that are in flight, and what all come to.</summary>
    public void End(ProgressLine progress)
    {
        _jobs.Complete();
        Decide();
        if (_request.IsList)
        {
            TellLongest();
            _json?.WriteEndArray();
        }

        _lines?.Flush();
        progress.Clear();
        var tally = _reader.Tally;
        if (_json is not null)
        {
            TellJson(_json, tally);
            _json.Flush();
            _output.WriteByte((byte)'\n');
        }
        else
        {
            TellText(tally);
        }

        _output.Flush();
        Warn(tally);
    }

    private void Take(in GrtJobSpan job)
    {
        if (_held is null)
        {
            Count(job);
            return;
        }

        _held.Add(job);
        if (_jobs.HasWaits || _held.Count == MaxHeld)
        {
            Decide();
        }
    }

    /// <summary>Waits count as told when one was by now.</summary>
    private void Decide()
    {
        if (_held is not { } held)
        {
            return;
        }

        (_held, _hasWaits) = (null, _jobs.HasWaits);
        foreach (var job in held)
        {
            Count(job);
        }
    }

    private bool HasWaits(in GrtJobSpan job) => _hasWaits || _jobs.HasWaits || job.Waits > 0;

    private void Count(in GrtJobSpan job)
    {
        if (_request.Engine is not null && !IsWanted(job.Engine))
        {
            return;
        }

        _told++;
        _unfinished += job.Complete == 0 ? 1 : 0;
        if (_request.PerRing)
        {
            SummaryOf(_rings, job.RingId).Add(job, HasWaits(job));
        }

        if (_request.PerContext)
        {
            SummaryOf(_contexts, job.CtxId).Add(job, HasWaits(job));
        }

        switch (_request.Histogram)
        {
            case "lat":
                _histogram.Add(job.TotalNs ?? 0);
                break;
            case "result" when job.Complete != 0:
                _results[job.Status] = _results.GetValueOrDefault(job.Status) + 1;
                break;
        }

        if (!_request.IsList)
        {
            return;
        }

        if (_request.Top == 0)
        {
            Tell(job);
            return;
        }

        var length = job.ExecNs ?? job.TotalNs ?? 0;
        if (_longest.Count < _request.Top)
        {
            _longest.Enqueue(job, length);
        }
        else
        {
            _ = _longest.EnqueueDequeue(job, length);
        }
    }

    private static GrtSummary SummaryOf<T>(SortedDictionary<T, GrtSummary> summaries, T key)
        where T : notnull
    {
        if (!summaries.TryGetValue(key, out var summary))
        {
            summaries[key] = summary = new GrtSummary();
        }

        return summary;
    }

    private bool IsWanted(int engine)
    {
        if (!_isJudged[engine])
        {
            _isJudged[engine] = true;
            _isWanted[engine] = string.Equals(_jobs.EngineName(engine), _request.Engine, StringComparison.OrdinalIgnoreCase);
        }

        return _isWanted[engine];
    }

    private void TellLongest()
    {
        var ordered = new List<GrtJobSpan>(_longest.Count);
        while (_longest.TryDequeue(out var job, out _))
        {
            ordered.Add(job);
        }

        for (var i = ordered.Count - 1; i >= 0; i--)
        {
            Tell(ordered[i]);
        }
    }

    private void Tell(in GrtJobSpan job)
    {
        var engine = _jobs.EngineName(job.Engine);
        if (_json is null)
        {
            _lines!.Write(job, engine, HasWaits(job));
            return;
        }

        _json.WriteStartObject();
        _json.WriteNumber("ctx"u8, job.CtxId);
        _json.WriteString("engine"u8, engine);
        _json.WriteNumber("ring"u8, job.RingId);
        Number("seq"u8, job.Flags.HasFlag(GrtJobFlags.SeqnoAbsent) ? null : (Int128)job.Seqno);
        Number("pid"u8, job.Pid == 0 ? null : job.Pid);
        Number("t_queue"u8, job.QueueNs);
        if (job.IsQueueFromSubmit)
        {
            _json.WriteBoolean("t_queue_from_submit"u8, value: true);
        }

        Number("t_exec"u8, job.ExecNs);
        Number("t_gpu_wait"u8, HasWaits(job) ? (Int128)job.Waited : null);
        Number("t_complete"u8, job.CompleteNs);
        Number("status"u8, job.Complete == 0 ? null : job.Status);
        _json.WriteNumber("first_ns"u8, job.First);
        _json.WriteEndObject();
        if (_json.BytesPending > JsonFlush)
        {
            _json.Flush();
        }
    }

    private void Number(ReadOnlySpan<byte> name, Int128? value)
    {
        if (value is not { } known)
        {
            _json!.WriteNull(name);
        }
        else if (known > long.MaxValue)
        {
            _json!.WriteNumber(name, (ulong)known);
        }
        else
        {
            _json!.WriteNumber(name, (long)known);
        }
    }

    private void TellText(GrtTally tally)
    {
        var text = new StringBuilder();
        if (_request.PerRing)
        {
            Table(text, "ring", _rings.Select(r => (Label: RingLabel(r.Key), r.Value)));
        }

        if (_request.PerContext)
        {
            Table(text, "ctx", _contexts.Select(c => (Label: $"0x{c.Key:x}", c.Value)));
        }

        if (_request.Histogram == "result")
        {
            _ = text.Append("status       jobs\n");
            foreach (var (status, count) in _results)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"{status,6} {count,10}\n");
            }
        }
        else if (_request.Histogram is not null)
        {
            var rows = _histogram.Rows;
            _ = text.Append(_request.Histogram == "lat" ? "# first to last event of a job, ns; buckets under" : "# record sizes, bytes; buckets under");
            _ = text.AppendJoin("", rows.Select(r => string.Create(CultureInfo.InvariantCulture, $" {r.Edge}"))).Append('\n');
            var most = Math.Max(1, rows.Max(r => r.Count));
            foreach (var (edge, count) in rows)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"{"< " + edge,22} {count,12} {new string('#', (int)(count * 40 / most))}\n");
            }
        }

        _ = text.Append(CultureInfo.InvariantCulture, $"# {_told:N0} jobs ({_unfinished:N0} without COMPLETE) in {tally.Events:N0} events; {tally.Lost:N0} lost, {tally.Malformed + TextMalformed:N0} malformed, {tally.UnknownEvents:N0} unknown, {_filtered:N0} left out\n");
        _output.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private string RingLabel(uint ring) => _reader.Session.Metadata.RingName(ring) is { } name ? $"{ring} {name}" : ring.ToString(CultureInfo.InvariantCulture);

    private static void Table(StringBuilder text, string key, IEnumerable<(string Label, GrtSummary Summary)> rows)
    {
        _ = text.Append(CultureInfo.InvariantCulture, $"{key,-18} {"jobs",10} {"failed",8}");
        foreach (var column in (string[])["t_queue", "t_exec", "t_gpu_wait", "t_complete"])
        {
            _ = text.Append(CultureInfo.InvariantCulture, $" {column + " p50",14} {"p99",12} {"max",12}");
        }

        _ = text.Append('\n');
        foreach (var (label, summary) in rows)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{label,-18} {summary.Jobs,10} {summary.Failed,8}");
            foreach (var interval in (GrtIntervals[])[summary.Queue, summary.Exec, summary.GpuWait, summary.Complete])
            {
                _ = text.Append(CultureInfo.InvariantCulture, $" {Known(interval.QuantileNs(0.5)),14} {Known(interval.QuantileNs(0.99)),12} {(interval.Count == 0 ? "NA" : Known(interval.MaxNs)),12}");
            }

            _ = text.Append('\n');
        }

        static string Known(long? ns) => ns?.ToString(CultureInfo.InvariantCulture) ?? "NA";
    }

    private void TellJson(Utf8JsonWriter json, GrtTally tally)
    {
        if (_request.PerRing)
        {
            json.WriteStartArray("rings"u8);
            foreach (var (ring, summary) in _rings)
            {
                json.WriteStartObject();
                json.WriteNumber("ring"u8, ring);
                json.WriteString("name"u8, _reader.Session.Metadata.RingName(ring));
                TellJson(json, summary);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (_request.PerContext)
        {
            json.WriteStartArray("contexts"u8);
            foreach (var (context, summary) in _contexts)
            {
                json.WriteStartObject();
                json.WriteNumber("ctx"u8, context);
                TellJson(json, summary);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (_request.Histogram == "result")
        {
            json.WriteStartObject("results"u8);
            foreach (var (status, count) in _results)
            {
                json.WriteNumber(status.ToString(CultureInfo.InvariantCulture), count);
            }

            json.WriteEndObject();
        }
        else if (_request.Histogram is { } histogram)
        {
            json.WriteStartArray("histogram_" + histogram);
            foreach (var (edge, count) in _histogram.Rows)
            {
                json.WriteStartObject();
                json.WriteNumber("under"u8, edge);
                json.WriteNumber("count"u8, count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteNumber("jobs_total"u8, _told);
        json.WriteNumber("jobs_without_complete"u8, _unfinished);
        json.WriteNumber("events"u8, tally.Events);
        json.WriteNumber("lost"u8, tally.Lost);
        json.WriteNumber("malformed"u8, tally.Malformed + TextMalformed);
        json.WriteNumber("unknown_events"u8, tally.UnknownEvents);
        json.WriteNumber("left_out"u8, _filtered);
        json.WriteNumber("sessions"u8, tally.Sessions);
        json.WriteString("driver"u8, _reader.Session.Metadata.Driver);
        json.WriteString("gpu"u8, _reader.Session.Metadata.Gpu);
        json.WriteStrings("warnings", tally.Warnings);
        json.WriteEndObject();
    }

    private static void TellJson(Utf8JsonWriter json, GrtSummary summary)
    {
        json.WriteNumber("jobs"u8, summary.Jobs);
        json.WriteNumber("failed"u8, summary.Failed);
        json.WriteNumber("unfinished"u8, summary.Unfinished);
        foreach (var (name, interval) in ((string, GrtIntervals)[])[("t_queue", summary.Queue), ("t_exec", summary.Exec), ("t_gpu_wait", summary.GpuWait), ("t_complete", summary.Complete)])
        {
            if (interval.Count == 0)
            {
                json.WriteNull(name);
                continue;
            }

            json.WriteStartObject(name);
            json.WriteNumber("count"u8, interval.Count);
            json.WriteNumber("min"u8, interval.MinNs);
            json.WriteNumber("mean"u8, interval.MeanNs!.Value);
            json.WriteNumber("p50"u8, interval.QuantileNs(0.5)!.Value);
            json.WriteNumber("p99"u8, interval.QuantileNs(0.99)!.Value);
            json.WriteNumber("max"u8, interval.MaxNs);
            json.WriteEndObject();
        }
    }

    private void Warn(GrtTally tally)
    {
        foreach (var warning in tally.Warnings)
        {
            Console.Error.WriteLine($"labtrace: warning: {warning}");
        }

        foreach (var sample in tally.Samples)
        {
            var where = sample.Offset >= 0 ? $" at offset {sample.Offset}" : "";
            Console.Error.WriteLine($"labtrace: warning: {sample.Reason}{where}");
        }

        if (_jobs.Displaced > 0)
        {
            Console.Error.WriteLine($"labtrace: warning: {_jobs.Displaced:N0} jobs were given before their end: more than {GrtJobTable.MaxInFlight:N0} were in flight");
        }

        if (tally is { Events: 0, Malformed: 0 })
        {
            Console.Error.WriteLine("labtrace: the stream has no events\n  try: was grtrace started, was its adapter loaded, and was there work for the GPU while it recorded?");
        }
    }
}
