using System.Text.RegularExpressions;
using LabTrace.Tracing;

namespace LabTrace.Steps;

/// <summary>Calls as strace and as a capture tell them, in what both must agree on: name, result, and arguments that are no addresses.</summary>
public static partial class StraceText
{
    // What differs from run to run whoever looks: addresses, pids, times of day, random bytes.
    private static readonly string[] ResultVaries = ["mmap", "brk", "mremap", "getpid", "gettid", "getppid", "clone", "clone3", "fork", "vfork", "wait4", "set_tid_address", "getrandom", "time"];

    /// <summary>The calls of `strace -f -o`, each with how often it came.</summary>
    public static IReadOnlyDictionary<string, int> Calls(string strace)
    {
        ArgumentNullException.ThrowIfNull(strace);
        var calls = new Dictionary<string, int>(StringComparer.Ordinal);
        var unfinished = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in strace.Split('\n'))
        {
            if (UnfinishedLine().Match(line) is { Success: true } begun)
            {
                unfinished[begun.Groups["pid"].Value] = begun.Groups["begin"].Value;
                continue;
            }

            var whole = ResumedLine().Match(line) is { Success: true } resumed
                ? $"{resumed.Groups["pid"].Value} {unfinished.GetValueOrDefault(resumed.Groups["pid"].Value)}{resumed.Groups["rest"].Value}"
                : line;
            if (StraceLine().Match(whole) is { Success: true } call)
            {
                Add(calls, call.Groups["name"].Value, call.Groups["arguments"].Value, call.Groups["result"].Value);
            }
        }

        return calls;
    }

    /// <summary>The calls of a capture: those that returned, and those that never do.</summary>
    public static IReadOnlyDictionary<string, int> Calls(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var calls = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var e in trace.Events)
        {
            var text = e.Text;
            if (e.Name.Name == "syscall_exit" && CaptureLine().Match(text) is { Success: true } call)
            {
                Add(calls, call.Groups["name"].Value, call.Groups["arguments"].Value, call.Groups["result"].Value);
            }
            else if (e.Name.Name == "syscall_enter" && text.StartsWith("exit", StringComparison.Ordinal) && CaptureLine().Match(text + " = ?") is { Success: true } last)
            {
                Add(calls, last.Groups["name"].Value, last.Groups["arguments"].Value, "?");
            }
        }

        return calls;
    }

    private static void Add(Dictionary<string, int> calls, string name, string arguments, string result)
    {
        // How a shell finds the command before it is the command differs from how strace does.
        if (name == "execve")
        {
            return;
        }

        var errno = result.Split(' ') is [_, ['E', ..] code, ..] ? code : "";
        var outcome = errno.Length > 0 ? errno : ResultVaries.Contains(name, StringComparer.Ordinal) ? "ok" : result.Split(' ')[0];

        // strace shows as arguments what these calls wrote, too.
        var given = name switch { "readlink" or "readlinkat" => 1, "getcwd" => 0, _ => int.MaxValue };
        var paths = string.Join(' ', QuotedPath().Matches(arguments).Take(given).Select(m => m.Value));
        var flags = name is "openat" or "open" or "mprotect" or "access" ? string.Join(' ', FlagWord().Matches(arguments).Select(m => m.Value)) : "";
        var key = $"{name}({paths}{(flags.Length > 0 ? ", " + flags : "")}) = {outcome}";
        calls[key] = calls.GetValueOrDefault(key) + 1;
    }

    [GeneratedRegex(@"^(?<pid>\d+) +(?<begin>\w+\(.*) <unfinished \.\.\.>$", RegexOptions.NonBacktracking)]
    private static partial Regex UnfinishedLine();

    [GeneratedRegex(@"^(?<pid>\d+) +<\.\.\. \w+ resumed>(?<rest>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex ResumedLine();

    [GeneratedRegex(@"^\d+ +(?<name>\w+)\((?<arguments>.*)\) += (?<result>.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex StraceLine();

    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>.*)\) = (?<result>.*?)(?: <\d+\.\d+>)?$", RegexOptions.NonBacktracking)]
    private static partial Regex CaptureLine();

    [GeneratedRegex("\"/[^\"]*\"", RegexOptions.NonBacktracking)]
    private static partial Regex QuotedPath();

    [GeneratedRegex(@"\b(?:O|PROT|[RWXF])_[A-Z|_]+", RegexOptions.NonBacktracking)]
    private static partial Regex FlagWord();
}
