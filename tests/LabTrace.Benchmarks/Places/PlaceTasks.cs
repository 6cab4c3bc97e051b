using System.Diagnostics;
using System.Globalization;
using LabTrace.Devices;

namespace LabTrace.Benchmarks.Places;

/// <summary>The tasks of places.sh, each on a bench that <c>.ci/loopback-bench</c> started.</summary>
internal static class PlaceTasks
{
    private const string Attribute = "/proc/sys/kernel/pid_max";
    private const int UnderWay = 64;

    /// <summary>Runs one task and prints its figures.</summary>
    /// <param name="args">Task, directory of the bench, the agent's file or <c>never</c>, and what the task wants.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var bench = await BenchAsync(args[1], args[2]);
        return args switch
        {
            ["start", _, _, var times] => await StartAsync(bench, Number(times)),
            ["attribute", _, _, var reads] => await AttributeAsync(bench, Number(reads)),
            ["stream", _, _, var from, var to] => await StreamAsync(bench, from, to),
            _ => throw new ArgumentException($"no task {string.Join(' ', args)}", nameof(args)),
        };
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<int> StartAsync(Bench bench, int times)
    {
        var first = Stopwatch.StartNew();
        await (await bench.OpenAsync(keep: true)).DisposeAsync();
        first.Stop();
        var each = new List<double>(times);
        for (var i = 0; i < times; i++)
        {
            var watch = Stopwatch.StartNew();
            await using var target = await bench.OpenAsync(keep: true);
            _ = await target.ReadKernelIdentityAsync(CancellationToken.None);
            each.Add(watch.Elapsed.TotalMilliseconds);
        }

        Print($"connected, started and answered: median {Median(each):0} ms, best {each.Min():0} ms of {times}; the first, with the agent sent, and ended: {first.Elapsed.TotalMilliseconds:0} ms");
        return 0;
    }

    private static async Task<int> AttributeAsync(Bench bench, int reads)
    {
        await using var target = await bench.OpenAsync(keep: true);
        for (var i = 0; i < reads / 10; i++)
        {
            _ = await target.ReadAsync(Attribute, CancellationToken.None);
        }

        var each = new List<double>(reads);
        for (var i = 0; i < reads; i++)
        {
            var watch = Stopwatch.StartNew();
            _ = await target.ReadAsync(Attribute, CancellationToken.None);
            each.Add(watch.Elapsed.TotalMilliseconds);
        }

        Print($"one attribute after the other: median {Median(each):0.000} ms, best {each.Min():0.000} ms of {reads}");
        var best = 0.0;
        for (var round = 0; round < 5; round++)
        {
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, UnderWay).Select(_ => ReadAsync(target, reads * 10 / UnderWay)));
            best = Math.Max(best, reads * 10 / UnderWay * UnderWay / watch.Elapsed.TotalSeconds);
        }

        Print($"{UnderWay} reads under way: {best:0} attributes a second, best of 5 rounds");
        string[] paths = [.. Enumerable.Repeat(Attribute, 500)];
        best = 0;
        for (var round = 0; round < 5; round++)
        {
            var watch = Stopwatch.StartNew();
            _ = await target.ReadManyAsync(paths, CancellationToken.None);
            best = Math.Max(best, paths.Length / watch.Elapsed.TotalSeconds);
        }

        Print($"{paths.Length} attributes in one call: {best:0} attributes a second, best of 5 rounds");
        return 0;
    }

    private static async Task ReadAsync(ITarget target, int reads)
    {
        for (var i = 0; i < reads; i++)
        {
            _ = await target.ReadAsync(Attribute, CancellationToken.None);
        }
    }

    private static async Task<int> StreamAsync(Bench bench, string from, string to)
    {
        await using var target = await bench.OpenAsync(keep: true);
        await using var file = File.Create(to);
        var watch = Stopwatch.StartNew();
        await using (var stream = await target.OpenReadAsync(from, CancellationToken.None))
        {
            await stream.CopyToAsync(file, 1 << 18, CancellationToken.None);
        }

        Print($"{file.Length / watch.Elapsed.TotalSeconds / 1e6:0} MB/s");
        return 0;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static void Print(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));

    private static async Task<Bench> BenchAsync(string directory, string agent)
    {
        var place = (await File.ReadAllLinesAsync(Path.Combine(directory, "bench.yaml")))
            .Select(line => line.Split(": ", 2)).Where(words => words.Length == 2).ToDictionary(words => words[0], words => words[1]);
        var settings = new SshSettings(place["host"])
        {
            Port = Number(place["port"]),
            IdentityFile = place["identity"],
            ConfigurationFile = place["ssh-config"],
            KnownHostsFile = place["known-hosts"],
            AgentDirectory = place["agent-directory"],
            Agent = agent == "never" ? AgentUse.Never : AgentUse.Always,
        };
        return new Bench(settings, agent == "never" ? null : new AgentFile(await File.ReadAllBytesAsync(agent), AgentRuntimes.X64));
    }

    private sealed record Bench(SshSettings Settings, AgentFile? Agent)
    {
        public Task<ITarget> OpenAsync(bool keep) => SshTarget.OpenAsync(
            "bench", Settings with { KeepAgent = keep }, (_, _) => Task.FromResult(Agent), null, TimeProvider.System, CancellationToken.None);
    }
}
