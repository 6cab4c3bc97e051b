namespace LabTrace.Tracing;

/// <summary>The kinds of files that a trace can be written as.</summary>
public static class TraceExports
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ExportKind> All { get; } =
    [
        new("csv", [".csv"], IsBinary: false, IsCapture: false, "a header and a row for each event: cpu,timestamp_ns,pid,comm,event,fields", (output, _) => new CsvExport(output)),
        new("jsonl", [".jsonl", ".ndjson"], IsBinary: false, IsCapture: false, "JSON lines, one object for each event, fields with their types", (output, _) => new JsonLinesExport(output)),
        new("text", [".txt"], IsBinary: false, IsCapture: true, "what the kernel's `trace` file says", (output, options) => new FtraceTextExport(output, options)),
        new("dat", [".dat"], IsBinary: true, IsCapture: true, "trace.dat version 7, for trace-cmd and KernelShark", (output, options) => new TraceDatExport(output, options)),
        new("chrome", [".json"], IsBinary: false, IsCapture: false, "Chrome trace JSON, for chrome://tracing, Perfetto and speedscope", (output, options) => new ChromeExport(output, options)),
        new("perfetto", [".pftrace", ".perfetto-trace"], IsBinary: true, IsCapture: false, "Perfetto's protobuf, for ui.perfetto.dev and trace_processor", (output, options) => new PerfettoExport(output, options)),
        new("parquet", [".parquet"], IsBinary: true, IsCapture: false, "a column for each thing, for DuckDB, pandas and Spark", (output, options) => new ParquetExport(output, options)),
    ];

    /// <summary>The kind of a name, null when there is none.</summary>
    public static ExportKind? Find(string name) => All.FirstOrDefault(k => string.Equals(k.Name, name, StringComparison.Ordinal));

    /// <summary>The kind that a file's name means, null when it means none.</summary>
    public static ExportKind? ForFile(string path) =>
        All.FirstOrDefault(k => k.Extensions.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase)));
}
