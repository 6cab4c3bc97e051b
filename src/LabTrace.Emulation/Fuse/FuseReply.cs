using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Emulation.Fuse;

/// <summary>A reply that is being written; <c>struct fuse_out_header</c> and what follows it.</summary>
internal sealed class FuseReply
{
    public const int HeaderBytes = 16;

    private readonly byte[] _bytes;

    public FuseReply(int capacity) => _bytes = new byte[capacity];

    public int Length { get; private set; } = HeaderBytes;

    /// <summary>All room behind what was written.</summary>
    public Span<byte> Room => _bytes.AsSpan(Length);

    public void Clear() => Length = HeaderBytes;

    public FuseReply Put(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Room, value);
        Length += 4;
        return this;
    }

    public FuseReply Put(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room, value);
        Length += 8;
        return this;
    }

    public FuseReply Put(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Room, value);
        Length += 2;
        return this;
    }

    public FuseReply Put(string text)
    {
        Length += Encoding.UTF8.GetBytes(text, Room);
        return this;
    }

    public FuseReply Skip(int zeros)
    {
        Room[..zeros].Clear();
        Length += zeros;
        return this;
    }

    /// <summary>Takes bytes that were written into <see cref="Room"/>.</summary>
    public void Took(int count) => Length += count;

    public ReadOnlySpan<byte> Finish(ulong request, int error)
    {
        if (error != 0)
        {
            Length = HeaderBytes;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_bytes, Length);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(4), -error);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(8), request);
        return _bytes.AsSpan(0, Length);
    }
}
