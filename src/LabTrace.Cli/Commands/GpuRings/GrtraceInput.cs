using LabTrace.Cli.Commands.Traces;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.GpuRings;

/// <summary>Open GRT streams and how far reading them is.</summary>
internal sealed class GrtraceInput : IDisposable
{
    private readonly List<Capture> _captures;

    private GrtraceInput(List<Capture> captures, GrtReader reader, ProgressLine progress) => (_captures, Reader, Progress) = (captures, reader, progress);

    /// <summary>The events of all.</summary>
    public GrtReader Reader { get; }

    /// <summary>The line that tells how far reading is.</summary>
    public ProgressLine Progress { get; }

    /// <summary>Opens the streams of one recording.</summary>
    /// <exception cref="UsageException">A file is not there, or is no GRT stream.</exception>
    /// <exception cref="TraceFormatException">A stream is of another version.</exception>
    public static GrtraceInput Open(IReadOnlyList<string> files)
    {
        var captures = new List<Capture>();
        try
        {
            foreach (var file in files)
            {
                captures.Add(TraceInput.Find(file));
                var start = captures[^1].Start.Span;
                if (start.Length > 0 && !new GrtFormat().Recognises(start))
                {
                    var found = TraceFormats.Recognise(start)?.Name ?? "nothing that LabTrace knows";
                    throw new UsageException($"'{file}' is no GRT stream; it looks like {found}\n  try: give what `labtrace grtrace record` wrote, or what the relay buffers events0, events1… gave");
                }
            }

            var size = files.Where(File.Exists).Sum(f => new FileInfo(f).Length);
            return new GrtraceInput(captures, GrtReader.Open(captures), ProgressLine.For(() => captures.Sum(c => c.BytesRead), size));
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
