namespace LabTrace.Tracing;

/// <summary>The interrupt and preemption state a record was written in (<c>common_flags</c> and <c>common_preempt_count</c>).</summary>
/// <param name="Irq">Bits of <c>common_flags</c>, kernel <c>enum trace_flag_type</c>.</param>
/// <param name="Preempt">Preemption depth in the low four bits, migration-disable depth in the high four.</param>
/// <param name="IsKnown">False when the capture does not say (text without irq-info).</param>
public readonly record struct EventFlags(byte Irq, byte Preempt, bool IsKnown)
{
    private const int Columns = 5;

    internal const byte IrqsOff = 0x01;
    internal const byte NeedReschedLazy = 0x02;
    internal const byte NeedResched = 0x04;
    internal const byte HardIrq = 0x08;
    internal const byte SoftIrq = 0x10;
    internal const byte PreemptResched = 0x20;
    internal const byte Nmi = 0x40;
    internal const byte BottomHalvesOff = 0x80;

    /// <summary>Hardware interrupts were off.</summary>
    public bool AreIrqsOff => (Irq & IrqsOff) != 0;

    /// <summary>The record was written in a hardware interrupt.</summary>
    public bool IsInHardIrq => (Irq & HardIrq) != 0;

    /// <summary>The record was written in a software interrupt.</summary>
    public bool IsInSoftIrq => (Irq & SoftIrq) != 0;

    /// <summary>How many times preemption was disabled.</summary>
    public int PreemptDepth => Preempt & 0xf;

    /// <summary>How many times migration was disabled.</summary>
    public int MigrateDisableDepth => Preempt >> 4;

    /// <summary>The five columns of ftrace text since Linux 6.1, for example <c>d.h2.</c>; empty when unknown.</summary>
    public override string ToString()
    {
        if (!IsKnown)
        {
            return "";
        }

        Span<byte> text = stackalloc byte[Columns];
        Write(text);
        return System.Text.Encoding.ASCII.GetString(text);
    }

    internal void AppendTo(Utf8Text text)
    {
        if (IsKnown)
        {
            Span<byte> columns = stackalloc byte[Columns];
            Write(columns);
            text.Append(columns);
        }
    }

    private void Write(Span<byte> text)
    {
        text[0] = (byte)((Irq & (IrqsOff | BottomHalvesOff)) switch
        {
            IrqsOff | BottomHalvesOff => 'D',
            IrqsOff => 'd',
            BottomHalvesOff => 'b',
            _ => '.',
        });
        text[1] = (byte)ReschedText(Irq);
        text[2] = (byte)((Irq & (Nmi | HardIrq | SoftIrq)) switch
        {
            Nmi | HardIrq or Nmi | HardIrq | SoftIrq => 'Z',
            Nmi or Nmi | SoftIrq => 'z',
            HardIrq | SoftIrq => 'H',
            HardIrq => 'h',
            SoftIrq => 's',
            _ => '.',
        });
        text[3] = (byte)Depth(PreemptDepth);
        text[4] = (byte)Depth(MigrateDisableDepth);
    }

    /// <summary>Reads four to eight flag columns of ftrace text.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> columns, out EventFlags flags)
    {
        flags = default;
        if (columns.Length is < 4 or > 8)
        {
            return false;
        }

        var irq = columns[0] switch
        {
            (byte)'D' => IrqsOff | BottomHalvesOff,
            (byte)'d' => IrqsOff,
            (byte)'b' => BottomHalvesOff,
            (byte)'.' or (byte)'X' => 0,
            _ => -1,
        };
        var resched = ParseResched(columns[1]);

        // RT and lazy-preemption kernels put a second resched column behind the first: eight columns in all, seven without migrate-disable.
        var at = 2;
        if (columns.Length >= 7)
        {
            var lazy = columns[at++];
            resched |= lazy is (byte)'L' or (byte)'l' ? NeedReschedLazy : 0;
        }

        var context = columns[at++] switch
        {
            (byte)'Z' => Nmi | HardIrq,
            (byte)'z' => Nmi,
            (byte)'H' => HardIrq | SoftIrq,
            (byte)'h' => HardIrq,
            (byte)'s' => SoftIrq,
            (byte)'.' => 0,
            _ => -1,
        };
        var depth = ParseDepth(columns[at]);
        var migrate = columns.Length > 4 ? ParseDepth(columns[^1]) : 0;
        if ((irq | resched | context | depth | migrate) < 0)
        {
            return false;
        }

        flags = new EventFlags((byte)(irq | resched | context), (byte)(depth | migrate << 4), IsKnown: true);
        return true;
    }

    private static char ReschedText(int irq) => (irq & (NeedResched | NeedReschedLazy | PreemptResched)) switch
    {
        NeedResched | NeedReschedLazy | PreemptResched => 'B',
        NeedResched | PreemptResched => 'N',
        NeedReschedLazy | PreemptResched => 'L',
        NeedResched | NeedReschedLazy => 'b',
        NeedResched => 'n',
        NeedReschedLazy => 'l',
        PreemptResched => 'p',
        _ => '.',
    };

    private static int ParseResched(byte column) => column switch
    {
        (byte)'B' => NeedResched | NeedReschedLazy | PreemptResched,
        (byte)'N' => NeedResched | PreemptResched,
        (byte)'L' => NeedReschedLazy | PreemptResched,
        (byte)'b' => NeedResched | NeedReschedLazy,
        (byte)'n' => NeedResched,
        (byte)'l' => NeedReschedLazy,
        (byte)'p' => PreemptResched,
        (byte)'.' => 0,
        _ => -1,
    };

    private static char Depth(int depth) => depth == 0 ? '.' : "0123456789abcdef"[depth];

    private static int ParseDepth(byte column) => column switch
    {
        (byte)'.' => 0,
        >= (byte)'0' and <= (byte)'9' => column - '0',
        >= (byte)'a' and <= (byte)'f' => column - 'a' + 10,
        _ => -1,
    };
}
