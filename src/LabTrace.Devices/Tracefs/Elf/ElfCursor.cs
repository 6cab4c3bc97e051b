using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace LabTrace.Devices.Elf;

/// <summary>Reads numbers of an ELF file at absolute offsets, in the byte order and word size its header names.</summary>
internal readonly ref struct ElfCursor(ReadOnlySpan<byte> file, string path, bool bigEndian, bool is64)
{
    private readonly ReadOnlySpan<byte> _file = file;

    public bool Is64 => is64;

    public long Length => _file.Length;

    public ushort UInt16(ulong offset, string field)
    {
        var bytes = Slice(offset, 2, field);
        return bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public uint UInt32(ulong offset, string field)
    {
        var bytes = Slice(offset, 4, field);
        return bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>An address, offset or size: four bytes in a 32-bit file, eight in a 64-bit one.</summary>
    public ulong Word(ulong offset, string field)
    {
        if (!is64)
        {
            return UInt32(offset, field);
        }

        var bytes = Slice(offset, 8, field);
        return bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public byte Byte(ulong offset, string field) => Slice(offset, 1, field)[0];

    /// <summary>Bytes of a table; the table must lie inside the file.</summary>
    public ReadOnlySpan<byte> Slice(ulong offset, ulong length, string field)
    {
        if (offset > (ulong)_file.Length || length > (ulong)_file.Length - offset)
        {
            ThrowShort(path, field, offset, length, (ulong)_file.Length);
        }

        return _file.Slice((int)offset, (int)length);
    }

    [DoesNotReturn]
    private static void ThrowShort(string path, string field, ulong offset, ulong length, ulong size) =>
        throw new ElfFormatException(
            path,
            $"{field} needs {length} bytes but {(offset >= size ? 0 : size - offset)} are left",
            (long)Math.Min(offset, long.MaxValue),
            "the file is cut short or damaged: install the package it came from again");
}
