using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>What a killed <c>trace-cmd record</c> leaves in place of FILE: each cpu's raw sub-buffers in FILE.cpuN, an instance's in FILE.INSTANCE.cpuN.</summary>
/// <param name="File">The file that was to be written.</param>
/// <param name="Pieces">The pieces that are there.</param>
internal sealed record LeftoverPieces(string File, IReadOnlyList<LeftoverPiece> Pieces)
{
    private const string Mark = ".cpu";
    private const int MaxCpu = 1 << 14;

    /// <summary>The pieces that belong to a path: of the file with that name when it is not there, or of the one a piece's own name tells.</summary>
    public static LeftoverPieces? Find(string path)
    {
        var full = Path.GetFullPath(path);
        if (!System.IO.File.Exists(full))
        {
            return Of(full);
        }

        if (!TryCpu(full, out _, out var stem))
        {
            return null;
        }

        // FILE.INSTANCE.cpuN looks like a piece of FILE.INSTANCE; the top buffer's pieces beside it tell which.
        var file = Path.GetExtension(stem) is { Length: > 1 } instance && System.IO.File.Exists(stem[..^instance.Length] + Mark + "0") ? stem[..^instance.Length] : stem;
        return Of(file);
    }

    private static LeftoverPieces? Of(string file)
    {
        var folder = Path.GetDirectoryName(file);
        if (folder is null || !Directory.Exists(folder))
        {
            return null;
        }

        var name = Path.GetFileName(file);
        var pieces = new List<LeftoverPiece>();
        foreach (var piece in Directory.EnumerateFiles(folder))
        {
            if (!Path.GetFileName(piece).StartsWith(name + ".", StringComparison.Ordinal) || !TryCpu(piece, out var cpu, out var stem))
            {
                continue;
            }

            var buffer = stem.Length > file.Length ? stem[(file.Length + 1)..] : "";
            pieces.Add(new LeftoverPiece(buffer, cpu, piece));
        }

        return pieces.Count == 0 ? null : new LeftoverPieces(file, [.. pieces.OrderBy(p => p.Buffer, StringComparer.Ordinal).ThenBy(p => p.Cpu)]);
    }

    private static bool TryCpu(string path, out int cpu, out string stem)
    {
        var at = path.LastIndexOf(Mark, StringComparison.Ordinal);
        stem = at < 0 ? path : path[..at];
        cpu = -1;
        return at > 0 && int.TryParse(path.AsSpan(at + Mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out cpu) && cpu < MaxCpu;
    }
}

/// <summary>One cpu's raw sub-buffers.</summary>
/// <param name="Buffer">The instance; empty for the top buffer.</param>
/// <param name="Cpu">The cpu, zero-based.</param>
/// <param name="Path">The file.</param>
internal readonly record struct LeftoverPiece(string Buffer, int Cpu, string Path);
