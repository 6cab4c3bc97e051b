using System.Buffers.Text;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Collects UTF-8 and hands it on in large pieces.</summary>
internal sealed class Utf8Output(Stream output)
{
    private const int FlushAt = 1 << 16;
    private byte[] _bytes = new byte[FlushAt * 2];
    private int _count;

    /// <summary>What was not handed on yet.</summary>
    public ReadOnlySpan<byte> Pending => _bytes.AsSpan(0, _count);

    public void Append(byte value)
    {
        Reserve(1);
        _bytes[_count++] = value;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_count));
        _count += bytes.Length;
    }

    public void Append(string text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _count += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_count));
    }

    public void Append(StringBuilder text)
    {
        foreach (var chunk in text.GetChunks())
        {
            Reserve(Encoding.UTF8.GetMaxByteCount(chunk.Length));
            _count += Encoding.UTF8.GetBytes(chunk.Span, _bytes.AsSpan(_count));
        }
    }

    public void Append(long value)
    {
        Reserve(20);
        _ = Utf8Formatter.TryFormat(value, _bytes.AsSpan(_count), out var written);
        _count += written;
    }

    public void Append(ulong value)
    {
        Reserve(20);
        _ = Utf8Formatter.TryFormat(value, _bytes.AsSpan(_count), out var written);
        _count += written;
    }

    /// <summary>Ends a record: what has collected is handed on when it is enough.</summary>
    public void EndRecord()
    {
        if (_count >= FlushAt)
        {
            Flush();
        }
    }

    public void Flush()
    {
        output.Write(_bytes.AsSpan(0, _count));
        _count = 0;
        output.Flush();
    }

    private void Reserve(int size)
    {
        if (_bytes.Length - _count < size)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _count + size));
        }
    }
}
