using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>The system calls of x86-64, by number and by name.</summary>
public static class SyscallTable
{
    /// <summary>Numbers are smaller than this; programs that filter by number keep as many bits.</summary>
    public const int MaxNumber = 512;

    private static readonly SyscallArgument[] Unknown = [.. Enumerable.Range(0, 6).Select(i => new SyscallArgument('x', $"arg{i}"))];
    private static readonly Lazy<Syscall?[]> ByNumber = new(Load);
    private static readonly Lazy<Dictionary<string, Syscall>> ByName =
        new(() => ByNumber.Value.OfType<Syscall>().ToDictionary(s => s.Name, StringComparer.Ordinal));

    /// <summary>All calls, by ascending number.</summary>
    public static IEnumerable<Syscall> All => ByNumber.Value.OfType<Syscall>();

    /// <summary>The call of a number, null when there is none.</summary>
    public static Syscall? Find(long number) => number is >= 0 and < MaxNumber ? ByNumber.Value[number] : null;

    /// <summary>The call of a name, null when there is none.</summary>
    public static Syscall? Find(string name) => ByName.Value.GetValueOrDefault(name);

    private static Syscall?[] Load()
    {
        var calls = new Syscall?[MaxNumber];
        using var reader = new StreamReader(typeof(SyscallTable).Assembly.GetManifestResourceStream("LabTrace.Tracing.Syscalls.x86_64.tbl")!);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var number = int.Parse(words[0], CultureInfo.InvariantCulture);
                calls[number] = new Syscall(number, words[1], words is [_, _, "?"] ? Unknown : [.. words.Skip(2).Select(w => new SyscallArgument(w[0], w[2..]))]);
            }
        }

        return calls;
    }
}
