using System.Text;

namespace LabTrace.Devices.Tap;

/// <summary>Reads TAP 12 to 14 and KTAP 1, also as the kernel's selftests and KUnit print it into a kernel log. The rules are in TAP.md.</summary>
public static class TapReader
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Reads a text.</summary>
    /// <param name="text">UTF-8; other bytes become U+FFFD. Read to its end.</param>
    /// <param name="dialect">The rules to read it by, or null to tell them from the text.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TapReport Read(Stream text, TapDialect? dialect = null)
    {
        ArgumentNullException.ThrowIfNull(text);

        using var reader = new StreamReader(text, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, BufferBytes, leaveOpen: true);
        return Read(reader, dialect);
    }

    /// <summary>Reads a text.</summary>
    /// <inheritdoc cref="Read(Stream, TapDialect?)"/>
    public static TapReport Read(TextReader text, TapDialect? dialect = null)
    {
        ArgumentNullException.ThrowIfNull(text);

        var scanner = new TapScanner(depth: 0, isKtap: dialect == TapDialect.Ktap);
        LinePrefix? prefix = null;
        var number = 0;
        while (text.ReadLine() is { } line)
        {
            number++;
            if (prefix is null && !line.AsSpan().TrimStart().StartsWith("#") && LinePrefix.Of(line) is { } found)
            {
                prefix = found;
                if (found.IsPrintk && dialect is null)
                {
                    scanner = new TapScanner(depth: 0, isKtap: true);
                }
            }

            scanner.Take((prefix ?? LinePrefix.None).Strip(line), line, number);
        }

        scanner.End();
        return TapJudge.Judge(scanner, dialect, number);
    }
}
