using LabTrace.Devices;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Programs;

/// <summary>A very small part of sh: <c>-c</c> with simple commands separated by <c>;</c> or <c>&amp;&amp;</c>, <c>exec</c>, <c>exit</c> and <c>trap '' INT</c>.</summary>
internal static class Shell
{
    public static IEnumerable<Act> Run(ProcessContext process)
    {
        if (process.Arguments.Count < 2 || process.Arguments[0] != "-c")
        {
            yield return Act.Run(process.Complain("only 'sh -c COMMANDS' is emulated"));
            process.ExitCode = 2;
            yield break;
        }

        foreach (var (command, isAnd) in Commands(process.Arguments[1]))
        {
            if (Words(command) is not { } words)
            {
                yield return Act.Run(process.Complain($"not emulated: {command.Trim()}"));
                process.ExitCode = 2;
                yield break;
            }

            if (words.Count == 0 || (isAnd && process.ExitCode != 0))
            {
                continue;
            }

            process.ExitCode = 0;
            yield return Act.Run(Do(process, words));
            if (words[0] is "exec" or "exit")
            {
                yield break;
            }
        }
    }

    /// <summary>Splits at <c>;</c>, line ends and <c>&amp;&amp;</c> outside of quotes; <c>IsAnd</c> commands run when the one before them succeeded.</summary>
    private static IEnumerable<(string Command, bool IsAnd)> Commands(string text)
    {
        var (start, quote, isAnd) = (0, '\0', false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\'' or '"' && (quote == 0 || quote == text[i]))
            {
                quote = quote == 0 ? text[i] : '\0';
            }

            var isDouble = i + 1 < text.Length && text[i] == '&' && text[i + 1] == '&';
            if (quote != 0 || !(isDouble || text[i] is ';' or '\n'))
            {
                continue;
            }

            yield return (text[start..i], isAnd);
            isAnd = isDouble;
            i += isDouble ? 1 : 0;
            start = i + 1;
        }

        yield return (text[start..], isAnd);
    }

    private static List<string>? Words(string command)
    {
        if (command.Trim().Length == 0)
        {
            return [];
        }

        try
        {
            var parsed = CommandLine.Parse(command.Trim());
            return [parsed.Program, .. parsed.Arguments];
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static IEnumerable<Act> Do(ProcessContext process, List<string> words)
    {
        switch (words[0])
        {
            case "trap":
                if (words.Contains("INT") || words.Contains("2"))
                {
                    _ = process.Task.IgnoredSignals.Add((int)TargetSignal.Interrupt);
                }

                break;
            case "exit":
                process.ExitCode = words.Count > 1 && int.TryParse(words[1], out var code) ? code & 0xFF : 0;
                break;
            case "exec":
                yield return Act.Run(Execute(process, words.Skip(1).ToList()));
                break;
            default:
                yield return Act.Run(RunChild(process, words));
                break;
        }
    }

    private static IEnumerable<Act> Execute(ProcessContext process, List<string> words)
    {
        if (words.Count == 0)
        {
            yield break;
        }

        if (ProgramCatalog.Find(process.Machine, words[0][(words[0].LastIndexOf('/') + 1)..]) is not { } program)
        {
            yield return Act.Run(process.Complain($"1: {words[0]}: not found"));
            process.ExitCode = 127;
            yield break;
        }

        yield return Act.Run(process.Execute(program, [.. words.Skip(1)]));
    }

    private static IEnumerable<Act> RunAs(ProcessContext child, List<string> words)
    {
        yield return Act.Run(Execute(child, words));
        child.Task.ExitCode = child.ExitCode;
    }

    private static IEnumerable<Act> RunChild(ProcessContext process, List<string> words)
    {
        const int Wait4 = 61;
        ProcessContext? child = null;
        var machine = process.Machine;
        var task = machine.Fork(process.Task, machine.Scheduler.CpuOf(process.Task), made =>
        {
            child = process.For(made);
            foreach (var signal in process.Task.IgnoredSignals)
            {
                _ = made.IgnoredSignals.Add(signal);
            }

            return RunAs(child, words);
        });
        task.Process = child;
        process.Children.Add(task);
        yield return Act.Compute(process.About(5_000));
        machine.TellSyscallEnter(process.Task, Wait4, -1, 0x7ffec1a7f340);
        while (!task.HasEnded)
        {
            yield return Act.Block(TaskState.Sleeping);
        }

        machine.TellSyscallExit(process.Task, task.Pid);
        process.ExitCode = task.ExitCode;
        yield return Act.Compute(process.About(8_000));
    }
}
