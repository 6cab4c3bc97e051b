using System.CommandLine;
using System.Text.Json;
using LabTrace.Devices;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary><c>labtrace grtrace status</c>.</summary>
internal static class StatusCommand
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var place = CommandLineValues.Place();
        var load = GrtracePlace.LoadOption();
        Option<bool> json = new("--json") { Description = "as JSON" };
        Command command = new("status", "Show whether tracing is on, the settings, the modules, the files that were found, and every counter.");
        command.Options.Add(place);
        command.Options.Add(load);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var opened = await GrtracePlace.OpenAsync(parsed.GetRequiredValue(place), parsed.GetValue(load), cancellationToken);
            var status = await ReadAsync(opened, cancellationToken);
            if (parsed.GetValue(json))
            {
                await WriteJsonAsync(status, cancellationToken);
            }
            else
            {
                WriteText(status);
            }

            return (int)ExitCode.Passed;
        });
        return command;
    }

    private static async Task<Status> ReadAsync(GrtracePlace opened, CancellationToken cancellationToken)
    {
        var grtrace = opened.Grtrace;
        return new Status(
            opened.Target.Name,
            grtrace.Path,
            grtrace.TryFind(GrtraceFile.Version) is null ? "not told" : await grtrace.ReadVersionAsync(cancellationToken),
            await grtrace.ReadStatsAsync(cancellationToken),
            grtrace.TryFind(GrtraceFile.Config) is null ? new Dictionary<string, string>(0) : await grtrace.ReadConfigAsync(cancellationToken),
            await new GrtraceModules(opened.Changes).ReadLoadedAsync(cancellationToken),
            grtrace.TryFind(GrtraceFile.Rings) is null ? [] : await grtrace.ReadRingsAsync(cancellationToken),
            [.. GrtraceFile.All.Where(f => grtrace.TryFind(f) is not null).Select(f => (f.What, grtrace.Find(f)))],
            grtrace.FindEventFiles());
    }

    private static void WriteText(Status status)
    {
        var stats = status.Stats;
        Console.WriteLine($"grtrace {status.Version} on '{status.Target}': {(stats.IsEnabled ? "on" : "off")}, {stats.Written} events written, {stats.Dropped} dropped, {stats.Lost} lost");
        Console.WriteLine($"  directory  {status.Path}");
        Console.WriteLine($"  modules    {(status.Modules.Count == 0 ? "built in, or none is told" : string.Join(", ", status.Modules.Select(m => m.Name)))}");
        Console.WriteLine($"  config     {string.Join(' ', status.Config.Select(c => $"{c.Key}={c.Value}"))}");
        Console.WriteLine($"  rings      {(status.Rings.Count == 0 ? "none yet" : string.Join(", ", status.Rings.Select(r => $"{r.Ring} {r.Name} ({r.Engine})")))}");
        Console.WriteLine($"  events     {string.Join(", ", status.EventFiles.Select(f => f[(f.LastIndexOf('/') + 1)..]))}");
        Console.WriteLine($"  files      {string.Join(", ", status.Files.Select(f => f.Path[(f.Path.LastIndexOf('/') + 1)..]))}");
        Console.WriteLine("  counters");
        foreach (var (key, value) in stats.Values)
        {
            Console.WriteLine($"    {key,-24} {value,14}{(GrtraceStats.IsDrop(key) && value > 0 ? "  dropped" : "")}");
        }
    }

    private static async Task WriteJsonAsync(Status status, CancellationToken cancellationToken)
    {
        var output = Console.OpenStandardOutput();
        await using (var writer = new Utf8JsonWriter(output, Indented))
        {
            writer.WriteStartObject();
            writer.WriteString("target", status.Target);
            writer.WriteString("path", status.Path);
            writer.WriteString("version", status.Version);
            writer.WriteBoolean("enabled", status.Stats.IsEnabled);
            Write(writer, "config", status.Config, (w, p) => w.WriteString(p.Key, p.Value));
            Write(writer, "counters", status.Stats.Values, (w, p) => w.WriteNumber(p.Key, p.Value));
            Write(writer, "files", status.Files, (w, f) => w.WriteString(f.What, f.Path));
            writer.WriteStartArray("event_files");
            status.EventFiles.ToList().ForEach(writer.WriteStringValue);
            writer.WriteEndArray();
            writer.WriteStartArray("modules");
            status.Modules.ToList().ForEach(m => writer.WriteStringValue(m.Name));
            writer.WriteEndArray();
            writer.WriteStartArray("rings");
            foreach (var ring in status.Rings)
            {
                writer.WriteStartObject();
                writer.WriteNumber("ring", ring.Ring);
                writer.WriteString("name", ring.Name);
                writer.WriteString("engine", ring.Engine);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        await output.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }

    private static void Write<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartObject(name);
        foreach (var item in items)
        {
            write(writer, item);
        }

        writer.WriteEndObject();
    }

    private sealed record Status(
        string Target,
        string Path,
        string Version,
        GrtraceStats Stats,
        IReadOnlyDictionary<string, string> Config,
        IReadOnlyList<GrtraceModule> Modules,
        IReadOnlyList<GrtraceRing> Rings,
        IReadOnlyList<(string What, string Path)> Files,
        IReadOnlyList<string> EventFiles);
}
