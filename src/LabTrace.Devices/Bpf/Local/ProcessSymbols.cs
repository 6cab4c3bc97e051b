using System.Buffers.Text;
using System.Globalization;
using System.Text;
using LabTrace.Devices.Elf;

namespace LabTrace.Devices;

/// <summary>Names addresses in programs of this machine, while they run: by <c>/proc/PID/maps</c> and the symbol tables of what is mapped there.</summary>
/// <remarks>proc(5); the symbols are those of the files themselves, of stripped ones only what they export. Not thread-safe.</remarks>
internal sealed class ProcessSymbols
{
    private const int MaxProcesses = 4096;
    private const int MaxImages = 256;
    private const long MaxImageBytes = 128 << 20;

    private readonly Dictionary<int, List<Mapping>> _processes = [];
    private readonly Dictionary<string, ElfFunction[]> _images = [];

    /// <summary>What stands at an address.</summary>
    /// <param name="process">The process (tgid).</param>
    /// <param name="address">In its code.</param>
    /// <returns><c>name+0x10/0x80 [file]</c>; <c>[file+0x1139]</c>, an offset in the file, where it has no symbol; null when the process is gone and was not met
    /// before, or maps nothing there.</returns>
    public string? Describe(int process, ulong address)
    {
        if (Find(process, address) is not { } mapping)
        {
            return null;
        }

        if (!mapping.Path.StartsWith('/'))
        {
            return mapping.Path;
        }

        var file = Path.GetFileName(mapping.Path);
        var offset = address - mapping.Start + mapping.Offset;
        var functions = FunctionsOf(process, mapping.Path);
        var index = FindLast(functions, offset);
        if (index < 0 || (functions[index].Size > 0 && offset - functions[index].FileOffset >= functions[index].Size))
        {
            return string.Create(CultureInfo.InvariantCulture, $"[{file}+0x{offset:x}]");
        }

        var function = functions[index];
        return string.Create(CultureInfo.InvariantCulture, $"{function.Name}+0x{offset - function.FileOffset:x}/0x{function.Size:x} [{file}]");
    }

    private Mapping? Find(int process, ulong address)
    {
        if (_processes.TryGetValue(process, out var known) && In(known, address) is { } found)
        {
            return found;
        }

        // It may have mapped more since, or have become another program.
        if (_processes.Count < MaxProcesses && LocalFiles.Read($"/proc/{process}/maps", out var maps) == Errno.None && maps.Length > 0)
        {
            _processes[process] = known = Parse(maps);
            return In(known, address);
        }

        return null;
    }

    private static Mapping? In(List<Mapping> mappings, ulong address)
    {
        foreach (var mapping in mappings)
        {
            if (address >= mapping.Start && address < mapping.End)
            {
                return mapping;
            }
        }

        return null;
    }

    /// <summary><c>55d0c0de1000-55d0c0de2000 r-xp 00001000 08:01 1234     /path of a file</c>; what has no name is left out.</summary>
    internal static List<Mapping> Parse(ReadOnlySpan<byte> maps)
    {
        const string removed = " (deleted)";
        var mappings = new List<Mapping>();
        foreach (var range in maps.Split((byte)'\n'))
        {
            var line = maps[range];
            if (!Utf8Parser.TryParse(line, out ulong start, out var used, 'x') || line.Length <= used || line[used] != '-')
            {
                continue;
            }

            line = line[(used + 1)..];
            if (!Utf8Parser.TryParse(line, out ulong end, out used, 'x') || line.Length <= used + 6 || line[used + 3] != 'x')
            {
                continue;
            }

            line = line[(used + 6)..];
            if (!Utf8Parser.TryParse(line, out ulong offset, out _, 'x'))
            {
                continue;
            }

            // Behind the offset: the device and the inode.
            for (var column = 0; column < 3; column++)
            {
                var blank = line.IndexOf((byte)' ');
                line = blank < 0 ? [] : line[blank..].TrimStart((byte)' ');
            }

            if (line.Length > 0)
            {
                var path = Encoding.UTF8.GetString(line);
                mappings.Add(new Mapping(start, end, offset, path.EndsWith(removed, StringComparison.Ordinal) ? path[..^removed.Length] : path));
            }
        }

        return mappings;
    }

    private ElfFunction[] FunctionsOf(int process, string path)
    {
        if (_images.TryGetValue(path, out var functions))
        {
            return functions;
        }

        // The file as the process sees it, which may live in another root.
        functions = Read($"/proc/{process}/root{path}") ?? Read(path) ?? [];
        if (_images.Count < MaxImages)
        {
            _images[path] = functions;
        }

        return functions;
    }

    private static ElfFunction[]? Read(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= MaxImageBytes } || LocalFiles.Read(path, out var file) != Errno.None)
            {
                return null;
            }

            // Of several names for one place the plainest: write, not __write.
            return [.. ElfImage.Parse(file, path).AllFunctions().Where(f => !f.IsIndirect)
                .OrderBy(f => f.FileOffset).ThenBy(f => f.Name.Length - f.Name.TrimStart('_').Length).ThenBy(f => f.Name, StringComparer.Ordinal).DistinctBy(f => f.FileOffset)];
        }
        catch (Exception e) when (e is ElfFormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int FindLast(ElfFunction[] functions, ulong offset)
    {
        var (low, high) = (0, functions.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = functions[middle].FileOffset <= offset ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    /// <summary>A piece of a process's memory that can be executed.</summary>
    /// <param name="Start">Its first address.</param>
    /// <param name="End">The address behind its last.</param>
    /// <param name="Offset">Where in the file it begins.</param>
    /// <param name="Path">The file; in brackets what is none, <c>[vdso]</c>.</param>
    internal sealed record Mapping(ulong Start, ulong End, ulong Offset, string Path);
}
