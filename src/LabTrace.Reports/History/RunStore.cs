using System.Text.Json;
using System.Text.Json.Serialization;
using LabTrace.Reports.Record;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.History;

/// <summary>
/// A directory of runs. Its index is one small file in each run's directory, made from the run's message stream when it is first
/// asked for and again when the stream has grown: nothing is locked, a killed run spoils nothing, and removing the files only costs
/// the time to make them again.
/// </summary>
public sealed class RunStore
{
    /// <summary>The message stream's name in a run's directory.</summary>
    public const string StreamName = "messages.ndjson";

    /// <summary>The index file's name in a run's directory.</summary>
    public const string SummaryName = "summary.json";

    private const int Format = 2;
    private const string KernelReportType = "application/vnd.labtrace.kernel-report+json";
    private const int LongestReason = 300;

    private readonly string _directory;

    /// <summary>Opens a store.</summary>
    /// <param name="directory">The directory that holds the runs' directories.</param>
    /// <exception cref="ReportException">There is no such directory.</exception>
    public RunStore(string directory) => _directory = Directory.Exists(directory)
        ? directory
        : throw new ReportException($"there is no run store '{directory}'", "--store DIR, the directory that holds the runs' directories; `labtrace run` makes them below artifacts/runs");

    /// <summary>Reads all runs, the oldest first. What is no run, or no readable one, is told and passed over.</summary>
    /// <param name="unreadable">Told each directory that has a stream which cannot be read, with the reason.</param>
    /// <param name="cancellationToken">Gives the reading up.</param>
    public async Task<IReadOnlyList<StoredRun>> ListAsync(Action<string> unreadable, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(unreadable);
        List<StoredRun> runs = [];
        foreach (var directory in Directory.EnumerateDirectories(_directory).Where(static d => File.Exists(Path.Combine(d, StreamName))))
        {
            try
            {
                runs.Add(await LoadAsync(directory, cancellationToken));
            }
            catch (Exception e) when (e is MessageFormatException or IOException or UnauthorizedAccessException)
            {
                unreadable($"{directory}: {e.Message}");
            }
        }

        return [.. runs.OrderBy(static r => r.StartedAt ?? DateTimeOffset.MinValue).ThenBy(static r => r.Name, StringComparer.Ordinal)];
    }

    /// <summary>Reads one run, by its index file where that is still true.</summary>
    /// <param name="directory">The run's directory.</param>
    /// <param name="cancellationToken">Gives the reading up.</param>
    /// <exception cref="MessageFormatException">A whole line of its stream is no message.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static async Task<StoredRun> LoadAsync(string directory, CancellationToken cancellationToken)
    {
        var stream = new FileInfo(Path.Combine(directory, StreamName));
        var summary = Path.Combine(directory, SummaryName);
        if (TryReadSummary(summary) is { } known && known.StreamLength == stream.Length)
        {
            return known with { Name = NameOf(directory) };
        }

        var length = stream.Length;
        await using var input = stream.OpenRead();
        var run = await ReadAsync(NameOf(directory), input, length, cancellationToken);
        TryWriteSummary(summary, run);
        return run;
    }

    /// <summary>Reads a run from its message stream.</summary>
    /// <param name="name">The run's name.</param>
    /// <param name="stream">The messages.</param>
    /// <param name="length">Its length, bytes.</param>
    /// <param name="cancellationToken">Gives the reading up.</param>
    /// <exception cref="MessageFormatException">A whole line is no message.</exception>
    public static async Task<StoredRun> ReadAsync(string name, Stream stream, long length, CancellationToken cancellationToken)
    {
        RunRecord record = new();
        await foreach (var envelope in MessageReader.ReadAsync(stream, cancellationToken))
        {
            _ = record.Apply(envelope);
        }

        var boards = record.Environment?.Boards ?? [];
        return new StoredRun
        {
            Name = name,
            StartedAt = record.Started is { } started ? DateTimeOffset.FromUnixTimeSeconds(started.Timestamp.Seconds).AddTicks(started.Timestamp.Nanos / 100) : null,
            Duration = record.Duration,
            IsComplete = record.Finished is not null,
            Place = record.Environment?.Place,
            Board = boards.Count > 0 ? string.Join(", ", boards) : record.Environment?.Place ?? "unknown",
            Kernel = record.Environment?.Kernel?.Release,
            Scenarios = [.. record.Scenarios.Select(Store)],
            StreamLength = length,
        };
    }

    /// <summary>Removes a run's directory with all that is in it.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Remove(StoredRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        Directory.Delete(PathOf(run), recursive: true);
    }

    /// <summary>A run's directory.</summary>
    public string PathOf(StoredRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Path.Combine(_directory, run.Name);
    }

    private static string NameOf(string directory) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));

    private static StoredScenario Store(ScenarioRecord scenario)
    {
        var reason = scenario.Reason.Split('\n')[0].Trim();
        return new StoredScenario
        {
            Id = scenario.Id,
            Title = scenario.FeatureName.Length > 0 ? $"{scenario.FeatureName} › {scenario.Name}" : scenario.Name,
            Verdict = scenario.Verdict,
            Attempts = [.. scenario.Attempts.Select(static a => a.Verdict ?? Verdict.Broken)],
            Duration = scenario.Last?.Duration ?? TimeSpan.Zero,
            Reason = reason.Length > LongestReason ? reason[..LongestReason] : reason,
            KernelReports = [.. scenario.Attempts.SelectMany(static a => a.AllAttachments).Where(static a => a.MediaType == KernelReportType)
                .Select(static a => TitleOf(a.Text())).OfType<string>()],
            Measurements = [.. scenario.Attempts.SelectMany(static a => a.Measurements).Select(static m => new StoredMeasurement(m.Name, m.Value, m.Unit) { Samples = StoredMeasurement.Thin(m.Samples) })],
        };
    }

    private static string? TitleOf(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("title", out var title) ? title.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StoredRun? TryReadSummary(string path)
    {
        try
        {
            var summary = JsonSerializer.Deserialize(File.ReadAllBytes(path), RunStoreJson.Default.RunSummary);
            return summary is { Version: Format } ? summary.Run : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    // Whole or not at all; a store that may only be read works without.
    private static void TryWriteSummary(string path, StoredRun run)
    {
        var partial = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(new RunSummary(Format, run), RunStoreJson.Default.RunSummary));
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Read from the stream again next time.
        }
    }
}

/// <summary>An index file.</summary>
internal sealed record RunSummary(int Version, StoredRun Run);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class RunStoreJson : JsonSerializerContext;
