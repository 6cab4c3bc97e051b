namespace LabTrace.Tracing;

/// <summary>A stack: its title and a line <c> => function</c> for each caller.</summary>
internal sealed class StackPrinter(string title, bool isUser) : SpecialPrinter
{
    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        if (!format.TryGetField("caller", out var field) || field.ElementSize is not (4 or 8) || field.Offset > payload.Length)
        {
            return false;
        }

        // The format declares eight callers; the record holds as many as were found, up to an end mark of all ones.
        text.Append(title);
        var size = field.ElementSize;
        var end = size == 8 ? ulong.MaxValue : uint.MaxValue;
        for (var at = field.Offset; at + size <= payload.Length; at += size)
        {
            var address = FieldValue.ReadBits(payload.Slice(at, size), format.Layout.IsBigEndian);
            if (address == end || (isUser && address == 0))
            {
                break;
            }

            text.Append("\n => "u8);
            if (isUser)
            {
                text.Append(" <"u8);
                var start = text.Length;
                text.AppendHex(address);
                text.PadLeft(start, 16, (byte)'0');
                text.Append((byte)'>');
            }
            else
            {
                AppendSymbol(address, context, text);
            }
        }

        return true;
    }
}

/// <summary><c>function &lt;-parent</c>.</summary>
internal sealed class FunctionPrinter : SpecialPrinter
{
    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        if (!TryNumber(format, payload, "ip", out var ip) || !TryNumber(format, payload, "parent_ip", out var parent))
        {
            return false;
        }

        AppendSymbol(ip, context, text);
        text.Append(" <-"u8);
        AppendSymbol(parent, context, text);
        return true;
    }
}

/// <summary><c>#1     inner/outer(us):   12/13    ts:1700000000.000000000 count:1 nmi-total:3 nmi-count:1</c>.</summary>
internal sealed class HwlatPrinter : SpecialPrinter
{
    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        if (!TryNumber(format, payload, "seqnum", out var number) || !TryNumber(format, payload, "duration", out var inner)
            || !TryNumber(format, payload, "outer_duration", out var outer) || !TryNumber(format, payload, "tv_sec", out var seconds)
            || !TryNumber(format, payload, "tv_nsec", out var nanoseconds))
        {
            return false;
        }

        var start = text.Length;
        text.Append((byte)'#');
        text.Append(number);
        text.PadRight(start, 6);
        text.Append(" inner/outer(us): "u8);
        start = text.Length;
        text.Append(inner);
        text.PadLeft(start, 4);
        text.Append((byte)'/');
        start = text.Length;
        text.Append(outer);
        text.PadRight(start, 5);
        text.Append(" ts:"u8);
        text.Append((long)seconds);
        text.Append((byte)'.');
        text.Append(nanoseconds, 9);
        if (TryNumber(format, payload, "count", out var count))
        {
            text.Append(" count:"u8);
            text.Append(count);
        }

        if (TryNumber(format, payload, "nmi_count", out var interrupts) && interrupts > 0 && TryNumber(format, payload, "nmi_total_ts", out var total))
        {
            text.Append(" nmi-total:"u8);
            text.Append(total / 1000);
            text.Append(" nmi-count:"u8);
            text.Append(interrupts);
        }

        return true;
    }
}

/// <summary><c>1000000  5000  99.50000  200  50  1  100  2  3</c>: what the tracer osnoise measured, the share in percent computed from it.</summary>
internal sealed class OsnoisePrinter : SpecialPrinter
{
    private static readonly (string Field, int Width)[] Counts =
        [("hw_count", 6), ("nmi_count", 6), ("irq_count", 6), ("softirq_count", 6), ("thread_count", 6)];

    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        if (!TryNumber(format, payload, "runtime", out var runtime) || !TryNumber(format, payload, "noise", out var noise)
            || !TryNumber(format, payload, "max_sample", out var longest) || runtime == 0 || noise > runtime)
        {
            return false;
        }

        // Five decimals of a percentage in whole numbers, as the kernel computes them.
        var share = (UInt128)(runtime - noise) * 10_000_000 / runtime;
        text.Append(runtime);
        text.Append((byte)' ');
        AppendPadded(noise, 10, text);
        text.Append((byte)' ');
        AppendPadded((ulong)(share / 100_000), 3, text);
        text.Append((byte)'.');
        text.Append((ulong)(share % 100_000), 5);
        text.Append((byte)' ');
        AppendPadded(longest, 7, text);
        foreach (var (field, width) in Counts)
        {
            _ = TryNumber(format, payload, field, out var count);
            text.Append((byte)' ');
            AppendPadded(count, width, text);
        }

        return true;
    }

    private static void AppendPadded(ulong value, int width, Utf8Text text)
    {
        var start = text.Length;
        text.Append(value);
        text.PadLeft(start, width);
    }
}

/// <summary><c>#1     context    irq timer_latency       932 ns</c>.</summary>
internal sealed class TimerlatPrinter : SpecialPrinter
{
    public override bool TryAppend(EventFormat format, ReadOnlySpan<byte> payload, PrintContext context, Utf8Text text)
    {
        if (!TryNumber(format, payload, "seqnum", out var number) || !TryNumber(format, payload, "context", out var kind)
            || !TryNumber(format, payload, "timer_latency", out var latency))
        {
            return false;
        }

        var start = text.Length;
        text.Append((byte)'#');
        text.Append(number);
        text.PadRight(start, 6);
        text.Append(" context "u8);
        start = text.Length;
        text.Append(kind switch { 0 => "irq"u8, 1 => "thread"u8, _ => "user ret"u8 });
        text.PadLeft(start, 6);
        text.Append(" timer_latency "u8);
        start = text.Length;
        text.Append(latency);
        text.PadLeft(start, 9);
        text.Append(" ns"u8);
        return true;
    }
}
