using System.Globalization;
using System.Text;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Programs;

/// <summary>The programs that the emulated machine has.</summary>
internal static class ProgramCatalog
{
    private const int BlockSize = 8192;
    private static readonly SortedDictionary<string, EmulatedProgram> Programs = Make();

    public static IEnumerable<EmulatedProgram> All => Programs.Values;

    /// <summary>The names, for a message that says what there is.</summary>
    public static string Names => string.Join(", ", Programs.Keys);

    /// <summary>A machine's program of a name, or null when it has none.</summary>
    public static EmulatedProgram? Find(Machine machine, string name) => machine.MissingPrograms.Contains(name) ? null : Programs.GetValueOrDefault(name);

    private static SortedDictionary<string, EmulatedProgram> Make()
    {
        EmulatedProgram[] programs =
        [
            new("true", _ => []),
            new("false", p => Exit(p, 1)),
            new("echo", Echo),
            new("printf", p => p.Print(Unescape(First(p)))),
            new("printenv", PrintEnvironment),
            new("cat", Cat),
            new("sleep", Sleep),
            new("yes", Yes),
            new("nproc", p => p.Print(string.Create(CultureInfo.InvariantCulture, $"{p.Machine.Options.Cpus}\n"))),
            new("uname", p => p.Print(p.Arguments.Contains("-r") ? KernelIdentityTexts.Release + "\n" : p.Arguments.Contains("-a")
                ? $"Linux {p.Machine.Options.Name} {KernelIdentityTexts.Release} {KernelIdentityTexts.Version} {KernelIdentityTexts.Machine} GNU/Linux\n" : "Linux\n")),
            new("id", p => p.Print(p.Arguments.Contains("-u") ? string.Create(CultureInfo.InvariantCulture, $"{p.Task.Uid}\n")
                : p.Task.Uid == 0 ? "uid=0(root) gid=0(root) groups=0(root)\n" : string.Create(CultureInfo.InvariantCulture, $"uid={p.Task.Uid} gid={p.Task.Uid} groups={p.Task.Uid}\n"))),
            new("pwd", p => p.Print(p.WorkingDirectory + "\n")),
            new("hostname", p => p.Print(p.Machine.Options.Name + "\n")),
            new("ls", List),
            new("touch", Touch),
            new("kill", Kill),
            new("dd", CopyBlocks),
            new("taskset", TaskSet),
            new("stress", Stress),
            new(BpfWorkload.Name, BpfWorkload.Run),
            new("bpftrace", EmulatedBpftrace.Run),
            new("env", p => Become(p, 0)),
            new("sh", Shell.Run),
            new("bash", Shell.Run),
            .. ModulePrograms.All,
            .. AdministratorPrograms.All,
            .. Gpu.GpuPrograms.All,
        ];
        return new SortedDictionary<string, EmulatedProgram>(programs.ToDictionary(p => p.Name), StringComparer.Ordinal);
    }

    /// <summary>Runs another program in this process, as execve does.</summary>
    internal static IEnumerable<Act> Become(ProcessContext process, int at)
    {
        var words = process.Arguments.Skip(at).SkipWhile(a => a == "--").ToList();
        if (words.Count == 0)
        {
            yield break;
        }

        var name = words[0][(words[0].LastIndexOf('/') + 1)..];
        if (Find(process.Machine, name) is not { } program)
        {
            yield return Act.Run(process.Complain($"{words[0]}: No such file or directory"));
            process.ExitCode = 127;
            yield break;
        }

        yield return Act.Run(process.Execute(program, [.. words.Skip(1)]));
    }

