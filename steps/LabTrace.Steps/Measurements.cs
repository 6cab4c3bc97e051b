using System.Text.Encodings.Web;
using System.Text.Json;
using LabTrace.Tracing.Queries;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>Puts measured numbers into the run's message stream.</summary>
public sealed class Measurements(ScenarioPlace place, IReqnrollOutputHelper output)
{
    private const int MostSamples = 1000;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Records one of many times; without any there is nothing to record, and the scenario fails.</summary>
    public void RecordTimes(string name, Statistic statistic, IReadOnlyList<long> nanoseconds)
    {
        if (nanoseconds.Count == 0)
        {
            Assert.Fail($"expected: times to record as \"{name}\"\n  found:    none in the trace\n  try: enable both events, such as sched:sched_waking and sched:sched_switch, and record something that waits");
        }

        Record(name, Sample.Of(nanoseconds).At(statistic), "ns", [.. nanoseconds.Take(MostSamples).Select(static n => (double)n)]);
    }

    /// <summary>Records a number.</summary>
    public void Record(string name, double value, string unit, IReadOnlyList<double>? samples)
    {
        var directory = Path.Combine(place.Lab.OutputDirectory, "measurements");
        _ = Directory.CreateDirectory(directory);
        var file = Path.Combine(directory, $"{Guid.NewGuid():N}.measurement.json");
        File.WriteAllText(file, samples is null
            ? JsonSerializer.Serialize(new { name, value, unit }, Plain)
            : JsonSerializer.Serialize(new { name, value, unit, samples }, Plain));
        output.AddAttachment(file);
    }
}
