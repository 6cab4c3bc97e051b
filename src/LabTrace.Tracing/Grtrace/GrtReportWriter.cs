using System.Buffers.Text;

namespace LabTrace.Tracing;

/// <summary>Writes jobs as lines: <c>ctx engine ring seq t_queue(ns) t_exec(ns) t_gpu_wait(ns) t_complete(ns)</c>, NA where nobody knows.</summary>
/// <remarks>A t_queue that counts from SUBMIT, because COMMIT is never told, has a <c>s</c> behind it.</remarks>
public sealed class GrtReportWriter(Stream output)
{
    private const int LineBytes = 256;
    private const int EngineBytes = 64;

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _filled;

    /// <summary>Writes the heads of the columns.</summary>
    public void WriteHeader() => output.Write("               ctx engine            ring          seq    t_queue(ns)     t_exec(ns) t_gpu_wait(ns) t_complete(ns)\n"u8);

    /// <summary>Writes a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="engine">Its engine's name.</param>
    /// <param name="hasWaits">Whether waits are told at all.</param>
    public void Write(in GrtJobSpan job, string engine, bool hasWaits)
    {
        ArgumentNullException.ThrowIfNull(engine);
        if (_buffer.Length - _filled < LineBytes)
        {
            Flush();
        }

        var line = _buffer.AsSpan(_filled, LineBytes);
        var at = Context(line, job.CtxId);
        line[at++] = (byte)' ';
        at = Text(line, at, engine.Length == 0 ? "-" : engine, 16);
        at = Number(line, at, job.RingId, 6);
        at = job.Flags.HasFlag(GrtJobFlags.SeqnoAbsent) ? Absent(line, at, 13) : Number(line, at, job.Seqno, 13);
        at = Interval(line, at, job.QueueNs, 15);
        if (job.IsQueueFromSubmit)
        {
            line[at++] = (byte)'s';
        }

        at = Interval(line, at, job.ExecNs, job.IsQueueFromSubmit ? 14 : 15);
        at = Interval(line, at, hasWaits ? (long)job.Waited : null, 15);
        at = Interval(line, at, job.CompleteNs, 15);
        line[at++] = (byte)'\n';
        _filled += at;
    }

    /// <summary>Hands on what was written.</summary>
    public void Flush()
    {
        output.Write(_buffer, 0, _filled);
        _filled = 0;
    }

    private static int Context(Span<byte> line, ulong ctx)
    {
        const int width = 18;
        Span<byte> digits = stackalloc byte[16];
        _ = Utf8Formatter.TryFormat(ctx, digits, out var count, 'x');
        var at = width - count - 2;
        line[..at].Fill((byte)' ');
        "0x"u8.CopyTo(line[at..]);
        digits[..count].CopyTo(line[(at + 2)..]);
        return width;
    }

    private static int Text(Span<byte> line, int at, string text, int width)
    {
        _ = System.Text.Encoding.UTF8.TryGetBytes(text, line.Slice(at, EngineBytes), out var count);
        line.Slice(at + count, Math.Max(0, width - count)).Fill((byte)' ');
        return at + Math.Max(count, width);
    }

    private static int Number(Span<byte> line, int at, ulong value, int width)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out var count);
        return Right(line, at, digits[..count], width);
    }

    private static int Interval(Span<byte> line, int at, long? value, int width)
    {
        if (value is not { } known)
        {
            return Absent(line, at, width);
        }

        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(known, digits, out var count);
        return Right(line, at, digits[..count], width);
    }

    private static int Absent(Span<byte> line, int at, int width) => Right(line, at, "NA"u8, width);

    private static int Right(Span<byte> line, int at, ReadOnlySpan<byte> text, int width)
    {
        // At least one blank parts the columns.
        var blanks = Math.Max(1, width - text.Length);
        line.Slice(at, blanks).Fill((byte)' ');
        text.CopyTo(line[(at + blanks)..]);
        return at + blanks + text.Length;
    }
}
