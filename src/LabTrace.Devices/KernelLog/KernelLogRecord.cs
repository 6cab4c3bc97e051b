using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace LabTrace.Devices;

/// <summary>One record of a kernel's log.</summary>
/// <param name="Sequence">Its number; the next record's is one higher unless records were lost.</param>
/// <param name="Microseconds">When, since boot.</param>
/// <param name="Priority">Facility times 8 plus level, 0 (emergency) to 7 (debug); the kernel's own facility is 0.</param>
/// <param name="Caller">The task or cpu that logged it (<c>T123</c>, <c>C1</c>), or empty.</param>
/// <param name="Text">One line or more.</param>
/// <remarks>Documentation/ABI/testing/dev-kmsg.</remarks>
public sealed record KernelLogRecord(ulong Sequence, ulong Microseconds, int Priority, string Caller, string Text)
{
    private const int Level = 7;

    /// <summary>Whether the kernel itself logged it; programs may write into its log too.</summary>
    public bool IsKernels => Priority <= Level;

    /// <summary>Reads what one read(2) of <c>/dev/kmsg</c> gives: <c>priority,sequence,microseconds,flags[,caller=…];text</c>.</summary>
    /// <param name="bytes">The record with its dictionary.</param>
    /// <param name="record">The record, when it is one.</param>
    /// <returns>False for anything else.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out KernelLogRecord? record)
    {
        record = null;
        var semicolon = bytes.IndexOf((byte)';');
        if (semicolon < 0
            || !Utf8Parser.TryParse(bytes, out int priority, out var used) || !Comma(ref bytes, used)
            || !Utf8Parser.TryParse(bytes, out ulong sequence, out used) || !Comma(ref bytes, used)
            || !Utf8Parser.TryParse(bytes, out ulong microseconds, out used) || !Comma(ref bytes, used))
        {
            return false;
        }

        semicolon = bytes.IndexOf((byte)';');
        var caller = "";
        foreach (var range in bytes[..semicolon].Split((byte)','))
        {
            if (bytes[range].StartsWith("caller="u8))
            {
                caller = Encoding.ASCII.GetString(bytes[range]["caller=".Length..]);
            }
        }

        var text = bytes[(semicolon + 1)..];
        var end = text.IndexOf((byte)'\n');
        record = new KernelLogRecord(sequence, microseconds, priority, caller, Unescape(end < 0 ? text : text[..end]));
        return true;
    }

    /// <summary>The record as dmesg and a console show it, each line with its prefix and line end.</summary>
    public string ToConsoleText()
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"[{Microseconds / 1_000_000,5}.{Microseconds % 1_000_000:D6}]{(Caller.Length > 0 ? $"[{Caller,6}]" : "")} ");
        return string.Concat(Text.Split('\n').Select(line => prefix + line + "\n"));
    }

    private static bool Comma(ref ReadOnlySpan<byte> bytes, int at)
    {
        if (at >= bytes.Length || bytes[at] != (byte)',')
        {
            return false;
        }

        bytes = bytes[(at + 1)..];
        return true;
    }

    // Control characters and backslashes are \xNN.
    private static string Unescape(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(text);
        }

        List<byte> plain = new(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text[i + 1] == 'x' && Utf8Parser.TryParse(text.Slice(i + 2, 2), out byte value, out _, 'x'))
            {
                plain.Add(value);
                i += 3;
            }
            else
            {
                plain.Add(text[i]);
            }
        }

        return Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(plain));
    }
}
