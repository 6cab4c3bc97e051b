using System.Text.RegularExpressions;

namespace LabTrace.Tracing.KernelLog;

/// <summary>Takes out of a kernel's sentence what differs from one occurrence to the next.</summary>
internal static partial class TitleText
{
    private const int Longest = 120;

    public static string Stable(string text)
    {
        var stable = CodeReference().Replace(text.Trim(), "${func}");
        stable = Device().Replace(stable, "waiting for DEV to become free");
        stable = Worker().Replace(stable, "kworker");
        stable = HexNumber().Replace(stable, "${before}ADDR");
        stable = SourceLine().Replace(stable, "${file}:LINE");
        stable = CpuNumber().Replace(stable, "CPU");
        stable = Number().Replace(stable, "NUM");
        return stable.Length > Longest ? stable[..Longest] : stable;
    }

    /// <summary>One name for a function's variants: a system call's entry wrappers, the ways to wait for RCU or to call other cpus.</summary>
    public static string Family(string function) => function switch
    {
        _ when Wrapper().Match(function) is { Success: true } m => (m.Groups["keep"].Success ? "sys_" : "") + function[m.Length..],
        _ when function.StartsWith("smp_call_function", StringComparison.Ordinal) => "smp_call_function",
        _ when function.StartsWith("synchronize_rcu", StringComparison.Ordinal) => "synchronize_rcu",
        _ => function,
    };

    [GeneratedRegex("^(?:__(?<keep>arm64|x64|ia32|s390x?|riscv|powerpc)_sys_|__(?:se|do)_sys_|(?:compat_)?(?:SyS|SYSC)_)", RegexOptions.CultureInvariant)]
    private static partial Regex Wrapper();

    [GeneratedRegex(@"(?:\[<?(?:0x)?[0-9a-f]+>?\] )?(?<func>[A-Za-z_][A-Za-z0-9_]*)(?:\.[A-Za-z0-9_.]+)?\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex CodeReference();

    [GeneratedRegex("waiting for .* to become free", RegexOptions.CultureInvariant)]
    private static partial Regex Device();

    [GeneratedRegex(@"\bkworker/[0-9u]+:[0-9A-Z]+(?:/0x[0-9a-f]+)?(?:/[0-9]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Worker();

    [GeneratedRegex(@"(?<before>^|[^A-Za-z0-9_])(?:0x[0-9a-f]+|[0-9a-f]{6,})(?![A-Za-z0-9_])", RegexOptions.CultureInvariant)]
    private static partial Regex HexNumber();

    [GeneratedRegex(@"(?<file>\.[chSrs]+)(?::[0-9]+)+", RegexOptions.CultureInvariant)]
    private static partial Regex SourceLine();

    [GeneratedRegex("CPU#[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex CpuNumber();

    [GeneratedRegex(@"(?<![A-Za-z0-9_])[0-9]+(?![A-Za-z0-9_])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
