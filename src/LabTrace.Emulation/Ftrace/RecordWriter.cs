using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Emulation.Ftrace;

/// <summary>Makes an event's record field by field, in the order of its declaration.</summary>
internal sealed class RecordWriter
{
    private byte[] _bytes = new byte[256];
    private EmulatedEvent _event = null!;
    private int _field;
    private int _end;

    public ReadOnlySpan<byte> Record => _bytes.AsSpan(0, _end);

    public RecordWriter Start(EmulatedEvent of, int pid, TraceContext context)
    {
        _event = of;
        _field = 0;
        _end = of.Size;
        Array.Clear(_bytes, 0, _end);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes, (ushort)of.Id);
        _bytes[2] = context.Flags;
        _bytes[3] = context.Preempt;
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(4), pid);
        return this;
    }

    public RecordWriter Put(long number)
    {
        var field = _event.Fields[_field++];
        for (var i = 0; i < field.Size; i++)
        {
            _bytes[field.Offset + i] = (byte)(i < 8 ? number >> (8 * i) : 0);
        }

        return this;
    }

    /// <summary>An array of 8-byte numbers.</summary>
    public RecordWriter Put(ReadOnlySpan<long> numbers)
    {
        var field = _event.Fields[_field++];
        for (var i = 0; i < numbers.Length && (i + 1) * 8 <= field.Size; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(field.Offset + (i * 8)), numbers[i]);
        }

        return this;
    }

    public RecordWriter Put(string text)
    {
        var field = _event.Fields[_field++];
        if (field.Kind == FieldKind.DynamicText)
        {
            var length = Encoding.UTF8.GetByteCount(text) + 1;
            Reserve(_end + length);
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(field.Offset), (uint)_end | ((uint)length << 16));
            _ = Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_end));
            _bytes[_end + length - 1] = 0;
            _end += length;
            return this;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, field.Size - 1)).CopyTo(_bytes.AsSpan(field.Offset));
        return this;
    }

    /// <summary>Bytes that reach to the record's end.</summary>
    public RecordWriter PutRest(ReadOnlySpan<byte> bytes)
    {
        var field = _event.Fields[_field++];
        _end = field.Offset;
        Reserve(_end + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
        return this;
    }

    private void Reserve(int size)
    {
        if (size > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(size, _bytes.Length * 2));
        }
    }
}

/// <summary>The state a record is written in: interrupt flags and preemption depth, as <c>common_flags</c> and <c>common_preempt_count</c>.</summary>
/// <param name="Flags">Bits of the kernel's trace flags.</param>
/// <param name="Preempt">Preemption depth in the low four bits.</param>
internal readonly record struct TraceContext(byte Flags, byte Preempt)
{
    private const byte IrqsOff = 1;
    private const byte Resched = 0x24;
    private const byte HardIrq = 8;
    private const byte SoftIrq = 0x10;

    /// <summary>A task in user or system call context.</summary>
    public static TraceContext Task => default;

    /// <summary>A marker write: preemption off.</summary>
    public static TraceContext Marker => new(0, 1);

    /// <summary>Inside schedule().</summary>
    public static TraceContext Switch => new(IrqsOff, 2);

    /// <summary>A wakeup by a task.</summary>
    public static TraceContext Wake => new(IrqsOff, 3);

    /// <summary>In a timer interrupt.</summary>
    public static TraceContext Irq => new(IrqsOff | HardIrq, 1);

    /// <summary>A wakeup in a timer interrupt, before it is decided that the task runs.</summary>
    public static TraceContext IrqWaking => new(IrqsOff | HardIrq, 3);

    /// <summary>A wakeup in a timer interrupt that makes this cpu reschedule.</summary>
    public static TraceContext IrqWakeup => new(IrqsOff | HardIrq | Resched, 4);

    /// <summary>In a software interrupt behind a hardware one.</summary>
    public static TraceContext Soft => new(SoftIrq, 1);
}
