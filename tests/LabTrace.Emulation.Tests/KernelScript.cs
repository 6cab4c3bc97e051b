using System.Text;
using System.Text.RegularExpressions;
using LabTrace.Devices;

namespace LabTrace.Emulation.Tests;

/// <summary>Steps that are done to a kernel, and what it answered: errnos and texts, one line each, to be compared with another kernel's.</summary>
internal sealed partial class KernelScript(ITarget target, string tracefs, string instance)
{
    private readonly List<string> _answers = [];

    public IReadOnlyList<string> Answers => _answers;

    /// <summary>A path of the instance, or of the top with a leading slash.</summary>
    public string At(string path) => path.StartsWith('/') ? tracefs + path : $"{instance}/{path}";

    public async Task WriteAsync(string path, string text, WriteMode mode = WriteMode.Truncate)
    {
        var outcome = await target.WriteManyAsync([new FileWrite(At(path), Encoding.UTF8.GetBytes(text), mode)], CancellationToken.None);
        _answers.Add($"{path} <- {Escape(text)}{(mode == WriteMode.Append ? " (append)" : "")}: {outcome[0].Errno.Name()}");
    }

    public async Task WriteThenReadAsync(string path, params string[] texts)
    {
        foreach (var text in texts)
        {
            await WriteAsync(path, text);
            await ReadAsync(path);
        }
    }

    public async Task ReadAsync(params string[] paths)
    {
        foreach (var path in paths)
        {
            var outcome = (await target.ReadManyAsync([At(path)], CancellationToken.None))[0];
            _answers.Add($"{path}: {(outcome.Content is null ? outcome.Errno.Name() : Escape(Normalise(Encoding.UTF8.GetString(outcome.Content))))}");
        }
    }

    public async Task ListAsync(params string[] paths)
    {
        foreach (var path in paths)
        {
            var entries = await target.ListAsync(At(path), CancellationToken.None);
            _answers.Add($"ls {path}: {string.Join(' ', entries.Select(e => e.Name + (e.Kind == FileKind.Directory ? "/" : "")))}");
        }
    }

    public async Task StatAsync(params string[] paths)
    {
        foreach (var path in paths)
        {
            _answers.Add($"stat {path}: {await target.StatAsync(At(path), CancellationToken.None)}");
        }
    }

    public async Task TryAsync(string what, Func<ITarget, KernelScript, Task> action)
    {
        try
        {
            await action(target, this);
            _answers.Add($"{what}: done");
        }
        catch (TargetIOException refusal)
        {
            _answers.Add($"{what}: {refusal.Errno.Name()}");
        }
    }

    /// <summary>The probes of a group, and what the kernel explains of a definition.</summary>
    public async Task ProbesAsync(string group, string definition)
    {
        var probes = Encoding.UTF8.GetString(await target.ReadAsync(At("/uprobe_events"), CancellationToken.None));
        _answers.AddRange(probes.Split('\n').Where(l => l.Contains(group, StringComparison.Ordinal)));
        var log = Encoding.UTF8.GetString(await target.ReadAsync(At("/error_log"), CancellationToken.None));
        var explanation = Normalise(log).Split("[TIME]").LastOrDefault(e => e.Contains($"  Command: {definition}\n", StringComparison.Ordinal));
        _answers.Add($"explained: {Escape(explanation ?? "")}");
    }

    /// <summary>A probe event's format without its ID, which is given anew each time.</summary>
    public async Task FormatAsync(ITarget of, string path)
    {
        var text = Encoding.UTF8.GetString(await of.ReadAsync(At(path), CancellationToken.None));
        _answers.Add(Escape(ProbeId().Replace(text, "ID: N")));
    }

    /// <summary>What a trace prints behind the time, markers only.</summary>
    public async Task MarkersAsync(string path)
    {
        var text = Encoding.UTF8.GetString(await target.ReadAsync(At(path), CancellationToken.None));
        _answers.AddRange(text.Split('\n').Where(l => !l.StartsWith('#')).Select(l => ContextOfLine().Replace(l, "")));
    }

    public async Task HeaderAsync(string path)
    {
        var text = Encoding.UTF8.GetString(await target.ReadAsync(At(path), CancellationToken.None));
        _answers.AddRange(text.Split('\n').Where(l => l.StartsWith('#')));
    }

    /// <summary>Writes markers of one length from one cpu, then says what the buffers hold and lost in all.</summary>
    public async Task FillAsync(int markers)
    {
        var refusals = new SortedSet<Errno>();
        foreach (var _ in Enumerable.Range(0, markers))
        {
            var outcome = await target.WriteManyAsync([new FileWrite(At("trace_marker"), "marker 1234\n"u8.ToArray())], CancellationToken.None);
            refusals.Add(outcome[0].Errno);
        }

        _answers.Add($"answers: {string.Join(' ', refusals)}");

        var sums = new Dictionary<string, long>();
        var cpus = (await target.ListAsync(At("per_cpu"), CancellationToken.None)).Count;
        for (var cpu = 0; cpu < cpus; cpu++)
        {
            foreach (var line in (await target.ReadTextAsync(At($"per_cpu/cpu{cpu}/stats"), CancellationToken.None)).Split('\n'))
            {
                var (key, value) = (line.Split(": ")[0], line.Split(": ")[1]);
                if (key is "entries" or "overrun" or "dropped events" or "read events")
                {
                    sums[key] = sums.GetValueOrDefault(key) + long.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                }
            }
        }

        _answers.Add($"in all: {sums["entries"] + sums["overrun"] + sums["dropped events"]}, overrun {sums["overrun"] > 0}, dropped {sums["dropped events"] > 0}");
    }

    private static string Escape(string text) => "\"" + text.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + "\"";

    /// <summary>Times differ between machines, nothing else.</summary>
    private static string Normalise(string text) => TimeInBrackets().Replace(text, "[TIME]");

    [GeneratedRegex(@"ID: \d+", RegexOptions.NonBacktracking)]
    private static partial Regex ProbeId();

    [GeneratedRegex(@"^.{16}-\d+ +\[\d+\] \S+ +\d+\.\d{6}: ", RegexOptions.NonBacktracking)]
    private static partial Regex ContextOfLine();

    [GeneratedRegex(@"\[ *\d+\.\d{6}\]", RegexOptions.NonBacktracking)]
    private static partial Regex TimeInBrackets();
}
