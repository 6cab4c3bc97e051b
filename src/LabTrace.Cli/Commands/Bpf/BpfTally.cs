using System.Numerics;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Bpf;

/// <summary>Counts events by what they are: calls by name, functions, devices, reasons.</summary>
internal sealed class BpfTally
{
    private readonly Dictionary<string, BpfTallyRow> _rows = new(StringComparer.Ordinal);

    /// <summary>The rows, those that took longest first, then the most frequent.</summary>
    public IReadOnlyList<BpfTallyRow> Rows => [.. _rows.Values.OrderByDescending(r => r.TotalNs).ThenByDescending(r => r.Count).ThenBy(r => r.Name, StringComparer.Ordinal)];

    /// <summary>Durations of all, by powers of two.</summary>
    public long[] Log2 { get; } = new long[64];

    /// <summary>Events that were taken.</summary>
    public long Events { get; private set; }

    public void Add(in TraceEvent item)
    {
        Events++;
        var name = KeyOf(item);
        if (name is null)
        {
            return;
        }

        if (!_rows.TryGetValue(name, out var row))
        {
            _rows[name] = row = new BpfTallyRow(name);
        }

        var hasDuration = item.TryGetField("duration_ns", out var value) && value.TryGetInteger(out _);
        var ns = hasDuration && value.TryGetInteger(out var number) ? (long)number : -1;
        row.Add(ns, item.TryGetField("errno", out _));
        if (ns >= 0)
        {
            Log2[BitOperations.Log2((ulong)ns)]++;
        }
    }

    /// <summary>What an event counts under; null for begins, whose ends count.</summary>
    private static string? KeyOf(in TraceEvent item)
    {
        string? Field(in TraceEvent e, string name) => e.TryGetField(name, out var value) ? value.ToRawText() : null;
        return item.Name.Name switch
        {
            "syscall_enter" or "pcie_enter" or "nvlink_enter" or "ioctl_enter" => null,
            "syscall_exit" or "syscall" or "ioctl_exit" => Field(item, "name"),
            "pcie_exit" => $"{Field(item, "address")} {Field(item, "operation")}",
            "nvlink_exit" or "function" => Field(item, "function"),
            "tcp_drop" => Field(item, "reason_name") ?? "reason " + Field(item, "reason"),
            var other => $"{other} {Field(item, "driver")}".TrimEnd(),
        };
    }
}

/// <summary>What was counted under one name.</summary>
internal sealed class BpfTallyRow(string name)
{
    public string Name { get; } = name;

    public long Count { get; private set; }

    public long Errors { get; private set; }

    public long Timed { get; private set; }

    public long TotalNs { get; private set; }

    public long ShortestNs { get; private set; } = long.MaxValue;

    public long LongestNs { get; private set; }

    public void Add(long ns, bool isError)
    {
        Count++;
        Errors += isError ? 1 : 0;
        if (ns >= 0)
        {
            Timed++;
            TotalNs += ns;
            ShortestNs = Math.Min(ShortestNs, ns);
            LongestNs = Math.Max(LongestNs, ns);
        }
    }
}
