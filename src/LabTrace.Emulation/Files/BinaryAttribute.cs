using LabTrace.Devices;

namespace LabTrace.Emulation.Files;

/// <summary>A kernel attribute of bytes: its driver is given each read and each write with its place and its length.</summary>
/// <param name="mode">Permission bits.</param>
/// <param name="size">Bytes it has; whatever is beyond is the kernel's business and never the driver's.</param>
/// <param name="read">Reads so many bytes from a place.</param>
/// <param name="write">Writes at a place; gives how many bytes were taken.</param>
/// <remarks>sysfs_kf_bin_read and sysfs_kf_bin_write of fs/sysfs/file.c; a page at once, of fs/kernfs/file.c.</remarks>
internal sealed class BinaryAttribute(int mode, int size, Func<int, int, byte[]> read, Func<int, byte[], int> write) : FileNode(mode)
{
    private const int Page = 4096;

    public override long Size => size;

    public override OpenFile Open(OpenFlags flags) => new Opened(this);

    private byte[] Read(long at, int length) => at >= size ? [] : read((int)at, (int)Math.Min(length, size - at));

    private int Write(long at, ReadOnlySpan<byte> content)
    {
        if (at >= size)
        {
            Refusal.Throw(Errno.EFBIG);
        }

        return content.Length == 0 ? 0 : write((int)at, content[..(int)Math.Min(content.Length, size - at)].ToArray());
    }

    private sealed class Opened(BinaryAttribute file) : OpenFile, IPositionedFile
    {
        public long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            var bytes = file.Read(Position, Math.Min(buffer.Length, Page));
            bytes.CopyTo(buffer);
            Position += bytes.Length;
            return bytes.Length;
        }

        public override int Write(ReadOnlySpan<byte> content)
        {
            var taken = file.Write(Position, content[..Math.Min(content.Length, Page)]);
            Position += taken;
            return taken;
        }
    }
}

/// <summary>An open file whose reads and writes are at a place that can be chosen.</summary>
internal interface IPositionedFile
{
    /// <summary>Where the next read or write is, bytes from the beginning.</summary>
    long Position { get; set; }
}
