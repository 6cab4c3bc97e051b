namespace LabTrace.Devices;

/// <summary>The bits of <c>/proc/sys/kernel/tainted</c>.</summary>
/// <remarks>Documentation/admin-guide/tainted-kernels.rst.</remarks>
public static class KernelTaint
{
    private static readonly (char Letter, bool IsDamage, string Words)[] Bits =
    [
        ('P', false, "a proprietary module was loaded"),
        ('F', false, "a module was force loaded"),
        ('S', false, "the kernel runs on an out-of-specification system"),
        ('R', true, "a module was force unloaded"),
        ('M', true, "a processor reported a machine check"),
        ('B', true, "a bad page was found"),
        ('U', false, "a program asked for it"),
        ('D', true, "the kernel died: an oops or a BUG"),
        ('A', false, "an ACPI table was overridden"),
        ('W', true, "the kernel issued a warning"),
        ('C', false, "a staging driver was loaded"),
        ('I', false, "a workaround for a firmware bug was applied"),
        ('O', false, "an out-of-tree module was loaded"),
        ('E', false, "an unsigned module was loaded"),
        ('L', true, "a soft lockup occurred"),
        ('K', false, "the kernel was live patched"),
        ('X', false, "auxiliary, as the distribution defines it"),
        ('T', false, "the kernel was built with randomised structures"),
        ('N', false, "a test was run in the kernel"),
    ];

    /// <summary>The bits that say that something went wrong; the others only tell what runs.</summary>
    public static ulong Damage { get; } = Bits.Select((bit, i) => bit.IsDamage ? 1UL << i : 0).Aggregate((a, b) => a | b);

    /// <summary>An oops, a BUG or a soft lockup has happened: what was held then may be held for ever.</summary>
    public static ulong Died => (1UL << 7) | (1UL << 14);

    /// <summary>What an oops or a warning sets by itself.</summary>
    public static ulong OfReports => (1UL << 5) | (1UL << 7) | (1UL << 9) | (1UL << 14);

    /// <summary>The flag of a letter.</summary>
    /// <exception cref="ArgumentException">No flag has that letter.</exception>
    public static ulong FlagOf(string letter) => Array.FindIndex(Bits, bit => bit.Letter.ToString() == letter) is >= 0 and var at
        ? 1UL << at
        : throw new ArgumentException($"no taint flag has the letter '{letter}'\n  try: one of {string.Join("", Bits.Select(static b => b.Letter))}", nameof(letter));

    /// <summary>Says bits in words: <c>W (the kernel issued a warning)</c>.</summary>
    public static string Describe(ulong taint) => string.Join(", ", Enumerable.Range(0, 64).Where(i => (taint & (1UL << i)) != 0)
        .Select(static i => i < Bits.Length ? $"{Bits[i].Letter} ({Bits[i].Words})" : $"bit {i}"));
}
