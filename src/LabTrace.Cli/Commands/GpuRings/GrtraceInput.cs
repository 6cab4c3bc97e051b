using LabTrace.Cli.Commands.Traces;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary>Open GRT streams and how far reading them is.</summary>
internal sealed class GrtraceInput : IDisposable
{
    private readonly List<Capture> _captures;

    private readonly ReadTally _text;

    private GrtraceInput(List<Capture> captures, GrtReader reader, ProgressLine progress, ReadTally text, long others) =>
        (_captures, Reader, Progress, _text, Others) = (captures, reader, progress, text, others);

    /// <summary>Lines of text that are no events.</summary>
    public long MalformedLines => _text.Malformed;

    /// <summary>Events of text that are none of a GPU.</summary>
    public long Others { get; }

    /// <summary>The events of all.</summary>
    public GrtReader Reader { get; }

    /// <summary>The line that tells how far reading is.</summary>
    public ProgressLine Progress { get; }

    /// <summary>What should be known of text that was read, one line each.</summary>
    public IEnumerable<string> TextWarnings =>
    [
        .. _text.Samples.Select(s => $"failed to parse line at offset {s.Offset}: {s.Reason}: {s.Excerpt}"),
        .. MalformedLines > _text.Samples.Count ? [$"{MalformedLines - _text.Samples.Count:N0} more lines could not be parsed"] : Array.Empty<string>(),
        .. Others > 0 ? [$"{Others:N0} events of the text are none of a GPU and were left out"] : Array.Empty<string>(),
    ];

    /// <summary>Opens the streams of one recording; GPU events that are text become one.</summary>
    /// <exception cref="UsageException">A file is not there, or holds no GPU events.</exception>
    /// <exception cref="TraceFormatException">A stream is of another version.</exception>
    public static GrtraceInput Open(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var captures = new List<Capture>();
        var (text, others) = (ReadTally.Empty, 0L);
        try
        {
            foreach (var file in files)
            {
                captures.Add(TraceInput.Find(file));
                var start = captures[^1].Start.Span;
                if (GrtTextStream.Recognises(start))
                {
                    var read = GrtTextStream.Read(captures[^1], cancellationToken);
                    captures[^1].Dispose();
                    captures[^1] = read.Stream;
                    (text, others) = (text.Add(read.Tally), others + read.Others);
                }
                else if (start.Length > 0 && !new GrtFormat().Recognises(start))
                {
                    var found = TraceFormats.Recognise(start)?.Name ?? "nothing that LabTrace knows";
                    throw new UsageException($"'{file}' is no GRT stream; it looks like {found}\n  try: give what `labtrace grtrace record` wrote, what the relay buffers events0, events1… gave, or GPU events as text: [12.3458] SUBMIT ctx=0x1234 engine=GRAPHICS ring=0 seq=100");
                }
            }

            var size = files.Where(File.Exists).Sum(f => new FileInfo(f).Length);
            return new GrtraceInput(captures, GrtReader.Open(captures), ProgressLine.For(() => captures.Sum(c => c.BytesRead), size), text, others);
        }
        catch
        {
            captures.ForEach(c => c.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Progress.Clear();
        Reader.Dispose();
        _captures.ForEach(c => c.Dispose());
    }
}
