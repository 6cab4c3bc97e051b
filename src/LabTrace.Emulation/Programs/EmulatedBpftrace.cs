using System.Globalization;
using System.Text;
using LabTrace.Devices;
using LabTrace.Emulation.Bpf;
using LabTrace.Emulation.Kernel;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Programs;

/// <summary><c>bpftrace [-f json] [-c COMMAND] -e SCRIPT</c>: one-liners on system calls.</summary>
internal sealed class EmulatedBpftrace
{
    private const int Interrupt = 2;
    private readonly ProcessContext _process;
    private readonly BpftraceScript _script;
    private readonly bool _isJson;
    private readonly BpftraceMaps _maps = new();
    private readonly StringBuilder _printed = new();
    private KernelTask? _command;
    private bool _isOver;

    private EmulatedBpftrace(ProcessContext process, BpftraceScript script, bool isJson) => (_process, _script, _isJson) = (process, script, isJson);

    public static IEnumerable<Act> Run(ProcessContext process)
    {
        var arguments = process.Arguments;
        string? After(string option) => arguments.SkipWhile(a => a != option).ElementAtOrDefault(1);
        EmulatedBpftrace? bpftrace = null;
        var refused = "USAGE: bpftrace [-f json] [-c COMMAND] -e SCRIPT";
        try
        {
            if (After("-e") is { } text)
            {
                bpftrace = new EmulatedBpftrace(process, BpftraceScript.Parse(text), After("-f") == "json");
            }
        }
        catch (FormatException e)
        {
            refused = "ERROR: " + e.Message;
        }

        if (bpftrace is null)
        {
            process.ExitCode = 1;
            return process.Write(2, Encoding.UTF8.GetBytes($"stdin:1:1: {refused}\n"));
        }

        return bpftrace.Trace(After("-c"));
    }

    private IEnumerable<Act> Trace(string? line)
    {
        // Compiling and loading takes its time.
        yield return Act.Compute(180_000_000);
        var probes = _script.Clauses.Sum(c => c.Probes.Count);
        Print("attached_probes", probes, $"Attaching {probes} probe{(probes == 1 ? "" : "s")}...\n");
        _process.Machine.Bpf.Entered += Entered;
        _process.Machine.Bpf.Exited += Exited;
        _process.Task.Handlers[Interrupt] = () => _isOver = true;
        Fire("BEGIN", _process.Task, _ => null);
        if (line is not null && !_isOver && Start(line) is { } failure)
        {
            yield return Act.Run(_process.Write(2, Encoding.UTF8.GetBytes(failure)));
            _process.ExitCode = 1;
            _isOver = true;
        }

        var ticks = _script.Clauses.SelectMany(c => c.Probes).Where(p => p.StartsWith("interval:", StringComparison.Ordinal)).Distinct()
            .ToDictionary(p => p, p => _process.Machine.Time.NowNs + PeriodOf(p));
        while (!_isOver && _command is not { HasEnded: true })
        {
            long? next = ticks.Count > 0 ? ticks.Values.Min() : _command is not null ? _process.Machine.Time.NowNs + 1_000_000 : null;
            yield return Act.Block(TaskState.Sleeping, next);
            foreach (var probe in ticks.Where(t => t.Value <= _process.Machine.Time.NowNs).Select(t => t.Key).ToArray())
            {
                ticks[probe] += PeriodOf(probe);
                Fire(probe, _process.Task, _ => null);
            }
        }

        Fire("END", _process.Task, _ => null);
        _process.Machine.Bpf.Entered -= Entered;
        _process.Machine.Bpf.Exited -= Exited;
        _ = _process.Task.Handlers.Remove(Interrupt);
        _ = _printed.Append(_maps.Print(_isJson));
        yield return Act.Run(_process.Write(1, Encoding.UTF8.GetBytes(_printed.ToString())));
    }

