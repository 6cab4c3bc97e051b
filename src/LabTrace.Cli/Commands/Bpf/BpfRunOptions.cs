using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LabTrace.Devices;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Bpf;

/// <summary>The options of <c>labtrace bpf run</c>, and what they ask for.</summary>
internal sealed class BpfRunOptions
{
    private readonly Option<string[]> _calls = Many("--call", "-e", "syscalls: only this system call; several with commas or as often as wanted", "NAME");
    private readonly Option<string[]> _functions = Many(
        "--function", "-f", "function_latency: FUNCTION of the kernel or BINARY:FUNCTION of a program or library, with * and ?; the Time Card's when none is given", "NAME");

    private readonly Option<int> _pid = new("--pid", "-p") { Description = "only this process", HelpName = "PID" };
    private readonly Option<int> _tid = new("--tid", "-t") { Description = "only this thread", HelpName = "TID" };
    private readonly Option<string?> _comm = new("--comm") { Description = "only threads of this name", HelpName = "NAME" };
    private readonly Option<string?> _cgroup = new("--cgroup") { Description = "only tasks of this control group: the path of its directory", HelpName = "PATH" };
    private readonly Option<TimeSpan?> _least = new("--min-duration") { Description = "only what takes at least so long: 500us, 10ms, 1s", HelpName = "TIME", CustomParser = ShortTime };
    private readonly Option<bool> _whole = new("--whole") { Description = "syscalls: one event a call, as it returns" };
    private readonly Option<bool> _noTexts = new("--no-paths") { Description = "syscalls: without the paths and texts of calls, which is cheaper" };
    private readonly Option<bool> _histogram = new("--histogram") { Description = "function_latency: no events, only the histograms that the kernel keeps" };
    private readonly Option<string?> _stacks = new("--stacks") { Description = "function_latency: kernel, user or both", HelpName = "WHICH" };
    private readonly Option<string> _type = new("--ioctl-type") { Description = "drm_ioctl: the commands' type letter, or any", DefaultValueFactory = _ => "d", HelpName = "LETTER" };
    private readonly Option<int> _ring = new("--ring") { Description = "KiB of the ring buffer, a power of two", DefaultValueFactory = _ => BpfRequest.DefaultRingBytes / 1024, HelpName = "KIB" };
    private readonly Option<string?> _mechanism = new("--mechanism") { Description = $"attach only by: {string.Join(", ", BpfMechanisms.All)}", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        _ = _stacks.AcceptOnlyFromAmong("kernel", "user", "both");
        _ = _mechanism.AcceptOnlyFromAmong([.. BpfMechanisms.All]);
        foreach (var option in (Option[])[_pid, _tid, _comm, _cgroup, _calls, _functions, _least, _whole, _noTexts, _histogram, _stacks, _type, _ring, _mechanism])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What is asked for.</summary>
    /// <exception cref="UsageException">An option's value makes no sense.</exception>
    public async Task<BpfRequest> ReadAsync(string program, ParseResult parsed, ITarget target, CancellationToken cancellationToken)
    {
        var patterns = Words(parsed.GetValue(_functions));
        if (patterns.Length > 0 && program != "function_latency")
        {
            throw new UsageException($"--function is for function_latency, and the program is {program}");
        }

        var type = parsed.GetRequiredValue(_type);
        return new BpfRequest(program)
        {
            Tgid = parsed.GetValue(_pid),
            Pid = parsed.GetValue(_tid),
            Comm = parsed.GetValue(_comm),
            Cgroup = parsed.GetValue(_cgroup) is { } group ? await CgroupAsync(target, group, cancellationToken) : 0,
            Calls = [.. Words(parsed.GetValue(_calls)).Select(Call)],
            MinDuration = parsed.GetValue(_least) ?? TimeSpan.Zero,
            WholeCalls = parsed.GetValue(_whole),
            Texts = !parsed.GetValue(_noTexts),
            HistogramsOnly = parsed.GetValue(_histogram),
            Stacks = parsed.GetValue(_stacks) switch { "kernel" => BpfStacks.Kernel, "user" => BpfStacks.User, "both" => BpfStacks.Kernel | BpfStacks.User, _ => BpfStacks.None },
            IoctlType = type == "any" ? (byte)0 : type is [< (char)128] ? (byte)type[0] : throw new UsageException($"--ioctl-type {type}: write one letter, or any"),
            RingBytes = checked(parsed.GetValue(_ring) * 1024),
            Mechanism = parsed.GetValue(_mechanism),
            Functions = program == "function_latency" ? await BpfFunctions.FindAsync(target, patterns, cancellationToken) : [],
        };
    }

    private static Option<string[]> Many(string name, string alias, string description, string help) => new(name, alias)
    {
        Description = description,
        HelpName = help,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private static string[] Words(string[]? lists) => [.. (lists ?? []).SelectMany(l => l.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    private static int Call(string name) =>
        SyscallTable.Find(name)?.Number ?? (int.TryParse(name, CultureInfo.InvariantCulture, out var number) ? number
            : throw new UsageException($"--call {name}: x86-64 has no such system call{Nearest(name)}"));

    private static string Nearest(string name)
    {
        var near = SyscallTable.All.Select(c => c.Name).Where(n => n.Contains(name, StringComparison.Ordinal) || name.Contains(n, StringComparison.Ordinal)).Take(3).ToList();
        return near.Count == 0 ? "" : $"; nearest: {string.Join(", ", near)}";
    }

    /// <summary>A control group's id is the inode number of its directory.</summary>
    private static async Task<ulong> CgroupAsync(ITarget target, string path, CancellationToken cancellationToken)
    {
        if (ulong.TryParse(path, CultureInfo.InvariantCulture, out var id))
        {
            return id;
        }

        var found = (await target.RunAsync(new Devices.Command("stat", "-c", "%i", path), cancellationToken)).EnsureSuccess();
        return ulong.Parse(found.OutputText.Trim(), CultureInfo.InvariantCulture);
    }

    private static TimeSpan? ShortTime(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        foreach (var (unit, ns) in ((string, double)[])[("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)])
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return TimeSpan.FromTicks((long)(number * ns / TimeSpan.NanosecondsPerTick));
            }
        }

        result.AddError($"'{text}' is not a length of time; write for example 500us, 10ms, 1s");
        return null;
    }
}
