using System.Text;

namespace LabTrace.Tracing;

/// <summary>Makes a record of an event, field by field, as the kernel would have written it.</summary>
public sealed class PayloadBuilder
{
    private readonly EventFormat _format;
    private readonly List<byte> _tail = [];
    private readonly byte[] _head;

    /// <summary>Starts a record with all fields zero and <c>common_type</c> set.</summary>
    public PayloadBuilder(EventFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        _format = format;
        var size = 8;
        foreach (var field in format.CommonFields.Concat(format.Fields))
        {
            size = Math.Max(size, field.Offset + field.Size);
        }

        _head = new byte[size];
        PutInteger(format.Layout.TypeOffset, format.Layout.TypeSize, (ulong)format.Id);
    }

    /// <summary>Sets the common fields.</summary>
    /// <param name="pid">The recording thread.</param>
    /// <param name="irqFlags">Bits of <c>common_flags</c>.</param>
    /// <param name="preemptCount">Bits of <c>common_preempt_count</c>.</param>
    public PayloadBuilder Common(int pid, byte irqFlags = 0, byte preemptCount = 0)
    {
        var layout = _format.Layout;
        PutInteger(layout.PidOffset, 4, (uint)pid);
        if (layout.FlagsOffset >= 0)
        {
            _head[layout.FlagsOffset] = irqFlags;
        }

        if (layout.PreemptOffset >= 0)
        {
            _head[layout.PreemptOffset] = preemptCount;
        }

        return this;
    }

    /// <summary>Sets a whole number, cut to the field's size.</summary>
    /// <param name="field">The field's name.</param>
    /// <param name="value">The number.</param>
    /// <param name="index">Zero-based element of an array.</param>
    /// <exception cref="ArgumentException">The event has no such number.</exception>
    public PayloadBuilder Set(string field, long value, int index = 0)
    {
        var found = Find(field);
        var at = found.Offset + (index * found.ElementSize);
        if (found.Place != FieldPlace.Fixed || found.ElementSize > 8 || index < 0 || at + found.ElementSize > found.Offset + found.Size)
        {
            throw new ArgumentException($"field '{field}' of {_format.Name} holds no number at index {index}", nameof(field));
        }

        PutInteger(at, found.ElementSize, (ulong)value);
        return this;
    }

    /// <summary>Sets a text, NUL-terminated and cut to the field's size.</summary>
    /// <param name="field">The field's name.</param>
    /// <param name="value">The text.</param>
    /// <exception cref="ArgumentException">The event has no such field.</exception>
    public PayloadBuilder Set(string field, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value + "\0");
        var found = Find(field);
        if (found.Place == FieldPlace.Fixed)
        {
            bytes = bytes.AsSpan(0, Math.Min(bytes.Length, found.Size)).ToArray();
            bytes[^1] = 0;
        }

        return Set(field, bytes);
    }

    /// <summary>Sets a field's bytes.</summary>
    /// <param name="field">The field's name; one that reaches to the record's end is set last.</param>
    /// <param name="value">The bytes as recorded.</param>
    /// <exception cref="ArgumentException">The event has no such field, or it is smaller.</exception>
    public PayloadBuilder Set(string field, ReadOnlySpan<byte> value)
    {
        var found = Find(field);
        switch (found.Place)
        {
            case FieldPlace.Fixed when value.Length <= found.Size:
                value.CopyTo(_head.AsSpan(found.Offset));
                break;
            case FieldPlace.ToEnd:
                _tail.Clear();
                _tail.AddRange(value);
                break;
            case FieldPlace.DataLoc or FieldPlace.RelLoc when value.Length <= ushort.MaxValue:
                var offset = _head.Length + _tail.Count - (found.Place == FieldPlace.RelLoc ? found.Offset + 4 : 0);
                PutInteger(found.Offset, 4, (uint)offset | (uint)value.Length << 16);
                _tail.AddRange(value);
                break;
            default:
                throw new ArgumentException($"field '{field}' of {_format.Name} has {found.Size} bytes, not {value.Length}", nameof(field));
        }

        return this;
    }

    /// <summary>The record's bytes.</summary>
    public byte[] ToPayload()
    {
        var end = _format.Fields.FirstOrDefault(f => f.Place == FieldPlace.ToEnd)?.Offset ?? _head.Length;
        return [.. _head.AsSpan(0, end), .. _tail];
    }

    private EventField Find(string field) =>
        _format.TryGetField(field, out var found)
            ? found
            : throw new ArgumentException($"event {_format.Name} has no field '{field}'", nameof(field));

    private void PutInteger(int offset, int size, ulong value)
    {
        for (var i = 0; i < size; i++)
        {
            _head[offset + (_format.Layout.IsBigEndian ? size - 1 - i : i)] = (byte)(value >> (8 * i));
        }
    }
}
