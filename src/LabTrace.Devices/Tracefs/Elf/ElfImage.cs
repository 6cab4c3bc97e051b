using System.Text;

namespace LabTrace.Devices.Elf;

/// <summary>The functions of a program or shared library: its symbol tables, read from the file's bytes.</summary>
/// <remarks>
/// gABI, "Object Files". Read: file header, program headers, section headers, <c>.symtab</c>, <c>.dynsym</c> and
/// <c>.gnu.version</c>. Not read: relocatable files (ET_REL), separate debug files, DWARF.
/// </remarks>
internal sealed class ElfImage
{
    private const int MaxProgramHeaders = 1024;
    private const int MaxSections = 65_535;
    private const int MaxNameLength = 4096;

    private const uint SectionSymtab = 2;
    private const uint SectionDynsym = 11;
    private const uint SectionVersym = 0x6fff_ffff;
    private const uint SegmentLoad = 1;
    private const int SymbolFunction = 2;
    private const int SymbolIndirectFunction = 10;
    private const ushort HiddenVersion = 0x8000;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly string _path;
    private readonly bool _bigEndian;
    private readonly bool _is64;
    private readonly List<Segment> _segments = [];
    private readonly List<Section> _sections = [];

    private ElfImage(ReadOnlyMemory<byte> file, string path, bool bigEndian, bool is64)
    {
        _file = file;
        _path = path;
        _bigEndian = bigEndian;
        _is64 = is64;
    }

    /// <summary>Where in the file the program starts.</summary>
    /// <exception cref="ElfFormatException">The file has no entry: it is a library.</exception>
    public ulong EntryOffset
    {
        get
        {
            var entry = Cursor().Word(24, "e_entry");
            return TryFileOffset(entry, out var offset)
                ? offset
                : throw new ElfFormatException(_path, $"e_entry is 0x{entry:x}, which no load segment holds", 24, "name a program, not a library");
        }
    }

    private readonly record struct Segment(ulong Offset, ulong Address, ulong FileSize);

    private readonly record struct Section(uint Type, ulong Offset, ulong Size, uint Link, ulong EntrySize);

    /// <summary>Reads the headers; symbols are read when asked for.</summary>
    /// <exception cref="ElfFormatException">It is no ELF file, no program or library, or its headers point outside it.</exception>
    public static ElfImage Parse(ReadOnlyMemory<byte> file, string path)
    {
        var bytes = file.Span;
        if (bytes.Length < 16 || !bytes.StartsWith("\u007fELF"u8))
        {
            throw new ElfFormatException(
                path,
                "expected the bytes 7F 45 4C 46",
                0,
                "name the program itself: a script has no functions a uprobe could stand on");
        }

        if (bytes[4] is not (1 or 2))
        {
            throw new ElfFormatException(path, $"class is {bytes[4]}, expected 1 (32 bit) or 2 (64 bit)", 4);
        }

        if (bytes[5] is not (1 or 2))
        {
            throw new ElfFormatException(path, $"byte order is {bytes[5]}, expected 1 (little endian) or 2 (big endian)", 5);
        }

        var image = new ElfImage(file, path, bigEndian: bytes[5] == 2, is64: bytes[4] == 2);
        image.ReadHeaders();
        return image;
    }

    /// <summary>Finds a function; a version that is not the default (<c>memcpy@GLIBC_2.2.5</c>) yields to one that is.</summary>
    public bool TryFindFunction(string name, out ElfFunction function)
    {
        var found = false;
        function = default;
        var hidden = true;
        foreach (var (candidate, isHidden) in Functions(Encoding.UTF8.GetBytes(name)))
        {
            if (!found || (hidden && !isHidden))
            {
                (found, function, hidden) = (true, candidate, isHidden);
            }
        }

        return found;
    }

    /// <summary>Names of all functions, each once, in the order of the tables; for suggestions.</summary>
    public IReadOnlyList<string> FunctionNames() => Functions(wanted: null).Select(f => f.Function.Name).Distinct().ToArray();

    /// <summary>All functions, in the order of the tables; one that stands in both tables twice.</summary>
    public IEnumerable<ElfFunction> AllFunctions() => Functions(wanted: null).Select(f => f.Function);

    private void ReadHeaders()
    {
        var cursor = Cursor();
        var type = cursor.UInt16(16, "e_type");
        if (type is not (2 or 3))
        {
            throw new ElfFormatException(
                _path, $"e_type is {type}, expected 2 (program) or 3 (library)", 16, "name the linked program or library, not an object file");
        }

        var programs = cursor.Word(_is64 ? 32u : 28u, "e_phoff");
        var sections = cursor.Word(_is64 ? 40u : 32u, "e_shoff");
        var counts = _is64 ? 54u : 42u;
        var programSize = cursor.UInt16(counts, "e_phentsize");
        var programCount = cursor.UInt16(counts + 2, "e_phnum");
        var sectionSize = cursor.UInt16(counts + 4, "e_shentsize");
        var sectionCount = cursor.UInt16(counts + 6, "e_shnum");
        if (programCount > MaxProgramHeaders)
        {
            throw new ElfFormatException(_path, $"e_phnum is {programCount}, more than {MaxProgramHeaders}", counts + 2);
        }

        for (var i = 0u; i < programCount; i++)
        {
            var at = Entry(programs, i, programSize, "program header");
            if (cursor.UInt32(at, "p_type") == SegmentLoad)
            {
                _segments.Add(_is64
                    ? new Segment(cursor.Word(at + 8, "p_offset"), cursor.Word(at + 16, "p_vaddr"), cursor.Word(at + 32, "p_filesz"))
                    : new Segment(cursor.Word(at + 4, "p_offset"), cursor.Word(at + 8, "p_vaddr"), cursor.Word(at + 16, "p_filesz")));
            }
        }

        for (var i = 0u; i < Math.Min(sectionCount, (uint)MaxSections); i++)
        {
            var at = Entry(sections, i, sectionSize, "section header");
            _sections.Add(_is64
                ? new Section(
                    cursor.UInt32(at + 4, "sh_type"), cursor.Word(at + 24, "sh_offset"), cursor.Word(at + 32, "sh_size"),
                    cursor.UInt32(at + 40, "sh_link"), cursor.Word(at + 56, "sh_entsize"))
                : new Section(
                    cursor.UInt32(at + 4, "sh_type"), cursor.Word(at + 16, "sh_offset"), cursor.Word(at + 20, "sh_size"),
                    cursor.UInt32(at + 24, "sh_link"), cursor.Word(at + 36, "sh_entsize")));
        }
    }

