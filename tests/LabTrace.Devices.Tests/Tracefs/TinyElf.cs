using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Devices.Tests;

/// <summary>Makes the smallest library with a symbol table that <c>readelf</c> accepts, in each class and byte order.</summary>
internal sealed class TinyElf(bool is64 = true, bool bigEndian = false)
{
    private const uint SegmentOffset = 0x100;
    private const uint SegmentAddress = 0x401100;
    private const uint SegmentSize = 0x300;

    private readonly List<(string Name, ulong Address, byte Type, ushort Section, bool Hidden)> _symbols = [];

    public TinyElf Function(string name, ulong address, byte type = 2, ushort section = 1, bool hidden = false)
    {
        _symbols.Add((name, address, type, section, hidden));
        return this;
    }

    /// <summary>Headers, one load segment (file 0x100 at 0x401100, 0x300 long), sections null, text, dynsym, strtab, versym.</summary>
    public byte[] Build()
    {
        var file = new byte[0x2000];
        var (names, starts) = Strings();
        var symbolSize = is64 ? 24 : 16;
        var (symtab, strtab, versions, sections) = (0x400, 0x800, 0xC00, 0x1000);
        "\u007fELF"u8.CopyTo(file);
        file[4] = (byte)(is64 ? 2 : 1);
        file[5] = (byte)(bigEndian ? 2 : 1);
        U16(file, 16, 3);
        var (programs, programSize, sectionSize) = (is64 ? 64 : 52, is64 ? 56 : 32, is64 ? 64 : 40);
        Word(file, is64 ? 32 : 28, (ulong)programs);
        Word(file, is64 ? 40 : 32, (ulong)sections);
        var counts = is64 ? 54 : 42;
        U16(file, counts, (ushort)programSize);
        U16(file, counts + 2, 1);
        U16(file, counts + 4, (ushort)sectionSize);
        U16(file, counts + 6, 5);

        U32(file, programs, 1);
        Word(file, programs + (is64 ? 8 : 4), SegmentOffset);
        Word(file, programs + (is64 ? 16 : 8), SegmentAddress);
        Word(file, programs + (is64 ? 32 : 16), SegmentSize);

        Section(file, sections + sectionSize, 1, SegmentOffset, SegmentSize, 0, 0);
        Section(file, sections + (2 * sectionSize), 11, (ulong)symtab, (ulong)((_symbols.Count + 1) * symbolSize), 3, (ulong)symbolSize);
        Section(file, sections + (3 * sectionSize), 3, (ulong)strtab, (ulong)names.Length, 0, 0);
        Section(file, sections + (4 * sectionSize), 0x6fff_ffff, (ulong)versions, (ulong)((_symbols.Count + 1) * 2), 2, 2);
        names.CopyTo(file, strtab);
        for (var i = 0; i < _symbols.Count; i++)
        {
            var at = symtab + ((i + 1) * symbolSize);
            U32(file, at, (uint)starts[i]);
            file[at + (is64 ? 4 : 12)] = (byte)(0x10 | _symbols[i].Type);
            U16(file, at + (is64 ? 6 : 14), _symbols[i].Section);
            Word(file, at + (is64 ? 8 : 4), _symbols[i].Address);
            Word(file, at + (is64 ? 16 : 8), 16);
            U16(file, versions + ((i + 1) * 2), (ushort)(_symbols[i].Hidden ? 0x8002 : 2));
        }

        return file;
    }

    private (byte[] Names, List<int> Starts) Strings()
    {
        var names = new List<byte> { 0 };
        var starts = new List<int>();
        foreach (var symbol in _symbols)
        {
            starts.Add(names.Count);
            names.AddRange(Encoding.UTF8.GetBytes(symbol.Name));
            names.Add(0);
        }

        return (names.ToArray(), starts);
    }

    private void Section(byte[] file, int at, uint type, ulong offset, ulong size, uint link, ulong entrySize)
    {
        U32(file, at + 4, type);
        Word(file, at + (is64 ? 24 : 16), offset);
        Word(file, at + (is64 ? 32 : 20), size);
        U32(file, at + (is64 ? 40 : 24), link);
        Word(file, at + (is64 ? 56 : 36), entrySize);
    }

    private void U16(byte[] file, int at, ushort value)
    {
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
        }
    }

    private void U32(byte[] file, int at, uint value)
    {
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        }
    }

    private void Word(byte[] file, int at, ulong value)
    {
        if (!is64)
        {
            U32(file, at, (uint)value);
        }
        else if (bigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(at), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
        }
    }
}
