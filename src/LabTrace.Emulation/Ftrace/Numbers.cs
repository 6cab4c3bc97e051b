using System.Globalization;
using System.Numerics;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <summary>Numbers as attributes take them.</summary>
internal static class Numbers
{
    /// <summary>kstrtoul with base 10: digits and at most one newline; EINVAL otherwise, ERANGE when too large.</summary>
    public static ulong Parse(string written)
    {
        var text = written.EndsWith('\n') ? written[..^1] : written;
        text = text.StartsWith('+') ? text[1..] : text;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        throw new Refusal(BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? Errno.ERANGE : Errno.EINVAL);
    }

    /// <summary>0 or 1, nothing else.</summary>
    public static bool ParseSwitch(string written) => Parse(written) is var number and <= 1 ? number == 1 : throw new Refusal(Errno.EINVAL);

    /// <summary>A cpu mask in hexadecimal, groups of 32 bits separated by commas.</summary>
    /// <param name="written">What was written.</param>
    /// <param name="cpus">CPUs the machine has.</param>
    public static ulong ParseMask(string written, int cpus)
    {
        var groups = written.Trim().Split(',');
        BigInteger mask = 0;
        foreach (var group in groups)
        {
            if (group.Length is 0 or > 8 || !uint.TryParse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
            {
                throw new Refusal(Errno.EINVAL);
            }

            mask = (mask << 32) | bits;
        }

        return mask >> cpus == 0 ? (ulong)mask : throw new Refusal(Errno.EOVERFLOW);
    }

    /// <summary>A list of pids, separated by blanks.</summary>
    public static SortedSet<int> ParsePids(string written)
    {
        var pids = new SortedSet<int>();
        foreach (var word in written.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            _ = pids.Add(int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : throw new Refusal(Errno.EINVAL));
        }

        return pids;
    }
}
