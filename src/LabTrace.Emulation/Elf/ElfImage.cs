using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Emulation.Elf;

/// <summary>A small valid ELF file: one loadable segment of code and a symbol table with the functions that can be probed.</summary>
/// <remarks>Layout: header, program header, code at 0x1000 (file offset and address alike), symbols, strings, section headers.</remarks>
internal sealed class ElfImage
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;
    private const int SymbolSize = 24;
    private const int CodeOffset = 0x1000;
    private const int FunctionSize = 0x40;
    private const byte Return = 0xC3;
    private const byte Nop = 0x90;
    private readonly string[] _functions;
    private readonly Lazy<byte[]> _bytes;

    /// <param name="functions">Global functions, in the order of their addresses.</param>
    /// <param name="isLibrary">Whether the symbols are dynamic ones only, as in a stripped library.</param>
    public ElfImage(IEnumerable<string> functions, bool isLibrary)
    {
        _functions = [.. functions];
        _bytes = new Lazy<byte[]>(() => Make(isLibrary));
    }

    public byte[] Bytes => _bytes.Value;

    /// <summary>The file offset of a function, or -1.</summary>
    public long OffsetOf(string function) => Array.IndexOf(_functions, function) is >= 0 and var index ? CodeOffset + ((long)index * FunctionSize) : -1;

    private byte[] Make(bool isLibrary)
    {
        var code = Code();
        var strings = new MemoryStream();
        strings.WriteByte(0);
        var symbols = new byte[SymbolSize * (_functions.Length + 1)];
        for (var i = 0; i < _functions.Length; i++)
        {
            var at = symbols.AsSpan(SymbolSize * (i + 1));
            BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)strings.Position);
            at[4] = 0x12;
            BinaryPrimitives.WriteUInt16LittleEndian(at[6..], 1);
            BinaryPrimitives.WriteUInt64LittleEndian(at[8..], (ulong)(CodeOffset + (i * FunctionSize)));
            BinaryPrimitives.WriteUInt64LittleEndian(at[16..], FunctionSize);
            strings.Write(Encoding.ASCII.GetBytes(_functions[i] + "\0"));
        }

        var (symbolSection, stringSection) = isLibrary ? (".dynsym", ".dynstr") : (".symtab", ".strtab");
        var names = Encoding.ASCII.GetBytes($"\0.text\0{symbolSection}\0{stringSection}\0.shstrtab\0");
        var symbolsAt = CodeOffset + code.Length;
        var stringsAt = symbolsAt + symbols.Length;
        var namesAt = stringsAt + (int)strings.Length;
        var sectionsAt = (namesAt + names.Length + 7) & ~7;
        var image = new byte[sectionsAt + (5 * SectionHeaderSize)];
        WriteHeader(image, isLibrary, sectionsAt);
        WriteProgramHeader(image.AsSpan(HeaderSize), symbolsAt);
        code.CopyTo(image, CodeOffset);
        symbols.CopyTo(image, symbolsAt);
        strings.ToArray().CopyTo(image, stringsAt);
        names.CopyTo(image, namesAt);
        var text = Encoding.ASCII.GetString(names);
        WriteSection(image, sectionsAt, 1, Name(text, ".text"), type: 1, flags: 6, CodeOffset, code.Length, link: 0, entry: 0, hasAddress: true);
        WriteSection(image, sectionsAt, 2, Name(text, symbolSection), isLibrary ? 11u : 2u, 0, symbolsAt, symbols.Length, link: 3, SymbolSize, hasAddress: false);
        WriteSection(image, sectionsAt, 3, Name(text, stringSection), 3, 0, stringsAt, (int)strings.Length, link: 0, entry: 0, hasAddress: false);
        WriteSection(image, sectionsAt, 4, Name(text, ".shstrtab"), 3, 0, namesAt, names.Length, link: 0, entry: 0, hasAddress: false);
        return image;
    }

    private byte[] Code()
    {
        var code = new byte[_functions.Length * FunctionSize];
        Array.Fill(code, Nop);
        for (var end = FunctionSize - 1; end < code.Length; end += FunctionSize)
        {
            code[end] = Return;
        }

        return code;
    }

    private static uint Name(string names, string section) => (uint)names.IndexOf("\0" + section + "\0", StringComparison.Ordinal) + 1;

    private static void WriteHeader(Span<byte> image, bool isLibrary, int sectionsAt)
    {
        ReadOnlySpan<byte> ident = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        ident.CopyTo(image);
        BinaryPrimitives.WriteUInt16LittleEndian(image[16..], 3);
        BinaryPrimitives.WriteUInt16LittleEndian(image[18..], 62);
        BinaryPrimitives.WriteUInt32LittleEndian(image[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(image[24..], isLibrary ? 0UL : CodeOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(image[32..], HeaderSize);
        BinaryPrimitives.WriteUInt64LittleEndian(image[40..], (ulong)sectionsAt);
        BinaryPrimitives.WriteUInt16LittleEndian(image[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(image[54..], ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(image[56..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(image[58..], SectionHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(image[60..], 5);
        BinaryPrimitives.WriteUInt16LittleEndian(image[62..], 4);
    }

    private static void WriteProgramHeader(Span<byte> at, int end)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], 5);
        BinaryPrimitives.WriteUInt64LittleEndian(at[8..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], (ulong)end);
        BinaryPrimitives.WriteUInt64LittleEndian(at[40..], (ulong)end);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], 0x1000);
    }

    private static void WriteSection(
        byte[] image, int sectionsAt, int index, uint name, uint type, ulong flags, int offset, int size, uint link, int entry, bool hasAddress)
    {
        var at = image.AsSpan(sectionsAt + (index * SectionHeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(at, name);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], type);
        BinaryPrimitives.WriteUInt64LittleEndian(at[8..], flags);
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], hasAddress ? (ulong)offset : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], (ulong)size);
        BinaryPrimitives.WriteUInt32LittleEndian(at[40..], link);
        BinaryPrimitives.WriteUInt32LittleEndian(at[44..], type is 2 or 11 ? 1u : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], type is 2 or 11 ? 8UL : 1);
        BinaryPrimitives.WriteUInt64LittleEndian(at[56..], (ulong)entry);
    }
}
