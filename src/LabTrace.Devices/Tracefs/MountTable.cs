using System.Text;

namespace LabTrace.Devices;

/// <summary>Reads <c>/proc/mounts</c>: device, mount point, type, options, in blanks; blanks inside are <c>\040</c>.</summary>
internal static class MountTable
{
    public static IReadOnlyList<Mount> Parse(string text)
    {
        var mounts = new List<Mount>();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ');
            if (words.Length >= 3)
            {
                mounts.Add(new Mount(Unescape(words[1]), words[2]));
            }
        }

        return mounts;
    }

    /// <summary>Where tracefs stands: its own mount point first, then inside debugfs; null when nowhere.</summary>
    public static string? FindTracefs(IReadOnlyList<Mount> mounts)
    {
        string[] preferred = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
        var found = mounts.Where(m => m.Type == "tracefs").Select(m => m.Path).ToArray();
        return preferred.FirstOrDefault(p => found.Contains(p, StringComparer.Ordinal))
            ?? found.FirstOrDefault()
            ?? mounts.Where(m => m.Type == "debugfs").Select(m => m.Path + "/tracing").FirstOrDefault();
    }

    private static string Unescape(string path)
    {
        if (!path.Contains('\\', StringComparison.Ordinal))
        {
            return path;
        }

        var text = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '\\' && i + 3 < path.Length && TryOctal(path.AsSpan(i + 1, 3), out var code))
            {
                _ = text.Append((char)code);
                i += 3;
            }
            else
            {
                _ = text.Append(path[i]);
            }
        }

        return text.ToString();
    }

    private static bool TryOctal(ReadOnlySpan<char> digits, out int code)
    {
        code = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return false;
            }

            code = (code * 8) + (digit - '0');
        }

        return true;
    }
}

/// <summary>One line of <c>/proc/mounts</c>.</summary>
/// <param name="Path">The mount point, its octal escapes undone.</param>
/// <param name="Type">The file system, for example <c>tracefs</c>.</param>
internal readonly record struct Mount(string Path, string Type);
