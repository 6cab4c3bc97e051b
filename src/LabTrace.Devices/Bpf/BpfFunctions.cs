using System.Text;
using LabTrace.Devices.Elf;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>Finds the functions that a pattern names, on the target.</summary>
public static class BpfFunctions
{
    /// <summary>The functions of the Time Card's driver that are worth timing.</summary>
    public static IReadOnlyList<string> TimeCard { get; } =
    [
        "ptp_ocp_gettimex", "ptp_ocp_settime", "ptp_ocp_adjtime", "ptp_ocp_adjfine", "ptp_ocp_enable", "ptp_ocp_ts_enable", "ptp_ocp_ts_irq",
        "ptp_ocp_signal_enable", "ptp_ocp_signal_from_perout", "ptp_ocp_sma_store", "ptp_ocp_sma_show", "ptp_ocp_probe", "ptp_ocp_remove", "ptp_ocp_watchdog",
        "ptp_ocp_read_eeprom",
    ];

    /// <summary>Finds functions.</summary>
    /// <param name="target">The target.</param>
    /// <param name="patterns">
    /// <c>FUNCTION</c> of the kernel or <c>BINARY:FUNCTION</c> of a program or library; a function may hold <c>*</c> and <c>?</c>, a binary is a path, a program
    /// or a library such as <c>libc.so.6</c>. None means <see cref="TimeCard"/>.
    /// </param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The functions, by name, at most <see cref="BpfRequest.MaxFunctions"/>.</returns>
    /// <exception cref="NotOnTargetException">A pattern names none that is there; the message has the nearest.</exception>
    /// <exception cref="LabConfigException">Too many are named, or some of the kernel and some of programs.</exception>
    public static async Task<IReadOnlyList<BpfFunction>> FindAsync(ITarget target, IReadOnlyList<string> patterns, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(patterns);
        var found = new List<BpfFunction>();
        HashSet<string>? kernel = null;
        foreach (var pattern in patterns)
        {
            var colon = pattern.LastIndexOf(':');
            if (colon < 0)
            {
                kernel ??= await KernelFunctionsAsync(target, cancellationToken);
                found.AddRange(Matching(target, pattern, kernel, "the kernel").Select(name => new BpfFunction(name)));
            }
            else
            {
                found.AddRange(await OfBinaryAsync(target, pattern[..colon], pattern[(colon + 1)..], cancellationToken));
            }
        }

        if (patterns.Count == 0)
        {
            kernel = await KernelFunctionsAsync(target, cancellationToken);
            found.AddRange(TimeCard.Where(kernel.Contains).Select(name => new BpfFunction(name)));
            if (found.Count == 0)
            {
                throw new NotOnTargetException($"the kernel of target '{target.Name}' has none of the Time Card's functions", "modprobe ptp_ocp, or name functions");
            }
        }

        found = [.. found.DistinctBy(f => (f.Name, f.Binary))];
        return found.Select(f => f.Binary is null).Distinct().Count() > 1
            ? throw new LabConfigException("functions of the kernel and of programs are named together", "trace them one after the other")
            : found.Count <= BpfRequest.MaxFunctions ? found
            : throw new LabConfigException($"{string.Join(", ", patterns)} names {found.Count} functions; expected at most {BpfRequest.MaxFunctions}", "narrow the pattern");
    }

    private static List<string> Matching(ITarget target, string pattern, IReadOnlyCollection<string> names, string where)
    {
        var found = names.Where(n => Glob.IsMatch(pattern, n)).Order(StringComparer.Ordinal).ToList();
        return found.Count > 0
            ? found
            : throw new NotOnTargetException(
                $"{where} of target '{target.Name}' has no function '{pattern}'{NearestNames.Clause(pattern, names)}", "spell it as the symbol table does");
    }

    private static async Task<HashSet<string>> KernelFunctionsAsync(ITarget target, CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(await target.ReadAsync("/proc/kallsyms", cancellationToken)).AsSpan().EnumerateLines())
        {
            // ffffffff81000000 T name\t[module]
            if (line.Length > 19 && line[17] is 't' or 'T')
            {
                var name = line[19..];
                var end = name.IndexOfAny('\t', ' ');
                _ = names.Add((end < 0 ? name : name[..end]).ToString());
            }
        }

        return names;
    }

    /// <summary>Where programs and libraries usually are, then where the target's PATH says.</summary>
    private static async Task<string> FindBinaryAsync(ITarget target, string binary, CancellationToken cancellationToken)
    {
        try
        {
            return await new BinaryFinder(target).FindAsync(binary, cancellationToken);
        }
        catch (NotOnTargetException) when (!binary.Contains('/', StringComparison.Ordinal) && !binary.Contains(".so", StringComparison.Ordinal))
        {
            var found = await target.RunAsync(new Command("sh", "-c", "command -v -- \"$0\"", binary), cancellationToken);
            if (found.ExitCode == 0 && found.OutputText.Trim() is ['/', ..] path)
            {
                return path;
            }

            throw;
        }
    }

    private static async Task<IEnumerable<BpfFunction>> OfBinaryAsync(ITarget target, string binary, string pattern, CancellationToken cancellationToken)
    {
        var path = await FindBinaryAsync(target, binary, cancellationToken);
        var image = ElfImage.Parse(await target.ReadAsync(path, cancellationToken), path);
        var names = Matching(target, pattern, image.FunctionNames(), path);
        return names.Select(name => image.TryFindFunction(name, out var function)
            ? new BpfFunction(name, path, (long)function.FileOffset)
            : throw new NotOnTargetException($"the function '{name}' of {path} has no place in the file", "name another"));
    }
}