    internal static bool TryDuration(string text, out TimeSpan? duration)
    {
        duration = null;
        if (text is "infinity" or "inf")
        {
            return true;
        }

        var unit = text.Length > 0 ? text[^1] : '\0';
        var factor = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        var number = factor == 0 ? text : text[..^1];
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds > 1e9)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds * Math.Max(1, factor));
        return true;
    }

    private static string First(ProcessContext process) => process.Arguments.Count == 0 ? "" : process.Arguments[0];

    private static IEnumerable<Act> Exit(ProcessContext process, int code)
    {
        process.ExitCode = code;
        yield break;
    }

    private static IEnumerable<Act> Echo(ProcessContext process)
    {
        var hasNewline = First(process) != "-n";
        var words = hasNewline ? process.Arguments : process.Arguments.Skip(1);
        return process.Print(string.Join(' ', words) + (hasNewline ? "\n" : ""));
    }

    private static IEnumerable<Act> PrintEnvironment(ProcessContext process)
    {
        if (process.Arguments.Count == 0)
        {
            return process.Print(string.Concat(process.Environment.Select(v => $"{v.Key}={v.Value}\n")));
        }

        return process.Environment.TryGetValue(process.Arguments[0], out var value) ? process.Print(value + "\n") : Exit(process, 1);
    }

    private static IEnumerable<Act> Sleep(ProcessContext process)
    {
        if (process.Arguments.Count == 0 || !TryDuration(process.Arguments[0], out var duration))
        {
            yield return Act.Run(process.Complain(process.Arguments.Count == 0 ? "missing operand" : $"invalid time interval '{process.Arguments[0]}'"));
            process.ExitCode = 1;
            yield break;
        }

        yield return Act.Run(process.Sleep(duration));
    }

    private static IEnumerable<Act> Yes(ProcessContext process)
    {
        var word = process.Arguments.Count == 0 ? "y" : string.Join(' ', process.Arguments);
        var line = Encoding.UTF8.GetBytes(word + "\n");
        var block = new byte[Math.Max(1, BlockSize / line.Length) * line.Length];
        for (var at = 0; at < block.Length; at += line.Length)
        {
            line.CopyTo(block, at);
        }

        while (true)
        {
            yield return Act.Run(process.Write(1, block));
            yield return Act.Compute(200_000);
        }
    }

    private static IEnumerable<Act> Cat(ProcessContext process)
    {
        var names = process.Arguments.Count == 0 ? (IReadOnlyList<string>)["-"] : process.Arguments;
        foreach (var name in names)
        {
            yield return Act.Run(name == "-" ? CatInput(process) : CatFile(process, name));
        }
    }

    private static IEnumerable<Act> CatInput(ProcessContext process)
    {
        while (true)
        {
            byte[] taken = [];
            yield return Act.Run(process.Call(0, () => (taken = process.TakeInput(1 << 17)).Length, 0, 0x7f07300a0000, 1 << 17));
            if (taken.Length == 0)
            {
                yield break;
            }

            yield return Act.Run(process.Write(1, taken));
        }
    }

    private static IEnumerable<Act> CatFile(ProcessContext process, string name)
    {
        OpenFile? file = null;
        var refused = Errno.None;
        yield return Act.Run(process.Open(name, OpenFlags.Read, create: false, (opened, errno) => (file, refused) = (opened, errno)));
        if (file is null)
        {
            yield return Act.Run(process.Complain($"{name}: {refused.Text()}"));
            process.ExitCode = 1;
            yield break;
        }

        using (file)
        {
            var buffer = new byte[1 << 17];
            while (true)
            {
                while (file.IsReadWaiting && !file.IsReadable)
                {
                    process.Machine.WaitForData(process.Task, () => file.IsReadable);
                    yield return Act.Block(TaskState.Sleeping);
                }

                var count = 0;
                yield return Act.Run(process.Call(0, () => count = Read(file, buffer, ref refused), 3, 0x7f07300a0000, buffer.Length));
                if (count < 0)
                {
                    yield return Act.Run(process.Complain($"{name}: {refused.Text()}"));
                    process.ExitCode = 1;
                }

                if (count <= 0)
                {
                    break;
                }

                yield return Act.Run(process.Write(1, buffer[..count]));
            }
        }

        yield return Act.Run(process.Call(3, 0, 3));
    }

    private static int Read(OpenFile file, byte[] buffer, ref Errno refused)
    {
        try
        {
            return file.Read(buffer);
        }
        catch (Refusal refusal)
        {
            refused = refusal.Errno;
            return -(int)refusal.Errno;
        }
    }

    private static IEnumerable<Act> List(ProcessContext process)
    {
        var name = process.Arguments.FirstOrDefault(a => !a.StartsWith('-')) ?? process.WorkingDirectory;
        if (process.Machine.Tree.Find(process.Full(name)) is not { } node)
        {
            yield return Act.Run(process.Complain($"cannot access '{name}': No such file or directory"));
            process.ExitCode = 2;
            yield break;
        }

        yield return Act.Run(process.Print(node is DirectoryNode directory ? string.Concat(directory.Names().Select(n => n + "\n")) : name + "\n"));
    }

    private static IEnumerable<Act> Touch(ProcessContext process)
    {
        foreach (var name in process.Arguments)
        {
            var refused = Errno.None;
            yield return Act.Run(process.Open(name, OpenFlags.Write | OpenFlags.Append, create: true, (opened, errno) =>
            {
                opened?.Dispose();
                refused = errno;
            }));
            if (refused != Errno.None)
            {
                yield return Act.Run(process.Complain($"cannot touch '{name}': {refused.Text()}"));
                process.ExitCode = 1;
            }
        }
    }

    private static IEnumerable<Act> Kill(ProcessContext process)
    {
        var signal = process.Arguments.FirstOrDefault(a => a.StartsWith('-'))?.TrimStart('-').Replace("SIG", "", StringComparison.Ordinal) switch
        {
            null or "TERM" or "15" => 15,
            "INT" or "2" => 2,
            "KILL" or "9" => 9,
            "STOP" or "19" => 19,
            "CONT" or "18" => 18,
            _ => 0,
        };
        foreach (var argument in process.Arguments.Where(a => !a.StartsWith('-')))
        {
            if (!int.TryParse(argument, out var pid) || !process.Machine.Tasks.TryGetValue(pid, out var task))
            {
                yield return Act.Run(process.Complain($"({argument}) - No such process"));
                process.ExitCode = 1;
                continue;
            }

            yield return Act.Run(process.Call(62, () =>
            {
                process.Machine.Scheduler.Signal(task, signal, process.Machine.Scheduler.CpuOf(process.Task));
                return 0;
            }, pid, signal));
        }
    }

    /// <summary>dd with if=, of=, bs= and count=; /dev/zero and /dev/null are meant by their names.</summary>
    private static IEnumerable<Act> CopyBlocks(ProcessContext process)
    {
        long Value(string key, long otherwise) =>
            process.Arguments.FirstOrDefault(a => a.StartsWith(key, StringComparison.Ordinal)) is { } found && TrySize(found[key.Length..], out var size) ? size : otherwise;
        var (block, count) = (Value("bs=", 512), Value("count=", 1));
        for (var i = 0L; i < count; i++)
        {
            yield return Act.Run(process.Call(0, block, 0, 0x7f07300a0000, block));
            yield return Act.Compute(Math.Max(200, block / 10));
            yield return Act.Run(process.Call(1, block, 1, 0x7f07300a0000, block));
        }

        yield return Act.Run(process.Write(2, Encoding.UTF8.GetBytes($"{count}+0 records in\n{count}+0 records out\n")));
    }

    private static bool TrySize(string text, out long size)
    {
        var factor = text.Length == 0 ? 1 : text[^1] switch { 'k' or 'K' => 1024, 'M' => 1 << 20, _ => 1 };
        var isNumber = long.TryParse(factor == 1 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out size) && size <= 1 << 30;
        size *= factor;
        return isNumber;
    }

    private static IEnumerable<Act> TaskSet(ProcessContext process)
    {
        var isList = First(process) is "-c" or "--cpu-list";
        var at = isList ? 1 : 0;
        var all = ulong.MaxValue >> (64 - process.Machine.Options.Cpus);
        var text = process.Arguments.ElementAtOrDefault(at) ?? "";
        var mask = isList
            ? int.TryParse(text, out var cpu) && cpu is >= 0 and < 64 ? 1UL << cpu : 0
            : ulong.TryParse(text.Replace("0x", "", StringComparison.Ordinal), NumberStyles.AllowHexSpecifier, null, out var bits) ? bits : 0;
        if ((mask & all) == 0)
        {
            yield return Act.Run(process.Complain("failed to set pid 0's affinity: Invalid argument"));
            process.ExitCode = 1;
            yield break;
        }

        yield return Act.Run(process.Call(203, () =>
        {
            process.Task.Allowed = mask & all;
            return 0;
        }, 0, 8, 0x7ffc5a79b370));
        yield return Act.Run(process.Machine.Scheduler.MoveToAllowed(process.Task));
        yield return Act.Run(Become(process, at + 1));
    }

    /// <summary>stress --cpu N --timeout T: one busy loop, for as long as was asked.</summary>
    private static IEnumerable<Act> Stress(ProcessContext process)
    {
        var at = process.Arguments.ToList().FindIndex(a => a is "-t" or "--timeout");
        var time = at >= 0 && TryDuration(process.Arguments.ElementAtOrDefault(at + 1) ?? "", out var duration) && duration is not null
            ? duration.Value
            : TimeSpan.FromSeconds(1);
        yield return Act.Compute(time.Ticks * TimeSpan.NanosecondsPerTick);
    }

    private static string Unescape(string text) => text.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal);
}
