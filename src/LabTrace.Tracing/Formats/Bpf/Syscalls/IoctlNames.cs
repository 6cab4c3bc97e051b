using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Names of the ioctls of graphics drivers, by the command's number, and how a number is made.</summary>
/// <remarks>include/uapi/drm; include/uapi/asm-generic/ioctl.h.</remarks>
public static class IoctlNames
{
    private static readonly Lazy<Dictionary<uint, string[]>> Names = new(Load);

    /// <summary>The names that a command has, one for each driver that uses its number; empty when it has none.</summary>
    /// <param name="command">The whole command: direction, size, type, number.</param>
    public static IReadOnlyList<string> Of(uint command) => Names.Value.GetValueOrDefault(command) ?? [];

    /// <summary>What can be told of every command: <c>_IOC(_IOC_READ|_IOC_WRITE, 'd', 0x44, 0x10)</c>.</summary>
    /// <param name="command">The whole command.</param>
    public static string Describe(uint command)
    {
        var direction = (command >> 30) switch { 0 => "_IOC_NONE", 1 => "_IOC_WRITE", 2 => "_IOC_READ", _ => "_IOC_READ|_IOC_WRITE" };
        var type = (command >> 8) & 0xff;
        var letter = type is >= 0x21 and < 0x7f and not 0x27 ? $"'{(char)type}'" : $"0x{type:x}";
        return string.Create(CultureInfo.InvariantCulture, $"_IOC({direction}, {letter}, 0x{command & 0xff:x}, 0x{(command >> 16) & 0x3fff:x})");
    }

    private static Dictionary<uint, string[]> Load()
    {
        var names = new Dictionary<uint, List<string>>();
        using var reader = new StreamReader(typeof(IoctlNames).Assembly.GetManifestResourceStream("LabTrace.Tracing.Syscalls.ioctls.tbl")!);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#') && line.Split(' ') is [var number, var name])
            {
                var command = uint.Parse(number.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                if (!names.TryGetValue(command, out var of))
                {
                    names[command] = of = [];
                }

                of.Add(name);
            }
        }

        return names.ToDictionary(n => n.Key, n => n.Value.ToArray());
    }
}
