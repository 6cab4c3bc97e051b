using System.Runtime.CompilerServices;

namespace LabTrace.Tracing;

/// <summary>Numbers and blanks at a place in a line; every method moves the place behind what it took.</summary>
internal static class AsciiScan
{
    public static int SkipBlanks(ReadOnlySpan<byte> line, int at)
    {
        while ((uint)at < (uint)line.Length && line[at] == ' ')
        {
            at++;
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsDigit(ReadOnlySpan<byte> line, int at) => (uint)at < (uint)line.Length && (uint)(line[at] - '0') <= 9;

    /// <summary>A decimal number that fits 31 bits.</summary>
    public static bool TryInt(ReadOnlySpan<byte> line, ref int at, out int value)
    {
        var start = at;
        long number = 0;
        while ((uint)at < (uint)line.Length && (uint)(line[at] - '0') <= 9 && at - start < 10)
        {
            number = (number * 10) + (line[at++] - '0');
        }

        value = (int)number;
        return at > start && number <= int.MaxValue;
    }

    /// <summary>A decimal number; twenty digits are read when they fit 64 bits.</summary>
    public static bool TryULong(ReadOnlySpan<byte> line, ref int at, out ulong value)
    {
        var start = at;
        ulong number = 0;
        while ((uint)at < (uint)line.Length && (uint)(line[at] - '0') is var digit and <= 9)
        {
            if (at - start >= 19 && (number > ulong.MaxValue / 10 || number * 10 > ulong.MaxValue - digit))
            {
                value = 0;
                return false;
            }

            number = (number * 10) + digit;
            at++;
        }

        value = number;
        return at > start;
    }

    /// <summary>A hexadecimal number of at most sixteen digits, without 0x.</summary>
    public static bool TryHex(ReadOnlySpan<byte> line, ref int at, out ulong value)
    {
        var start = at;
        value = 0;
        while ((uint)at < (uint)line.Length && HexDigit(line[at]) is var digit and >= 0 && at - start < 16)
        {
            value = value << 4 | (uint)digit;
            at++;
        }

        return at > start;
    }

    /// <summary>Seconds and a fraction of one to nine digits as nanoseconds, or whole ticks; two integers, never a double.</summary>
    public static bool TryTime(ReadOnlySpan<byte> line, ref int at, out ulong time, out bool isInNanoseconds)
    {
        isInNanoseconds = false;
        if (!TryULong(line, ref at, out time))
        {
            return false;
        }

        if ((uint)at >= (uint)line.Length || line[at] != '.')
        {
            return true;
        }

        isInNanoseconds = true;
        var start = ++at;
        if (!TryULong(line, ref at, out var fraction) || at - start > 9 || time > (ulong.MaxValue / 1_000_000_000) - 1)
        {
            return false;
        }

        time = (time * 1_000_000_000) + (fraction * PowerOfTen(9 - (at - start)));
        return true;
    }

    public static ulong PowerOfTen(int exponent) => exponent switch
    {
        0 => 1,
        1 => 10,
        2 => 100,
        3 => 1_000,
        4 => 10_000,
        5 => 100_000,
        6 => 1_000_000,
        7 => 10_000_000,
        8 => 100_000_000,
        _ => 1_000_000_000,
    };

    private static int HexDigit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };
}
