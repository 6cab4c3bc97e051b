using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabTrace.Tracing;

/// <summary>Writes a timeline as Chrome's trace events, which Perfetto and chrome://tracing open: ioctls on threads, jobs on rings, an arrow from one to the other.</summary>
/// <remarks>Slices of a thread must nest, or Perfetto drops them: jobs that are on a ring at the same time, as when one is interrupted by a more urgent one,
/// get a thread of their own each.</remarks>
public sealed class GrtTimelineChrome : IGrtTimelineSink, IDisposable
{
    private const int GpuProcess = int.MaxValue;
    private const int FlushAt = 1 << 16;
    private const int MaxJobs = 1 << 20;

    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushAt * 2);
    private readonly Utf8JsonWriter _json;
    private readonly HashSet<(int Pid, int Tid)> _named = [];
    private readonly Dictionary<(ulong Ctx, uint Ring, ulong Seqno), JobState> _jobs = [];
    private readonly Dictionary<uint, List<bool>> _running = [];
    private readonly Dictionary<(uint Ring, int Row), int> _lanes = [];
    private ulong _lastFlow;

    /// <summary>Starts the document.</summary>
    /// <param name="output">Where to; it is not closed.</param>
    /// <param name="gpu">What the GPU is called.</param>
    public GrtTimelineChrome(Stream output, string gpu)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit"u8, "ns"u8);
        _json.WriteStartArray("traceEvents"u8);
        Name("process_name", GpuProcess, 0, string.IsNullOrEmpty(gpu) ? "GPU" : $"GPU {gpu}");
    }

    /// <inheritdoc/>
    public void Write(GrtTimelineEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.IsGpu)
        {
            Gpu(item);
        }
        else if (item.Event != "IOCTL_ENTER" || item.Tid < 0)
        {
            Cpu(item);
        }

        if (_json.BytesPending > FlushAt)
        {
            HandOn();
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        HandOn();
        _output.WriteByte((byte)'\n');
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Cpu(GrtTimelineEvent item)
    {
        if (_named.Add((item.Pid, -1)) && item.Comm.Length > 0)
        {
            Name("process_name", item.Pid, item.Pid, item.Comm);
        }

        var isExit = item.Event == "IOCTL_EXIT" && item.SinceNs is not null;
        Start(isExit ? "X" : "i", item.Pid, item.Tid, isExit ? item.Time - (ulong)item.SinceNs!.Value : item.Time);
        _json.WriteString("name"u8, isExit ? "ioctl" : item.Event);
        _json.WriteString("cat"u8, "cpu"u8);
        if (isExit)
        {
            Time("dur", (ulong)item.SinceNs!.Value);
        }
        else
        {
            _json.WriteString("s"u8, "t"u8);
        }

        _json.WriteStartObject("args"u8);
        _json.WriteString("fields"u8, item.Fields.Span);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Gpu(GrtTimelineEvent item)
    {
        var job = item.Job;
        var key = (job.CtxId, job.RingId, job.Seqno);
        _ = _jobs.TryGetValue(key, out var state);
        switch (item.Kind)
        {
            case GrtEventKind.Submit:
                state = new JobState(item.Time, 0, item.Tid >= 0 ? ++_lastFlow : 0, 0);
                Keep(key, state);
                if (state.Flow != 0)
                {
                    Arrow("s", item.Pid, item.Tid, item.Time, state.Flow);
                }

                break;
            case GrtEventKind.Start:
                Leave(job.RingId, state);
                state = state with { Start = item.Time, Row = Enter(job.RingId) };
                Keep(key, state);
                if (state.Flow != 0)
                {
                    Arrow("f", GpuProcess, Lane(job, state.Row), item.Time, state.Flow);
                }

                break;
            case GrtEventKind.End when state.Start != 0:
                Leave(job.RingId, state);
                Keep(key, state with { Start = 0 });
                Job(item, Lane(job, state.Row), state.Submit, state.Start);
                break;
            case GrtEventKind.Complete:
                Leave(job.RingId, state);
                _ = _jobs.Remove(key);
                Instant(item, Lane(job, 0));
                break;
            case GrtEventKind.Commit:
                break;
            default:
                Instant(item, Lane(job, 0));
                break;
        }
    }

    /// <summary>The first row of a ring on which no job runs.</summary>
    private int Enter(uint ring)
    {
        if (!_running.TryGetValue(ring, out var rows))
        {
            _running[ring] = rows = [];
        }

        var row = rows.IndexOf(false);
        if (row < 0)
        {
            row = rows.Count;
            rows.Add(true);
        }

        rows[row] = true;
        return row;
    }

    private void Leave(uint ring, in JobState state)
    {
        if (state.Start != 0 && _running.TryGetValue(ring, out var rows) && state.Row < rows.Count)
        {
            rows[state.Row] = false;
        }
    }

    /// <summary>The thread of a ring's row, which is named when it is first used.</summary>
    private int Lane(in GrtJob job, int row)
    {
        if (!_lanes.TryGetValue((job.RingId, row), out var lane))
        {
            _lanes[(job.RingId, row)] = lane = _lanes.Count + 1;
            var name = $"ring {job.RingId} {job.Engine}".TrimEnd();
            Name("thread_name", GpuProcess, lane, row == 0 ? name : $"{name}, at the same time");
        }

        return lane;
    }

    private void Keep((ulong Ctx, uint Ring, ulong Seqno) key, in JobState state)
    {
        if (_jobs.Count >= MaxJobs)
        {
            _jobs.Clear();
            _running.Clear();
        }

        _jobs[key] = state;
    }

    private void Job(GrtTimelineEvent item, int lane, ulong submit, ulong start)
    {
        Start("X", GpuProcess, lane, start);
        _json.WriteString("name"u8, item.Comm.Length > 0 ? $"{item.Comm} {item.Job.Seqno}" : $"ctx 0x{item.Job.CtxId:x} {item.Job.Seqno}");
        _json.WriteString("cat"u8, "gpu"u8);
        Time("dur", item.Time - start);
        Arguments(item, submit == 0 ? null : start - submit);
        _json.WriteEndObject();
    }

    private void Instant(GrtTimelineEvent item, int lane)
    {
        Start("i", GpuProcess, lane, item.Time);
        _json.WriteString("name"u8, item.Event);
        _json.WriteString("cat"u8, "gpu"u8);
        _json.WriteString("s"u8, "t"u8);
        Arguments(item, null);
        _json.WriteEndObject();
    }

    private void Arguments(GrtTimelineEvent item, ulong? queued)
    {
        _json.WriteStartObject("args"u8);
        _json.WriteString("ctx_id"u8, $"0x{item.Job.CtxId:x}");
        _json.WriteNumber("seqno"u8, item.Job.Seqno);
        _json.WriteString("engine"u8, item.Job.Engine);
        if (queued is { } ns)
        {
            _json.WriteNumber("queue_ns"u8, ns);
        }

        if (item.Kind is GrtEventKind.Complete or GrtEventKind.Error)
        {
            _json.WriteNumber("status"u8, item.Job.Status);
        }

        if (item.Pid >= 0)
        {
            _json.WriteNumber("pid"u8, item.Pid);
            _json.WriteString("comm"u8, item.Comm);
        }

        _json.WriteEndObject();
    }

    private void Arrow(string phase, int process, int thread, ulong time, ulong flow)
    {
        Start(phase, process, thread, time);
        _json.WriteString("name"u8, "submit"u8);
        _json.WriteString("cat"u8, "gpu"u8);
        _json.WriteNumber("id"u8, flow);
        if (phase == "f")
        {
            _json.WriteString("bp"u8, "e"u8);
        }

        _json.WriteEndObject();
    }

    private void Name(string what, int process, int thread, string name)
    {
        _json.WriteStartObject();
        _json.WriteString("ph"u8, "M"u8);
        _json.WriteString("name"u8, what);
        _json.WriteNumber("pid"u8, process);
        _json.WriteNumber("tid"u8, thread);
        _json.WriteStartObject("args"u8);
        _json.WriteString("name"u8, name);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void Start(string phase, int process, int thread, ulong time)
    {
        _json.WriteStartObject();
        _json.WriteString("ph"u8, phase);
        _json.WriteNumber("pid"u8, process);
        _json.WriteNumber("tid"u8, thread);
        Time("ts", time);
    }

    private void Time(string name, ulong ns)
    {
        _json.WritePropertyName(name);
        Span<char> text = stackalloc char[32];
        _ = text.TryWrite(CultureInfo.InvariantCulture, $"{ns / 1000}.{ns % 1000:D3}", out var length);
        _json.WriteRawValue(text[..length], skipInputValidation: true);
    }

    private void HandOn()
    {
        _json.Flush();
        _output.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    /// <summary>A job in flight: when it was submitted and started, 0 for not yet or no more, the number of its arrow, and the row it runs on.</summary>
    private readonly record struct JobState(ulong Submit, ulong Start, ulong Flow, int Row);
}
