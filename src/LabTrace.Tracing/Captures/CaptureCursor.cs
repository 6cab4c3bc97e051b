using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Reads numbers, names and blocks of a capture one after the other, through a small window, and can say where it stands. Every read names
/// its field.</summary>
/// <param name="capture">The bytes.</param>
/// <param name="name">What messages call the capture.</param>
/// <param name="isBigEndian">Byte order of the numbers.</param>
/// <param name="start">Where to start in the bytes.</param>
/// <param name="shown">What is added to an offset in messages: where decompressed bytes stand in their file.</param>
internal sealed class CaptureCursor(Capture capture, string name, bool isBigEndian, long start = 0, long shown = 0)
{
    private const int WindowBytes = 1 << 15;

    private readonly ReadOnlyMemory<byte>? _memory = capture.TryGetMemory(out var bytes) ? bytes : default(ReadOnlyMemory<byte>?);
    private readonly byte[] _window = capture.TryGetMemory(out _) ? [] : new byte[WindowBytes];
    private readonly long _length = capture.Length;
    private long _position = start;
    private long _windowStart;
    private int _windowLength;

    public long Offset => _position + shown;

    public long Left => _length - _position;

    public byte U8(string field) => Take(1, field)[0];

    public ushort U16(string field)
    {
        var at = Take(2, field);
        return isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);
    }

    public uint U32(string field)
    {
        var at = Take(4, field);
        return isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
    }

    public ulong U64(string field)
    {
        var at = Take(8, field);
        return isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at);
    }

    /// <summary>Bytes whose length was read before, valid until the next read.</summary>
    public ReadOnlySpan<byte> Take(ulong count, string field)
    {
        if (_memory is not null || count > WindowBytes)
        {
            return TakeMemory(count, field).Span;
        }

        Check(count, field);
        if (_position < _windowStart || _position + (long)count > _windowStart + _windowLength)
        {
            _windowStart = _position;
            _windowLength = capture.ReadAt(_position, _window);
            if (_windowLength < (int)count)
            {
                Short(field, count);
            }
        }

        var taken = _window.AsSpan((int)(_position - _windowStart), (int)count);
        _position += (long)count;
        return taken;
    }

    /// <summary>Bytes whose length was read before, to keep.</summary>
    public ReadOnlyMemory<byte> TakeMemory(ulong count, string field)
    {
        Check(count, field);
        if (_memory is { } all)
        {
            var slice = all.Slice((int)_position, (int)count);
            _position += (long)count;
            return slice;
        }

        if (count > int.MaxValue)
        {
            TraceFormatException.Throw($"capture '{name}': {field} says it has {count} bytes at offset {Offset}, more than is believed", offset: Offset, field: field);
        }

        var taken = GC.AllocateUninitializedArray<byte>((int)count);
        if (capture.ReadAt(_position, taken) < taken.Length)
        {
            Short(field, count);
        }

        _position += (long)count;
        return taken;
    }

    /// <summary>Steps over bytes whose length was read before.</summary>
    public void Skip(ulong count, string field)
    {
        Check(count, field);
        _position += (long)count;
    }

    /// <summary>A text up to its NUL.</summary>
    public string Name(string field, int maximum = 256)
    {
        var most = (int)Math.Min(Left, maximum);
        var from = _position;
        var rest = Take((ulong)most, field);
        var nul = rest.IndexOf((byte)0);
        _position = from;
        if (nul < 0)
        {
            throw new TraceFormatException(
                $"capture '{name}': {field} has no end within {most} bytes at offset {Offset}", TraceDatFile.CutHint, Offset, field);
        }

        _position += nul + 1;
        return Encoding.UTF8.GetString(rest[..nul]);
    }

    /// <summary>Fails unless the next bytes are the given ones.</summary>
    public void Expect(ReadOnlySpan<byte> expected, string field)
    {
        var at = Offset;
        var found = Take((ulong)expected.Length, field);
        if (!found.SequenceEqual(expected))
        {
            TraceFormatException.Throw($"capture '{name}': expected {field} at offset {at}, found {Convert.ToHexStringLower(found)}", offset: at, field: field);
        }
    }

    private void Check(ulong count, string field)
    {
        if (count > (ulong)Math.Max(Left, 0))
        {
            Short(field, count);
        }
    }

    [DoesNotReturn]
    private void Short(string field, ulong count) => throw new TraceFormatException(
        $"capture '{name}': {field} needs {count} bytes but {Math.Max(Left, 0)} are left at offset {Offset}", TraceDatFile.CutHint, Offset, field);
}
