namespace LabTrace.Tracing;

/// <summary>Makes a reader of the pieces that a killed recording left.</summary>
internal sealed class LeftoverOpening(LeftoverPieces pieces)
{
    private readonly TallyBuilder _tally = new();
    private readonly List<string> _warnings = [];

    /// <exception cref="TraceFormatException">The mode is strict: the recording was not ended.</exception>
    public TraceReader Open(ReadMode mode)
    {
        var name = Path.GetFileName(pieces.File);
        var told = $"'{name}' was never written, its recorder was killed: {pieces.Pieces.Count:N0} pieces {name}.cpuN are there";
        if (mode == ReadMode.Strict)
        {
            TraceFormatException.Throw($"capture {told}", "record again, or open it with ReadMode.Salvage for what the pieces hold", field: "cpu data");
        }

        _tally.AddMissing($"{told}; what was still in the kernel is lost, and what it counted is not known");
        var explanation = Explain(name);
        var layout = PageTraceReader.LayoutOf(explanation);
        var buffers = pieces.Pieces.Select(p => p.Buffer).Distinct(StringComparer.Ordinal).ToArray();
        List<PageLane> Lanes(TallyBuilder tally)
        {
            var lanes = new List<PageLane>();
            try
            {
                foreach (var piece in pieces.Pieces)
                {
                    var source = new PiecePages(piece.Path, FilePages.WindowBytes(explanation.Layout.Size, pieces.Pieces.Count));
                    lanes.Add(new PageLane(
                        piece.Cpu, Array.IndexOf(buffers, piece.Buffer), source, explanation.Layout, layout.LeastBytes, toTime: null, tally));
                }

                return lanes;
            }
            catch
            {
                lanes.ForEach(l => l.Dispose());
                throw;
            }
        }

        var info = new TraceInfo
        {
            FormatName = "trace.dat",
            Cpus = [.. pieces.Pieces.Select(p => p.Cpu).Distinct().Order()],
            ClockName = explanation.ClockName,
            IsClockInNanoseconds = EventSchema.IsNanosecondClock(explanation.ClockName),
            Buffers = [.. buffers.Select(b => new TraceBuffer(
                b, explanation.ClockName, explanation.Layout.Size, [.. pieces.Pieces.Where(p => p.Buffer == b).Select(p => p.Cpu)]))],
            Warnings = _warnings,
            Explanation = explanation,
        };
        return new PageTraceReader(info, explanation, Lanes(_tally), Lanes, layout, _tally, _warnings);
    }

    /// <summary>The file itself may hold the explanations and no pages (<c>trace-cmd restore -c</c>); else the pieces are of this machine's kernel, or unexplained.</summary>
    private RawRecording Explain(string name)
    {
        if (File.Exists(pieces.File))
        {
            using var head = TraceReader.Open(pieces.File, ReadMode.Salvage);
            if (head.Info.Explanation is { } explained)
            {
                explained.Symbols?.Load();
                return explained;
            }
        }

        if (RunningKernel.Explain(_tally.AddMissing) is { } kernel)
        {
            _warnings.Add($"the pieces of '{name}' are explained by this machine's running kernel: right only if it recorded them since it started; " +
                          $"the trace clock is taken to be {kernel.ClockName}");
            return kernel;
        }

        _tally.AddMissing($"the formats of events: put a trace.dat of the same kernel as '{name}' beside the pieces");
        return new RawRecording { Layout = SubBufferLayout.Linux64, Formats = EventFormats.Empty, Cpus = [] };
    }
}

/// <summary>Sub-buffers of a file that holds nothing else.</summary>
internal sealed class PiecePages : PageSource
{
    private readonly Capture _capture;
    private readonly FilePages _pages;

    public PiecePages(string path, int windowBytes)
    {
        _capture = Capture.OpenFile(path);
        _pages = new FilePages(_capture, 0, _capture.Length, windowBytes);
    }

    public override bool KeepsPages => false;

    public override long Bytes => _pages.Bytes;

    public override ArraySegment<byte> Next() => _pages.Next();

    public override void SkipToLast() => _pages.SkipToLast();

    public override void Dispose()
    {
        _pages.Dispose();
        _capture.Dispose();
    }
}