    private string? Start(string line)
    {
        var words = CommandLine.Parse(line);
        var name = words.Program[(words.Program.LastIndexOf('/') + 1)..];
        if (ProgramCatalog.Find(_process.Machine, name) is not { } program)
        {
            return $"ERROR: path '{words.Program}' does not exist or is not executable\n";
        }

        var cpu = _process.Machine.Scheduler.CpuOf(_process.Task);
        _command = _process.Machine.Fork(_process.Task, cpu, task => _process.For(task).Execute(program, words.Arguments));
        _process.Children.Add(_command);
        return null;
    }

    private static long PeriodOf(string probe) =>
        probe.Split(':') is [_, var unit, var every] ? long.Parse(every, CultureInfo.InvariantCulture) * (unit switch { "s" => 1_000_000_000, "ms" => 1_000_000, _ => 1_000 }) : 1;

    private void Entered(KernelTask task, int number, long[] arguments)
    {
        object? Argument(string name) => name == "id" ? (long)number
            : SyscallTable.Find(number)?.Arguments.Index().FirstOrDefault(a => a.Item.Name == name, (-1, default)).Index is >= 0 and var index ? arguments[index] : null;
        Fire("tracepoint:raw_syscalls:sys_enter", task, Argument);
        Fire($"tracepoint:syscalls:sys_enter_{SyscallTable.Find(number)?.Name}", task, Argument);
    }

    private void Exited(KernelTask task, int number, long result)
    {
        object? Argument(string name) => name switch { "id" => (long)number, "ret" => result, _ => null };
        Fire("tracepoint:raw_syscalls:sys_exit", task, Argument);
        Fire($"tracepoint:syscalls:sys_exit_{SyscallTable.Find(number)?.Name}", task, Argument);
    }

    private void Fire(string probe, KernelTask task, Func<string, object?> arguments)
    {
        if (_isOver && probe != "END")
        {
            return;
        }

        object Variable(string name) => name switch
        {
            "pid" => (long)task.Tgid,
            "tid" => (long)task.Pid,
            "cpid" => (long)(_command?.Pid ?? 0),
            "comm" => task.Comm,
            "cpu" => (long)_process.Machine.Scheduler.CpuOf(task).Number,
            "nsecs" => _process.Machine.Time.NowNs,
            _ => arguments(name["args->".Length..]) ?? 0L,
        };
        foreach (var clause in _script.Clauses.Where(c => c.Probes.Contains(probe)))
        {
            if (clause.Filter is { } filter && filter.Of(Variable) is 0L)
            {
                continue;
            }

            foreach (var statement in clause.Statements)
            {
                Do(statement, Variable);
            }
        }
    }

    private void Do(BpftraceStatement statement, Func<string, object> variables)
    {
        switch (statement.Function)
        {
            case "exit":
                _isOver = true;
                break;
            case "printf":
                var line = Format(statement.Subject, [.. statement.Values.Select(v => v.Of(variables))]);
                Print("printf", line, line);
                break;
            default:
                var key = string.Join(",", statement.Keys.Select(k => k.Of(variables)));
                _maps.Add(statement.Subject, key, statement.Function, statement.Values.Count > 0 ? statement.Values[0].Of(variables) : 1L);
                break;
        }
    }

    private void Print(string type, object data, string text)
    {
        if (!_isJson)
        {
            _ = _printed.Append(text);
        }
        else
        {
            var value = data is string line ? "\"" + System.Text.Json.JsonEncodedText.Encode(line, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\""
                : $"{{\"probes\": {data}}}";
            _ = _printed.Append(CultureInfo.InvariantCulture, $"{{\"type\": \"{type}\", \"data\": {value}}}\n");
        }
    }

    /// <summary>printf with %d, %u, %x, %s and %%.</summary>
    private static string Format(string format, object[] values)
    {
        var text = new StringBuilder();
        var next = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                _ = text.Append(format[i]);
                continue;
            }

            i++;
            var value = next < values.Length && format[i] != '%' ? values[next++] : "";
            _ = format[i] switch
            {
                '%' => text.Append('%'),
                'x' when value is long number => text.Append(number.ToString("x", CultureInfo.InvariantCulture)),
                _ => text.Append(CultureInfo.InvariantCulture, $"{value}"),
            };
        }

        return text.ToString();
    }
}
