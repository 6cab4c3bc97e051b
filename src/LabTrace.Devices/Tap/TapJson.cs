using System.Text.Json;

namespace LabTrace.Devices.Tap;

/// <summary>Writes what a TAP text says as JSON. The members are told in TAP.md and stay.</summary>
public static class TapJson
{
    /// <summary>Writes one report as an object.</summary>
    /// <param name="json">Where to; stands where a value may.</param>
    /// <param name="report">What the text says.</param>
    /// <param name="source">The text's file or the program that wrote it.</param>
    public static void Write(Utf8JsonWriter json, TapReport report, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(report);

        json.WriteStartObject();
        json.WriteString("file", source);
        json.WriteString("verdict", NameOf(report.Verdict));
        WriteCounts(json, report.Counts);
        if (report.BailOut is not null)
        {
            json.WriteString("bailOut", report.BailOut);
        }

        Write(json, "errors", report.AllErrors);
        Write(json, "warnings", report.AllWarnings);
        Write(json, "streams", report.Streams);
        json.WriteEndObject();
    }

    private static string NameOf(TapVerdict verdict) => verdict switch
    {
        TapVerdict.Passed => "passed",
        TapVerdict.Failed => "failed",
        TapVerdict.Skipped => "skipped",
        _ => "broken",
    };

    private static void WriteCounts(Utf8JsonWriter json, TapCounts counts)
    {
        json.WriteStartObject("counts");
        json.WriteNumber("passed", counts.Passed);
        json.WriteNumber("failed", counts.Failed);
        json.WriteNumber("skipped", counts.Skipped);
        json.WriteNumber("broken", counts.Broken);
        json.WriteNumber("todo", counts.Todo);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<TapProblem> problems)
    {
        json.WriteStartArray(name);
        foreach (var problem in problems)
        {
            json.WriteStartObject();
            json.WriteNumber("line", problem.Line);
            json.WriteString("message", problem.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<TapStream> streams)
    {
        json.WriteStartArray(name);
        foreach (var stream in streams)
        {
            json.WriteStartObject();
            json.WriteString("dialect", stream.Dialect == TapDialect.Ktap ? "ktap" : "tap");
            WriteOptional(json, "version", stream.Version);
            WriteOptional(json, "name", stream.Name);
            json.WriteNumber("line", stream.Line);
            json.WriteString("verdict", NameOf(stream.Verdict));
            WriteOptional(json, "planned", stream.Planned);
            WriteOptional(json, "skipReason", stream.SkipReason);
            WriteCounts(json, stream.Counts);
            json.WriteStartArray("tests");
            foreach (var test in stream.Tests)
            {
                Write(json, test);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, TapTest test)
    {
        json.WriteStartObject();
        WriteOptional(json, "number", test.Number);
        json.WriteString("name", test.Name);
        json.WriteString("verdict", NameOf(test.Verdict));
        if (test.IsExpectedFailure)
        {
            json.WriteBoolean("expectedFailure", true);
        }

        WriteOptional(json, "directive", test.Directive);
        WriteOptional(json, "reason", test.Reason);
        json.WriteNumber("line", test.Line);
        if (test.Log.Count > 0)
        {
            json.WriteStartArray("log");
            foreach (var line in test.Log)
            {
                json.WriteStringValue(line);
            }

            json.WriteEndArray();
        }

        if (test.LogLinesLeftOut > 0)
        {
            json.WriteNumber("logLinesLeftOut", test.LogLinesLeftOut);
        }

        if (test.Subtests.Count > 0)
        {
            WriteCounts(json, test.Counts);
            Write(json, "subtests", test.Subtests);
        }

        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }
}