    /// <summary>The functions that are in the file and, when a name is wanted, have it.</summary>
    private List<(ElfFunction Function, bool Hidden)> Functions(byte[]? wanted)
    {
        var functions = new List<(ElfFunction, bool)>();
        for (var i = 0; i < _sections.Count; i++)
        {
            if (_sections[i].Type is SectionSymtab or SectionDynsym)
            {
                ReadTable(i, wanted, functions);
            }
        }

        return functions;
    }

    private void ReadTable(int index, byte[]? wanted, List<(ElfFunction Function, bool Hidden)> functions)
    {
        var cursor = Cursor();
        var table = _sections[index];
        var entrySize = _is64 ? 24u : 16u;
        if (table.EntrySize != entrySize)
        {
            throw new ElfFormatException(_path, $"sh_entsize of a symbol table is {table.EntrySize}, expected {entrySize}", (long)Math.Min(table.Offset, long.MaxValue));
        }

        if (table.Link >= (uint)_sections.Count)
        {
            throw new ElfFormatException(_path, $"sh_link of a symbol table is {table.Link} of {_sections.Count} sections", (long)Math.Min(table.Offset, long.MaxValue));
        }

        _ = cursor.Slice(table.Offset, table.Size, "symbol table");
        var names = cursor.Slice(_sections[(int)table.Link].Offset, _sections[(int)table.Link].Size, "string table");
        var versions = VersionsOf(index, cursor);
        for (var i = 0u; i < table.Size / entrySize; i++)
        {
            var at = table.Offset + (i * entrySize);
            var info = cursor.Byte(at + (_is64 ? 4u : 12u), "st_info");
            var definedIn = cursor.UInt16(at + (_is64 ? 6u : 14u), "st_shndx");
            if ((info & 15) is not (SymbolFunction or SymbolIndirectFunction) || definedIn == 0)
            {
                continue;
            }

            var name = NameAt(names, cursor.UInt32(at, "st_name"));
            var address = cursor.Word(at + (_is64 ? 8u : 4u), "st_value");
            if (name.IsEmpty || (wanted is not null && !name.SequenceEqual(wanted)) || !TryFileOffset(address, out var fileOffset))
            {
                continue;
            }

            var size = cursor.Word(at + (_is64 ? 16u : 8u), "st_size");
            var hidden = versions.Length >= (i + 1) * 2 && (ReadVersion(versions, i) & HiddenVersion) != 0;
            functions.Add((new ElfFunction(Encoding.UTF8.GetString(name), address, size, fileOffset, (info & 15) == SymbolIndirectFunction), hidden));
        }
    }

    private ushort ReadVersion(ReadOnlySpan<byte> versions, uint symbol)
    {
        var at = (int)symbol * 2;
        return _bigEndian ? (ushort)((versions[at] << 8) | versions[at + 1]) : (ushort)((versions[at + 1] << 8) | versions[at]);
    }

    private ReadOnlySpan<byte> VersionsOf(int table, ElfCursor cursor)
    {
        foreach (var section in _sections)
        {
            if (section.Type == SectionVersym && section.Link == table)
            {
                return cursor.Slice(section.Offset, section.Size, "version table");
            }
        }

        return default;
    }

    private static ReadOnlySpan<byte> NameAt(ReadOnlySpan<byte> names, uint offset)
    {
        if (offset >= (uint)names.Length)
        {
            return default;
        }

        var name = names[(int)offset..];
        var end = name[..Math.Min(name.Length, MaxNameLength)].IndexOf((byte)0);
        return end < 0 ? default : name[..end];
    }

    private bool TryFileOffset(ulong address, out ulong offset)
    {
        foreach (var segment in _segments)
        {
            if (address >= segment.Address && address - segment.Address < segment.FileSize)
            {
                offset = address - segment.Address + segment.Offset;
                return true;
            }
        }

        offset = 0;
        return false;
    }

    private ulong Entry(ulong table, uint index, ushort size, string what)
    {
        var at = table + ((ulong)index * size);
        return at < table || at > (ulong)_file.Length
            ? throw new ElfFormatException(_path, $"{what} {index} lies outside the file of {_file.Length} bytes", (long)Math.Min(table, long.MaxValue))
            : at;
    }

    private ElfCursor Cursor() => new(_file.Span, _path, _bigEndian, _is64);
}

/// <summary>A function of an ELF file, and where in the file its first instruction stands.</summary>
/// <param name="Name">As the symbol table spells it, without a version.</param>
/// <param name="Address">The link-time address.</param>
/// <param name="Size">Bytes of code, or zero when the table does not say.</param>
/// <param name="FileOffset">What <c>uprobe_events</c> wants behind the colon.</param>
/// <param name="IsIndirect">The address is a resolver's (STT_GNU_IFUNC), which callers run once, not the function.</param>
internal readonly record struct ElfFunction(string Name, ulong Address, ulong Size, ulong FileOffset, bool IsIndirect);
