namespace LabTrace.Tracing;

/// <summary>What to add to a GPU stream's times so that they are on the clock of cpu annotations, found from the two.</summary>
/// <param name="OffsetNs">To be added to the GPU's times.</param>
/// <param name="ErrorNs">The offset is right to this, either way, if the submissions lie in the ioctls that they seem to.</param>
/// <param name="Submissions">How many submissions were looked at.</param>
/// <param name="Share">How many of them lie in an ioctl with this offset, 0 to 1.</param>
public readonly record struct GrtClockOffset(long OffsetNs, long ErrorNs, int Submissions, double Share)
{
    /// <summary>With less the two have nothing to do with each other.</summary>
    public const double LeastShare = 0.6;

    private const int MaxSubmissions = 400;
    private const int MaxIoctls = 4000;

    /// <summary>Estimates: a job is submitted while its process is in an ioctl. The offset that puts most submissions into ioctls is taken, and its error
    /// is how far it could be moved without putting one out.</summary>
    /// <param name="cpu">The annotations, from their start.</param>
    /// <param name="gpu">The stream, from its start.</param>
    /// <param name="estimate">The offset.</param>
    /// <returns>False when either has no submissions, or no offset puts <see cref="LeastShare"/> of them into ioctls.</returns>
    public static bool TryEstimate(GrtAnnotationReader cpu, GrtReader gpu, out GrtClockOffset estimate)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        ArgumentNullException.ThrowIfNull(gpu);
        estimate = default;
        var submissions = FirstSubmissions(gpu);
        var ioctls = Ioctls(cpu);
        if (submissions.Count == 0 || ioctls.Count == 0)
        {
            return false;
        }

        // Every pair says: between these two offsets the submission lies in the ioctl. Where most such ranges overlap is the offset.
        var isPidKnown = submissions.Exists(s => s.Pid != 0 && ioctls.Exists(i => i.Tid == s.Pid || i.Pid == s.Pid));
        var edges = new List<(long At, int Step)>();
        foreach (var (time, pid) in submissions)
        {
            foreach (var ioctl in ioctls)
            {
                if (!isPidKnown || ioctl.Tid == pid || ioctl.Pid == pid)
                {
                    edges.Add((unchecked((long)(ioctl.Enter - time)), 1));
                    edges.Add((unchecked((long)(ioctl.Exit - time)), -1));
                }
            }
        }

        // At one place ranges begin before others end: a submission at an ioctl's very end is in it.
        edges.Sort((a, b) => a.At != b.At ? a.At.CompareTo(b.At) : b.Step.CompareTo(a.Step));
        var (depth, best, from, to) = (0, 0, 0L, 0L);
        for (var i = 0; i < edges.Count; i++)
        {
            depth += edges[i].Step;
            if (edges[i].Step > 0 && depth > best)
            {
                (best, from, to) = (depth, edges[i].At, i + 1 < edges.Count ? edges[i + 1].At : edges[i].At);
            }
        }

        var share = Math.Min(1, (double)best / submissions.Count);
        estimate = new GrtClockOffset(from + ((to - from) / 2), ((to - from) / 2) + 1, submissions.Count, share);
        return share >= LeastShare;
    }

    private static List<(ulong Time, int Pid)> FirstSubmissions(GrtReader gpu)
    {
        var submissions = new List<(ulong, int)>();
        while (submissions.Count < MaxSubmissions && gpu.Read())
        {
            if (gpu.Kind == GrtEventKind.Submit)
            {
                submissions.Add((gpu.CurrentTime, (int)gpu.Current.Pid));
            }
        }

        return submissions;
    }

    private static List<(ulong Enter, ulong Exit, int Pid, int Tid)> Ioctls(GrtAnnotationReader cpu)
    {
        var ioctls = new List<(ulong, ulong, int, int)>();
        var open = new Dictionary<long, ulong>();
        while (ioctls.Count < MaxIoctls && cpu.Read())
        {
            if (!cpu.TryGetNumber("tid="u8, out var tid) && !cpu.TryGetNumber("pid="u8, out tid))
            {
                continue;
            }

            if (cpu.Event == "IOCTL_ENTER")
            {
                open[tid] = cpu.Time;
            }
            else if (cpu.Event == "IOCTL_EXIT" && open.Remove(tid, out var enter))
            {
                _ = cpu.TryGetNumber("pid="u8, out var pid);
                ioctls.Add((enter, cpu.Time, (int)pid, (int)tid));
            }
        }

        return ioctls;
    }
}
