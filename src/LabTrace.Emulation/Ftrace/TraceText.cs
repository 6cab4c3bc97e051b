using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Ftrace;

/// <summary>The text of <c>trace</c> and <c>trace_pipe</c>, made from the same binary records that <c>trace_pipe_raw</c> hands out.</summary>
internal sealed class TraceText(TraceInstance instance)
{
    private const int NsPerUs = 1000;
    private const string Banner = "# tracer: ";
    private readonly Dictionary<int, EmulatedEvent> _byId = [];

    /// <summary>The whole <c>trace</c> file, of one cpu or of all.</summary>
    public string Whole(int? cpu)
    {
        var records = new List<(int Cpu, ulong Time, ReadOnlyMemory<byte> Record)>();
        long written = 0;
        for (var c = 0; c < instance.Tracer.Cpus; c++)
        {
            if (cpu is null || cpu == c)
            {
                var buffer = instance.Buffer(c);
                records.AddRange(buffer.Iterate().Select(r => (c, r.Time, r.Record)));
                written += buffer.Entries + buffer.Overrun;
            }
        }

        var text = new StringBuilder();
        AppendHeader(text, records.Count, written, cpu ?? 0);
        if (written > records.Count && instance.Options["annotate"])
        {
            AppendAnnotated(text, records);
            return text.ToString();
        }

        var isLatency = instance.Options["latency-format"];
        var ordered = records.OrderBy(r => r.Time).ToList();
        for (var i = 0; i < ordered.Count; i++)
        {
            var (on, time, record) = ordered[i];
            if (isLatency)
            {
                AppendLatencyContext(text, record.Span, on, time, ordered[0].Time, i + 1 < ordered.Count ? ordered[i + 1].Time : time, i);
            }

            AppendRecord(text, on, time, record, !isLatency);
        }

        return text.ToString();
    }

