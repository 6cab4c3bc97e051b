using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace LabTrace.Benchmarks;

/// <summary>The columns that matter for readers: MB/s, ns/event, events/s.</summary>
internal sealed class ReaderConfig : ManualConfig
{
    public ReaderConfig()
    {
        // The repository's build rules (locked restore, analysers) do not suit the projects BenchmarkDotNet would generate.
        // One call an iteration: the fastest of many single calls is what a shared machine disturbs least, and it is what the columns tell.
        AddJob(new Job("InProcess") { Infrastructure = { Toolchain = InProcessEmitToolchain.Instance }, Run = { InvocationCount = 1, UnrollFactor = 1 } }
            .AsMutator());
        AddColumn(StatisticColumn.Min);
        AddColumn(new Column("MB/s", (bytes, _, ns) => bytes / ns * 1000));
        AddColumn(new Column("ns/event", (_, events, ns) => ns / events));
        AddColumn(new Column("M events/s", (_, events, ns) => events / ns * 1000));
    }

    private static (double Bytes, double Events) InputOf(Type benchmark) =>
        benchmark == typeof(FtraceTextBenchmarks)
            ? (FtraceTextBenchmarks.Input.Length, FtraceTextBenchmarks.Events)
            : benchmark == typeof(PerfScriptBenchmarks) ? (PerfScriptBenchmarks.Input.Length, PerfScriptBenchmarks.Samples)
            : benchmark == typeof(BpftraceJsonBenchmarks) ? (BpftraceJsonBenchmarks.Input.Length, BpftraceJsonBenchmarks.Objects)
            : benchmark == typeof(PrintBenchmarks) ? (PrintBenchmarks.Input.Cpus.Sum(c => c.Pages.Length), PrintBenchmarks.Events)
            : benchmark == typeof(TraceDat.TraceDatBenchmarks) ? (TraceDat.TraceDatBenchmarks.InputBytes, TraceDat.TraceDatBenchmarks.Events)
            : benchmark == typeof(TraceCommandBenchmarks) ? (TraceCommandBenchmarks.Input.Length, TraceCommandBenchmarks.Events)
            : benchmark == typeof(GrtraceEmulationBenchmarks) ? (GrtraceEmulationBenchmarks.Events * (double)Tracing.GrtLayout.JobBytes, GrtraceEmulationBenchmarks.Events)
            : benchmark == typeof(GrtDecodeBenchmarks) ? (GrtDecodeBenchmarks.Input.Length, GrtDecodeBenchmarks.Events)
            : benchmark == typeof(KernelLogBenchmarks) ? (KernelLogBenchmarks.Input.Length, KernelLogBenchmarks.Lines)
            : (PageBenchmarks.Input.Cpus.Sum(c => c.Pages.Length), PageBenchmarks.Events);

    private sealed class Column(string name, Func<double, double, double, double> value) : IColumn
    {
        public string Id => name;

        public string ColumnName => name;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => $"{name}, from the fastest iteration";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        {
            var (bytes, events) = InputOf(benchmarkCase.Descriptor.Type);
            var best = summary[benchmarkCase]?.ResultStatistics?.Min;
            return best is null ? "-" : value(bytes, events, best.Value).ToString("N1", CultureInfo.InvariantCulture);
        }

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
    }
}
