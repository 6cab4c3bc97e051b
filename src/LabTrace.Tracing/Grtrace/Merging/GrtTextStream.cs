namespace LabTrace.Tracing;

/// <summary>GPU events that were written as text, a line each, as the GRT stream they were once: what reads streams reads these too.</summary>
/// <remarks>Lines: Formats/GrtText/GrtText.md, <c>[12.345800000] SUBMIT ctx=0x1234 engine=GRAPHICS ring=0 seq=100</c>. Text has no cpus and no numbers of
/// events, so losses cannot be seen in it.</remarks>
public sealed class GrtTextStream
{
    private GrtTextStream(Capture stream, ReadTally tally) => (Stream, Tally) = (stream, tally);

    /// <summary>The stream; whoever reads it closes it.</summary>
    public Capture Stream { get; }

    /// <summary>Events that were taken.</summary>
    public long Events { get; private set; }

    /// <summary>What reading the text found; <see cref="ReadTally.Malformed"/> are lines that are no events.</summary>
    public ReadTally Tally { get; }

    /// <summary>Events that are none of a GPU, such as annotations of cpus in a merged timeline, or of no known kind.</summary>
    public long Others { get; private set; }

    /// <summary>Whether a text's first event is one of a GPU.</summary>
    /// <param name="start">The first bytes of a file.</param>
    public static bool Recognises(ReadOnlySpan<byte> start)
    {
        while (start.Length > 0)
        {
            var end = start.IndexOf((byte)'\n');
            var line = end < 0 ? start : start[..end];
            start = end < 0 ? [] : start[(end + 1)..];
            if (line.Length > 0 && line[0] != '#')
            {
                return GrtTextLine.TryParse(line.TrimEnd((byte)'\r'), out var parsed) && parsed.IsGpu;
            }
        }

        return false;
    }

    /// <summary>Reads a text to its end.</summary>
    /// <param name="text">The text; it is read once.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <remarks>What is read goes to a temporary file without a name.</remarks>
    public static GrtTextStream Read(Capture text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        const int eventsBetween = 1 << 14;
        var path = Path.Combine(Path.GetTempPath(), $"labtrace-{Path.GetRandomFileName()}");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose);
        try
        {
            File.Delete(path);
            var (events, others) = (0L, 0L);
            using var reader = TraceReader.Open(text, ReadMode.Salvage);
            using (var writer = new GrtStreamWriter(file))
            {
                while (reader.Read(out var item))
                {
                    if (reader.Count % eventsBetween == 0)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                    }

                    if (item.Name.System != "gpu" || !GrtEventNames.TryParse(item.Name.Name, out var kind))
                    {
                        others++;
                        continue;
                    }

                    var time = item.Time.Nanoseconds;
                    if (events++ == 0)
                    {
                        writer.WriteStart(0, new GrtStreamInfo { SessionId = 1, Cpus = 1, StartTimestamp = time }, GrtMetadata.Default);
                    }

                    writer.Write(kind, 0, time, JobOf(item));
                }
            }

            file.Position = 0;
            return new GrtTextStream(Capture.Open(file, text.Name), reader.Tally) { Events = events, Others = others };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The job that an event's text tells of.</summary>
    internal static GrtJob JobOf(in TraceEvent item)
    {
        var job = new GrtJob { Flags = GrtJobFlags.SeqnoAbsent, Pid = item.Pid > 0 ? (uint)item.Pid : 0 };
        foreach (var (name, value) in item.Fields)
        {
            _ = value.TryGetInteger(out var number);
            var bits = unchecked((ulong)number);
            job = name switch
            {
                "ctx_id" => job with { CtxId = bits },
                "engine" => job with { Engine = value.ToRawText(), EngineClass = ClassOf(value.ToRawText()) },
                "ring" => job with { RingId = (uint)bits },
                "seqno" => job with { Seqno = bits, Flags = job.Flags & ~GrtJobFlags.SeqnoAbsent },
                "status" => job with { Status = (int)number },
                "aux" or "vector" => job with { Aux = (uint)bits },
                "to_ctx" or "fence_ctx" or "custom_data" => job with { Arg0 = bits },
                _ => job,
            };
        }

        return job;
    }

    private static GrtEngines ClassOf(string name)
    {
        foreach (var engine in GrtMetadata.Default.Engines)
        {
            if (string.Equals(engine.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return engine.Class;
            }
        }

        return default;
    }
}