    /// <summary>One record as a line, with its context if the options want it.</summary>
    public void AppendRecord(StringBuilder text, int cpu, ulong time, ReadOnlyMemory<byte> record, bool withContext = true)
    {
        var span = record.Span;
        var id = BinaryPrimitives.ReadUInt16LittleEndian(span);
        var pid = BinaryPrimitives.ReadInt32LittleEndian(span[4..]);
        if (instance.Options["raw"])
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{pid} {cpu} {time} ");
        }
        else if (instance.Options["hex"])
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{pid:x8} {cpu:x8} {time:x16} ");
        }
        else if (withContext && instance.Options["context-info"])
        {
            AppendContext(text, span, pid, cpu, time);
        }

        AppendEvent(text, id, record);
    }

    private void AppendAnnotated(StringBuilder text, List<(int Cpu, ulong Time, ReadOnlyMemory<byte> Record)> records)
    {
        var started = new HashSet<int>();
        foreach (var (cpu, time, record) in records.OrderBy(r => r.Time))
        {
            if (started.Add(cpu) && started.Count > 1)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"##### CPU {cpu} buffer started ####\n");
            }

            AppendRecord(text, cpu, time, record);
        }
    }

    private EmulatedEvent? Find(int id)
    {
        if (!_byId.TryGetValue(id, out var found))
        {
            found = instance.Tracer.Events.FirstOrDefault(e => e.Id == id);
            if (found is not null)
            {
                _byId[id] = found;
            }
        }

        return found;
    }

    private void AppendHeader(StringBuilder text, int entries, long written, int cpu)
    {
        _ = text.Append(Banner).Append(instance.CurrentTracer).Append("\n#\n");
        if (instance.Options["latency-format"])
        {
            TraceHeaders.AppendLatency(text, instance, entries, written, cpu);
        }
        else if (instance.Options["context-info"])
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"# entries-in-buffer/entries-written: {entries}/{written}   #P:{instance.Tracer.Cpus}\n#\n");
            TraceHeaders.AppendColumns(text, instance.Options["irq-info"], instance.Options["record-tgid"]);
        }
    }

    private void AppendContext(StringBuilder text, ReadOnlySpan<byte> record, int pid, int cpu, ulong time)
    {
        var saved = instance.Tracer.Saved;
        _ = text.Append(CultureInfo.InvariantCulture, $"{saved.CommOf(pid),16}-{pid,-7} ");
        if (instance.Options["record-tgid"])
        {
            _ = text.Append('(').Append(saved.TgidOf(pid)).Append(") ");
        }

        _ = text.Append(CultureInfo.InvariantCulture, $"[{cpu:D3}] ");
        if (instance.Options["irq-info"])
        {
            _ = text.Append(new EventFlags(record[2], record[3], IsKnown: true).ToString());
        }

        if (TraceClock.IsNanoseconds(instance.Clock))
        {
            var us = (time + (NsPerUs / 2)) / NsPerUs;
            _ = text.Append(CultureInfo.InvariantCulture, $" {us / 1_000_000,5}.{us % 1_000_000:D6}: ");
        }
        else
        {
            _ = text.Append(CultureInfo.InvariantCulture, $" {time,12}: ");
        }
    }

    private void AppendLatencyContext(StringBuilder text, ReadOnlySpan<byte> record, int cpu, ulong time, ulong first, ulong next, int index)
    {
        var pid = BinaryPrimitives.ReadInt32LittleEndian(record[4..]);
        var comm = instance.Tracer.Saved.CommOf(pid);
        var since = (time - first) / NsPerUs;
        var until = (next - time) / NsPerUs;
        if (instance.Options["verbose"])
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{comm,16} {pid,7} {cpu} {record[2]} {record[3]:x8} {index:x8} ")
                .Append(CultureInfo.InvariantCulture, $"[{time / 1_000_000:x8}] {since / 1000}.{since % 1000:D3}ms (+{until / 1000}.{until % 1000:D3}ms): ");
            return;
        }

        var mark = until > 1_000_000 ? '$' : until > 100_000 ? '@' : until > 10_000 ? '*' : until > 1000 ? '#' : until > 100 ? '!' : until > 10 ? '+' : ' ';
        var flags = new EventFlags(record[2], record[3], IsKnown: true);
        _ = text.Append(CultureInfo.InvariantCulture, $"{comm.AsSpan(0, Math.Min(8, comm.Length)),8}-{pid,-7} {cpu,3}{flags} {since,4}us{mark}: ");
    }

    private void AppendEvent(StringBuilder text, int id, ReadOnlyMemory<byte> record)
    {
        if (Find(id) is not { } of)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"Unknown type {id}\n");
        }
        else if (of.System == "ftrace")
        {
            AppendOwn(text, of, record.Span);
        }
        else if (instance.Options["raw"] || instance.Options["hex"])
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"type: {id}\n");
        }
        else if (instance.Options["fields"])
        {
            AppendFields(text, of, record.Span);
        }
        else if (of.Syscall is { } call)
        {
            AppendSyscall(text, of, call, record.Span);
        }
        else
        {
            _ = text.Append(of.Name).Append(": ").Append(of.Format.Format(record, KernelSymbols.PrintContext)).Append('\n');
        }
    }

    /// <summary>System calls have printing of their own in the kernel, not their print fmt.</summary>
    private static void AppendSyscall(StringBuilder text, EmulatedEvent of, SyscallDescription call, ReadOnlySpan<byte> record)
    {
        if (of.Name.StartsWith("sys_exit_", StringComparison.Ordinal))
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"sys_{call.Name} -> 0x{of.Fields[1].Number(record):x}\n");
            return;
        }

        _ = text.Append("sys_").Append(call.Name).Append('(');
        for (var i = 1; i < of.Fields.Count; i++)
        {
            // Numbers below ten look the same in both bases, and the kernel leaves the prefix out.
            var number = (ulong)of.Fields[i].Number(record);
            _ = text.Append(i > 1 ? ", " : "").Append(of.Fields[i].Name).Append(": ")
                .Append(number < 10 ? "" : "0x").Append(CultureInfo.InvariantCulture, $"{number:x}");
        }

        _ = text.Append(")\n");
    }

    private static void AppendFields(StringBuilder text, EmulatedEvent of, ReadOnlySpan<byte> record)
    {
        _ = text.Append(of.Name).Append(':');
        foreach (var field in of.Fields)
        {
            _ = text.Append(' ').Append(field.Name).Append('=');
            switch (field.Kind)
            {
                case FieldKind.FixedText or FieldKind.DynamicText or FieldKind.ToEnd:
                    _ = text.Append(field.Text(record));
                    break;
                case FieldKind.Array:
                    for (var i = 0; i < field.Size; i += 8)
                    {
                        _ = text.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"0x{BinaryPrimitives.ReadUInt64LittleEndian(record[(field.Offset + i)..]):x}");
                    }

                    break;
                default:
                    var number = field.Number(record);
                    var bits = field.Size >= 8 ? (ulong)number : (ulong)number & ((1UL << (8 * field.Size)) - 1);
                    _ = text.Append(CultureInfo.InvariantCulture, $"0x{bits:x} ({number})");
                    break;
            }
        }

        _ = text.Append('\n');
    }

    private void AppendOwn(StringBuilder text, EmulatedEvent of, ReadOnlySpan<byte> record)
    {
        switch (of.Name)
        {
            case "print":
                var rest = record[of.Fields[1].Offset..];
                var end = rest.IndexOf((byte)0);
                _ = text.Append(instance.Options["printk-msg-only"] ? "" : "tracing_mark_write: ").Append(Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]));
                if (text[^1] != '\n')
                {
                    _ = text.Append('\n');
                }

                break;
            case "raw_data":
                _ = text.Append(CultureInfo.InvariantCulture, $"# {of.Fields[0].Number(record):x} buf:");
                foreach (var b in record[of.Fields[1].Offset..])
                {
                    _ = text.Append(CultureInfo.InvariantCulture, $" {b:x2}");
                }

                _ = text.Append('\n');
                break;
            case "kernel_stack":
                _ = text.Append("<stack trace>\n");
                for (var at = of.Fields[1].Offset; at + 8 <= record.Length; at += 8)
                {
                    _ = text.Append(" => ").Append(KernelSymbols.NameOf(BinaryPrimitives.ReadInt64LittleEndian(record[at..]))).Append('\n');
                }

                break;
            default:
                _ = text.Append(of.Name).Append('\n');
                break;
        }
    }
}
