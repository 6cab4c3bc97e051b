using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Emulation.Fuse;

/// <summary>A request of the kernel; <c>struct fuse_in_header</c> and what follows it.</summary>
internal readonly ref struct FuseRequest(ReadOnlySpan<byte> bytes)
{
    public const int HeaderBytes = 40;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public FuseOperation Operation => (FuseOperation)BinaryPrimitives.ReadUInt32LittleEndian(_bytes[4..]);

    public ulong Unique => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[8..]);

    public ulong NodeId => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[16..]);

    public uint UserId => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[24..]);

    public uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(HeaderBytes + offset)..]);

    public ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(HeaderBytes + offset)..]);

    public ReadOnlySpan<byte> Data(int offset, int count) => _bytes.Slice(HeaderBytes + offset, count);

    /// <summary>The name that ends with a NUL.</summary>
    public string Name(int offset)
    {
        var name = _bytes[(HeaderBytes + offset)..];
        var end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }
}

/// <summary>What the kernel may ask; linux/fuse.h.</summary>
internal enum FuseOperation
{
    Lookup = 1,
    Forget = 2,
    GetAttributes = 3,
    SetAttributes = 4,
    ReadLink = 5,
    MakeNode = 8,
    MakeDirectory = 9,
    Unlink = 10,
    RemoveDirectory = 11,
    Open = 14,
    Read = 15,
    Write = 16,
    StatFileSystem = 17,
    Release = 18,
    Synchronise = 20,
    Flush = 25,
    Initialise = 26,
    OpenDirectory = 27,
    ReadDirectory = 28,
    ReleaseDirectory = 29,
    Access = 34,
    Create = 35,
    Interrupt = 36,
    Destroy = 38,
    Control = 39,
    Poll = 40,
    BatchForget = 42,
    SynchroniseDirectory = 30,
}
