using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace LabTrace.Benchmarks.Engine;

/// <summary>One call an iteration, and the fastest of them as what a unit of the work costs.</summary>
internal abstract class EngineConfig : ManualConfig
{
    /// <param name="column">The column's name.</param>
    /// <param name="value">Its value, from the benchmark's parameter and the nanoseconds of the fastest iteration.</param>
    protected EngineConfig(string column, Func<int, double, double> value)
    {
        AddJob(new Job("InProcess") { Infrastructure = { Toolchain = InProcessEmitToolchain.Instance }, Run = { InvocationCount = 1, UnrollFactor = 1 } }
            .AsMutator());
        AddColumn(StatisticColumn.Min);
        AddColumn(new Column(column, value));
    }

    private sealed class Column(string name, Func<int, double, double> value) : IColumn
    {
        public string Id => name;

        public string ColumnName => name;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => $"{name}, from the fastest iteration";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
            summary[benchmarkCase]?.ResultStatistics?.Min is { } best
                ? value((int)benchmarkCase.Parameters.Items[0].Value, best).ToString("N1", CultureInfo.InvariantCulture)
                : "-";

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
    }
}
