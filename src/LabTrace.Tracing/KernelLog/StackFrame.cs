using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace LabTrace.Tracing.KernelLog;

/// <summary>The function a line of a call trace or of a register dump names, as each architecture writes it.</summary>
internal static partial class StackFrame
{
    /// <summary>A pattern's text for one function with its compiler suffixes cut (<c>.isra.0</c>, <c>.cold</c>, <c>+0x12/0x34</c>); group <c>func</c>.</summary>
    public const string Function = @"(?<func>[A-Za-z_][A-Za-z0-9_]*|<[^>\n]{1,200}>(?:::[A-Za-z0-9_]+)*)(?:\.[A-Za-z0-9_.]+)?(?:\+0x|\b)";

    /// <summary>A pattern's text for a code address as <c>%p</c> and <c>%pS</c> print it.</summary>
    public const string Address = @"\[<?(?:0x)?[0-9a-f]+>?\]";

    /// <summary>Reads the function of a call trace's line.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out string? function)
    {
        var frame = Frame().Match(text);
        if (!frame.Success)
        {
            frame = ArmFrame().Match(text);
        }

        function = frame.Success ? frame.Groups["func"].Value : null;
        return frame.Success;
    }

    /// <summary>Recognises the line of a register dump that says where the cpu was.</summary>
    /// <param name="text">A line.</param>
    /// <param name="function">The function, or null when it is told only by address.</param>
    public static bool TryReadInstructionPointer(string text, out string? function)
    {
        var pointer = InstructionPointer().Match(text);
        function = pointer.Groups["func"].Success ? pointer.Groups["func"].Value : null;
        return pointer.Success;
    }

    /// <summary>Recognises lockdep's line that says where a lock was taken.</summary>
    public static bool TryReadLockSite(string text, out string? function)
    {
        var site = LockSite().Match(text);
        function = site.Success ? site.Groups["func"].Value : null;
        return site.Success;
    }

    /// <summary>Says whether a line begins a call trace.</summary>
    public static bool StartsTrace(string text) => TraceStart().IsMatch(text);

    [GeneratedRegex(
        @"^\s*(?:" + Address + @" ?){0,2}\s*(?:" + Address + @" )?(?<func>[A-Za-z_][A-Za-z0-9_]*|<[^>]{1,200}>(?:::[A-Za-z0-9_]+)*|_R[A-Za-z0-9_]+)(?:\.[A-Za-z0-9_.]+)?(?:\+0x(?!0/)[0-9a-f]+/0x[0-9a-f]+| +[A-Za-z0-9_./-]+\.[chSrs]+:[0-9]+ \[inline\])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Frame();

    // [<817b2528>] (dump_backtrace) from [<817b261c>] (show_stack+0x18/0x1c): the second is where it was called, which behind a call
    // that never returns is already the next function.
    [GeneratedRegex(@"^\s*(?:\[<[0-9a-f]+>\] )?\(?(?<func>[A-Za-z_][A-Za-z0-9_]*)[^)]*\)? from (?:\[<[0-9a-f]+>\] )?\(?[A-Za-z_]", RegexOptions.CultureInvariant)]
    private static partial Regex ArmFrame();

    [GeneratedRegex(
        @"(?:^|[^A-Za-z_])(?:N?IP:? (?:\[[0-9a-f]+\] )?|R?IP: [0-9]+:|R?IP: |[Pp][Cc] (?:is at|:) |epc *: (?:[0-9a-f]{8,16} (?=[A-Za-z_]))?|Krnl PSW : [0-9a-f]+ [0-9a-f]+ \(|psw : [0-9a-f]+ [0-9a-f]+ \(|--- interrupt: [0-9a-f]+ at )" +
        @"(?:(?:" + Address + @" +){0,2}(?<func>[A-Za-z_][A-Za-z0-9_]*)(?:\.[A-Za-z0-9_.]+)?\+0x|(?:0x)?[0-9a-f]{4,}|" + Address + @"|\(null\)|[0-9]+: +\(null\)| *\[< *\(null\)>\])",
        RegexOptions.CultureInvariant)]
    private static partial Regex InstructionPointer();

    [GeneratedRegex(@"at: (?:" + Address + @"\s+)?" + Function, RegexOptions.CultureInvariant)]
    private static partial Regex LockSite();

    [GeneratedRegex(@"Call [Tt]race|^\s*[Bb]acktrace:|[^k] backtrace:|(?:Allocated|Freed)(?: by task [0-9]+)?:|Uninit was (?:created|stored to memory) at:|Local variable .* created at:", RegexOptions.CultureInvariant)]
    private static partial Regex TraceStart();
}
