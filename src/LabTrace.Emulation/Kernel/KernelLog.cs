using System.Globalization;
using LabTrace.Devices;

namespace LabTrace.Emulation.Kernel;

/// <summary>The emulated kernel's printk ring: records with sequence numbers, the oldest overwritten when it is full.</summary>
internal sealed class KernelLog(VirtualTime time)
{
    private const int RingBytes = 1 << 17; // CONFIG_LOG_BUF_SHIFT=17
    private const int UserFacility = 8;
    private const int DefaultLevel = 4;

    private readonly Queue<KernelLogRecord> _records = new();
    private ulong _next;
    private int _bytes;

    /// <summary>Bits of <c>/proc/sys/kernel/tainted</c>.</summary>
    public ulong Taint { get; set; }

    /// <summary>The oldest record's sequence number; the next one's when the ring is empty.</summary>
    public ulong First => _records.Count > 0 ? _records.Peek().Sequence : _next;

    /// <summary>The number the next record gets.</summary>
    public ulong Next => _next;

    /// <summary>Logs a line, as printk does.</summary>
    public void Print(int level, string text, string caller = "") => Add(level, text, caller);

    /// <summary>Logs what a program wrote into <c>/dev/kmsg</c>: a program cannot speak as the kernel.</summary>
    public void Write(string text)
    {
        var (priority, rest) = (UserFacility + DefaultLevel, text.TrimEnd('\n'));
        if (rest.StartsWith('<') && rest.IndexOf('>', StringComparison.Ordinal) is > 1 and var end
            && int.TryParse(rest.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var given))
        {
            (priority, rest) = (given < UserFacility ? UserFacility + given : given, rest[(end + 1)..]);
        }

        Add(priority, rest, "");
    }

    /// <summary>The record of a number; null when it is overwritten or not there yet.</summary>
    public KernelLogRecord? Find(ulong sequence) =>
        sequence >= First && sequence < _next ? _records.ElementAt((int)(sequence - First)) : null;

    private void Add(int priority, string text, string caller)
    {
        _records.Enqueue(new KernelLogRecord(_next++, (ulong)time.NowNs / 1000, priority, caller, text));
        _bytes += text.Length + 48;
        while (_bytes > RingBytes)
        {
            _bytes -= _records.Dequeue().Text.Length + 48;
        }
    }
}
