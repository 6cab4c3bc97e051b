using System.Buffers.Text;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Kernel symbols by address, from <c>/proc/kallsyms</c>.</summary>
public sealed class SymbolTable
{
    private readonly Lazy<byte[]> _source;
    private readonly Lazy<(ulong[] Addresses, (int Start, int Length)[] Names)> _index;

    private SymbolTable(Func<byte[]> source)
    {
        _source = new(source);
        _index = new(() => Sort(_source.Value));
    }

    internal byte[] Source => _source.Value;

    /// <summary>How many symbols have an address; 0 when the kernel hides them (<c>kptr_restrict</c>).</summary>
    public int Count => _index.Value.Addresses.Length;

    /// <summary>Reads <c>ADDRESS TYPE NAME [MODULE]</c> lines; lines that are none, and hidden addresses, are ignored. The work is done when the first
    /// symbol is asked for.</summary>
    /// <param name="kallsyms">The file's bytes; they are kept.</param>
    public static SymbolTable Parse(byte[] kallsyms)
    {
        ArgumentNullException.ThrowIfNull(kallsyms);
        return new SymbolTable(() => kallsyms);
    }

    /// <summary>A table whose bytes are fetched when they are needed: most traces name no address.</summary>
    internal static SymbolTable Deferred(Func<byte[]> kallsyms) => new(kallsyms);

    /// <summary>Fetches the bytes if that was not done, so that the capture may be closed.</summary>
    internal void Load() => _ = _source.Value;

    /// <summary>The symbol that covers an address, as <c>%pS</c> prints it: <c>name+0x10/0x80 [module]</c>; null when none does.</summary>
    /// <param name="address">A kernel address.</param>
    public string? Describe(ulong address) =>
        Find(address, out var index, out var offset, out var size) ? $"{Name(index)}+0x{offset:x}/0x{size:x}{Module(index)}" : null;

    /// <summary>The symbol that covers an address, as <c>%ps</c> prints it: <c>name [module]</c>; null when none does.</summary>
    /// <param name="address">A kernel address.</param>
    public string? NameOf(ulong address) => Find(address, out var index, out _, out _) ? Name(index) + Module(index) : null;

    private static (ulong[] Addresses, (int Start, int Length)[] Names) Sort(byte[] kallsyms)
    {
        var addresses = new List<ulong>();
        var names = new List<(int Start, int Length)>();
        for (var start = 0; start < kallsyms.Length;)
        {
            var line = kallsyms.AsSpan(start);
            var end = line.IndexOf((byte)'\n');
            line = end < 0 ? line : line[..end];
            if (Utf8Parser.TryParse(line, out ulong address, out var used, 'x') && address != 0 && line.Length > used + 3 && line[used] == ' ')
            {
                addresses.Add(address);
                names.Add((start + used + 3, line.Length - used - 3));
            }

            start += line.Length + 1;
        }

        // Symbols come sorted except for modules behind the kernel; of several at one address the kernel prints the first.
        var order = Enumerable.Range(0, addresses.Count).OrderBy(i => addresses[i]).ToArray();
        return ([.. order.Select(i => addresses[i])], [.. order.Select(i => names[i])]);
    }

    private bool Find(ulong address, out int index, out ulong offset, out ulong size)
    {
        (offset, size) = (0, 0);
        var addresses = _index.Value.Addresses;
        index = Array.BinarySearch(addresses, address);
        index = index < 0 ? ~index - 1 : index;
        if (index < 0)
        {
            return false;
        }

        var start = addresses[index];
        while (index > 0 && addresses[index - 1] == start)
        {
            index--;
        }

        var next = index;
        while (next < addresses.Length && addresses[next] == start)
        {
            next++;
        }

        offset = address - start;
        size = next < addresses.Length ? addresses[next] - start : 0;

        // Far behind the last symbol of a section there is no code; 16 MiB is larger than any function.
        return next < addresses.Length && offset < (1 << 24);
    }

    private string Name(int index)
    {
        var name = Line(index);
        var tab = name.IndexOfAny((byte)'\t', (byte)' ');
        return Encoding.UTF8.GetString(tab < 0 ? name : name[..tab]);
    }

    private string Module(int index)
    {
        var line = Line(index);
        var bracket = line.IndexOf((byte)'[');
        return bracket < 0 ? "" : " " + Encoding.UTF8.GetString(line[bracket..].TrimEnd((byte)'\r'));
    }

    private ReadOnlySpan<byte> Line(int index) => Source.AsSpan(_index.Value.Names[index].Start, _index.Value.Names[index].Length);
}
