using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace LabTrace.Tracing.Tests.TraceDat;

/// <summary>Compresses an uncompressed version 7 file as trace-cmd with zlib would: the pages in chunks, and every section that may be compressed.
/// Debian's trace-cmd is built without zlib, and can neither write nor read such files.</summary>
/// <remarks>It knows nothing of our reader and writer: offsets are as the format's description says. Little endian only.</remarks>
internal static class ZlibTwin
{
    private const int PageBytes = 4096;
    private const int PagesInChunk = 10;
    private const ushort Done = 0;
    private const ushort Buffer = 3;
    private const ushort FirstMetadata = 16;
    private const ushort LastMetadata = 21;

    /// <summary>The same recording, compressed.</summary>
    public static byte[] Of(byte[] file)
    {
        var output = new List<byte>(file);
        var name = 10 + Encoding.ASCII.GetString(file, 10, 4).IndexOf('\0') + 1 + 1 + 1 + 4;
        if (Encoding.ASCII.GetString(file, name, 5) != "none\0")
        {
            throw new InvalidOperationException("the file is compressed already");
        }

        "zlib"u8.CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(output)[name..]);
        var version = Array.IndexOf(file, (byte)0, name + 5) + 1;
        for (var section = U64(file, version); section != 0;)
        {
            section = Options(file, output, (int)section);
        }

        return [.. output];
    }

    private static long Options(byte[] file, List<byte> output, int section)
    {
        // Section header: id, flags, description, size.
        var end = section + 16 + (int)U64(file, section + 8);
        for (var at = section + 16; at < end;)
        {
            var (id, size, data) = (BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at)), (int)U32(file, at + 2), at + 6);
            if (id == Done)
            {
                return U64(file, data);
            }

            if (id is >= FirstMetadata and <= LastMetadata)
            {
                Put(output, data, Section(file, output, (int)U64(file, data)));
            }
            else if (id == Buffer)
            {
                Pages(file, output, data);
            }

            at = data + size;
        }

        return 0;
    }

    /// <summary>Puts a compressed copy of a section behind the file.</summary>
    private static long Section(byte[] file, List<byte> output, int section)
    {
        var start = output.Count;
        var content = file.AsSpan(section + 16, (int)U64(file, section + 8));
        var packed = Pack(content);
        output.AddRange(file.AsSpan(section, 16));
        Put16(output, start + 2, 1);
        Put(output, start + 8, packed.Length + 8);
        Add32(output, packed.Length);
        Add32(output, content.Length);
        output.AddRange(packed);
        return start;
    }

    /// <summary>offset, name, clock, page size, number of cpus, then cpu, offset and size of each.</summary>
    private static void Pages(byte[] file, List<byte> output, int option)
    {
        Put16(output, (int)U64(file, option) + 2, 1);
        var at = Array.IndexOf(file, (byte)0, Array.IndexOf(file, (byte)0, option + 8) + 1) + 1;
        var cpus = (int)U32(file, at + 4);
        at += 8;
        for (var i = 0; i < cpus; i++, at += 20)
        {
            var (offset, size) = ((int)U64(file, at + 4), (int)U64(file, at + 12));
            if (size == 0)
            {
                continue;
            }

            output.AddRange(new byte[PageBytes - (output.Count % PageBytes)]);
            var start = output.Count;
            Add32(output, (size + (PagesInChunk * PageBytes) - 1) / (PagesInChunk * PageBytes));
            for (var done = 0; done < size; done += PagesInChunk * PageBytes)
            {
                var chunk = file.AsSpan(offset + done, Math.Min(PagesInChunk * PageBytes, size - done));
                var packed = Pack(chunk);
                Add32(output, packed.Length);
                Add32(output, chunk.Length);
                output.AddRange(packed);
            }

            // The size is told without the number of chunks before them.
            Put(output, at + 4, start);
            Put(output, at + 12, output.Count - start - 4);
        }
    }

    private static byte[] Pack(ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(content);
        }

        return packed.ToArray();
    }

    private static long U64(byte[] file, int at) => BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));

    private static uint U32(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));

    private static void Put(List<byte> output, int at, long value) =>
        BinaryPrimitives.WriteInt64LittleEndian(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(output)[at..], value);

    private static void Put16(List<byte> output, int at, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(output)[at..], value);

    private static void Add32(List<byte> output, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        output.AddRange(bytes);
    }
}
