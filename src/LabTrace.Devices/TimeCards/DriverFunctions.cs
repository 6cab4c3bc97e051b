using System.Text;

namespace LabTrace.Devices.TimeCards;

/// <summary>Functions of ptp_ocp that a kernel can trace, under the names they have in its version of the driver.</summary>
public static class DriverFunctions
{
    private const string Prefix = "ptp_ocp_";

    // Names of one version for those of another.
    private static readonly (string Asked, string Found)[] Synonyms =
    [
        ("ptp_ocp_adjfine", "ptp_ocp_null_adjfine"), ("ptp_ocp_null_adjfine", "ptp_ocp_adjfine"),

        // Debian's compiler makes the first of each part of another, whose last act is a call of the second.
        ("ptp_ocp_signal_from_perout", "ptp_ocp_signal_set"), ("ptp_ocp_sma_store", "sma1_store"), ("ptp_ocp_sma_show", "sma1_show"),
    ];

    /// <summary>The functions worth watching: time, adjustment, timestamps, signals, connectors, the device's life.</summary>
    public static IReadOnlyList<string> Usual { get; } =
    [
        "ptp_ocp_gettimex", "ptp_ocp_settime", "ptp_ocp_adjtime", "ptp_ocp_adjfine", "ptp_ocp_enable", "ptp_ocp_ts_enable", "ptp_ocp_ts_irq",
        "ptp_ocp_signal_enable", "ptp_ocp_signal_from_perout", "ptp_ocp_sma_store", "ptp_ocp_sma_show", "ptp_ocp_probe", "ptp_ocp_remove",
        "ptp_ocp_watchdog", "ptp_ocp_read_eeprom",
    ];

    /// <summary>Resolves names against what the kernel can trace.</summary>
    /// <param name="target">The machine.</param>
    /// <param name="names">Names as anybody knows them; none for all of the driver's.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>Names of this kernel.</returns>
    /// <exception cref="NotOnTargetException">One is not there; the message names the nearest.</exception>
    public static async Task<IReadOnlyList<string>> ResolveAsync(ITarget target, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(names);
        var known = await ReadAsync(target, cancellationToken);
        if (names.Count == 0)
        {
            return known;
        }

        var resolved = new List<string>();
        foreach (var name in names)
        {
            resolved.Add(NameOf(name, known) ?? throw new NotOnTargetException(
                $"the kernel of '{target.Name}' can trace no function '{name}'{NearestNames.Clause(name, known)}",
                known.Count == 0 ? "load the driver: modprobe ptp_ocp" : "list them with `labtrace timecard trace --list`"));
        }

        return resolved;
    }

    /// <summary>Those of <see cref="Usual"/> that the kernel has, by the names it has for them.</summary>
    /// <param name="target">The machine.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public static async Task<IReadOnlyList<string>> FindUsualAsync(ITarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var known = await ReadAsync(target, cancellationToken);
        return [.. Usual.Select(name => NameOf(name, known)).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    private static string? NameOf(string name, IReadOnlyList<string> known) => known.Contains(name, StringComparer.Ordinal)
        ? name
        : Synonyms.Where(s => s.Asked == name && known.Contains(s.Found, StringComparer.Ordinal)).Select(s => s.Found).FirstOrDefault();

    private static async Task<IReadOnlyList<string>> ReadAsync(ITarget target, CancellationToken cancellationToken)
    {
        var tracefs = await Tracefs.FindAsync(target, cancellationToken) ?? Tracefs.DefaultPath;
        var read = await target.ReadManyAsync([tracefs + "/available_filter_functions", "/proc/kallsyms"], cancellationToken);
        var functions = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var line in Lines(read[0].Content))
        {
            Add(functions, line.Split(' ')[0], line.Contains("[ptp_ocp]", StringComparison.Ordinal));
        }

        if (functions.Count == 0)
        {
            foreach (var words in Lines(read[1].Content).Select(l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length >= 3 && w[1] is "t" or "T"))
            {
                Add(functions, words[2], words.Length > 3 && words[3] == "[ptp_ocp]");
            }
        }

        return [.. functions];
    }

    private static void Add(SortedSet<string> functions, string name, bool isOfModule)
    {
        if (isOfModule || name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            _ = functions.Add(name);
        }
    }

    private static IEnumerable<string> Lines(byte[]? content) => Encoding.UTF8.GetString(content ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
