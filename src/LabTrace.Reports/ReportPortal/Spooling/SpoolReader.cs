using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace LabTrace.Reports.ReportPortal.Spooling;

/// <summary>Reads a spool's entries in order, also while they are being written.</summary>
internal static class SpoolReader
{
    private const int ReadBytes = 64 * 1024;

    /// <summary>Reads entries from the first on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="news">The writer's, to wait for more at the end; or null to stop there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ReportException">A line within is no entry.</exception>
    public static async IAsyncEnumerable<SpoolEntry> ReadAsync(
        string path, ChannelReader<bool>? news, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var buffer = new byte[ReadBytes];
        var (start, end, line) = (0, 0, 0);
        var isOver = news is null;
        while (true)
        {
            var newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                line++;
                yield return SpoolEntry.Parse(buffer.AsSpan(start, newline)) ?? throw Malformed(path, line);
                start += newline + 1;
                continue;
            }

            (start, end) = (0, Compact(buffer, start, end));
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var count = await file.ReadAsync(buffer.AsMemory(end), cancellationToken);
            end += count;
            if (count == 0)
            {
                // A last line that was cut short is of a process that was killed while it wrote it: that request was never made.
                if (isOver)
                {
                    yield break;
                }

                isOver = !await news!.WaitToReadAsync(cancellationToken);
                _ = news.TryRead(out _);
            }
        }
    }

    /// <summary>Bytes of a file's whole lines.</summary>
    public static long WholeLines(string path)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[ReadBytes];
        for (var end = file.Length; end > 0;)
        {
            var start = Math.Max(0, end - buffer.Length);
            file.Position = start;
            var chunk = buffer.AsSpan(0, (int)(end - start));
            file.ReadExactly(chunk);
            if (chunk.LastIndexOf((byte)'\n') is >= 0 and var at)
            {
                return start + at + 1;
            }

            end = start;
        }

        return 0;
    }

    private static int Compact(byte[] buffer, int start, int end)
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        return end - start;
    }

    private static ReportException Malformed(string path, int line) =>
        new($"line {line} of the spool '{path}' is no request of LabTrace's", "make the report again from the run's message stream: labtrace report RUN --report reportportal");
}
