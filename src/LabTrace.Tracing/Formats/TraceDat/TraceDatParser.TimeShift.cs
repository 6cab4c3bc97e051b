namespace LabTrace.Tracing;

/// <content>Option TIME_SHIFT.</content>
internal static partial class TraceDatParser
{
    /// <summary>u64 peer, u32 flags, u32 cpus; for each u32 n, n times, n offsets, n scalings (s64); then for each n fraction bits, which files of 2.9
    /// lack.</summary>
    private static void TimeShiftOption(TraceDatFile file, CaptureCursor cursor)
    {
        var start = cursor.Offset;
        var size = cursor.Left;
        var peer = cursor.U64("TIME_SHIFT peer");
        var flags = cursor.U32("TIME_SHIFT flags");
        var cpus = Cpus(file, cursor.U32("TIME_SHIFT cpus"), cursor.Offset - 4);
        var times = new List<long[]>();
        var offsets = new List<long[]>();
        var scalings = new List<long[]>();
        string? fault = null;
        for (var cpu = 0; cpu < cpus && fault is null; cpu++)
        {
            var count = cursor.Left >= 4 ? cursor.U32("TIME_SHIFT samples") : uint.MaxValue;
            if (count > cursor.Left / 24)
            {
                fault = $"cpu {cpu} says it has {count:N0} samples but {cursor.Left:N0} bytes are left";
                break;
            }

            times.Add(Longs(cursor, count));
            offsets.Add(Longs(cursor, count));
            scalings.Add(Longs(cursor, count));
        }

        var fractions = fault is null && cursor.Left > 0 ? Fractions(cursor, times, ref fault) : [.. times.Select(t => new long[t.Length])];
        fault ??= cursor.Left > 0 ? $"{cursor.Left:N0} bytes are left behind the samples" : Nonsense(times, scalings, fractions);
        if (fault is not null)
        {
            RefuseTimeShift(file, start, size, fault);
            return;
        }

        if (file.TimeShift is not null)
        {
            file.Warnings.Add("two corrections of the guest's clock (TIME_SHIFT) are in the file: the last one is applied");
        }

        file.TimeShiftAt = (start, size);
        file.TimeShift = new TimeShift(peer, (flags & 1) != 0, [.. Enumerable.Range(0, cpus).Select(cpu => Enumerable.Range(0, times[cpu].Length)
            .Select(i => new ClockSample(times[cpu][i], offsets[cpu][i], scalings[cpu][i], (int)fractions[cpu][i])))]);
    }

    private static long[] Longs(CaptureCursor cursor, uint count)
    {
        var values = new long[count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (long)cursor.U64("TIME_SHIFT sample");
        }

        return values;
    }

    private static List<long[]> Fractions(CaptureCursor cursor, List<long[]> times, ref string? fault)
    {
        var fractions = new List<long[]>();
        foreach (var samples in times)
        {
            if (cursor.Left < samples.Length * 8L)
            {
                fault = $"{cursor.Left:N0} bytes are left for the fraction bits of {samples.Length:N0} samples";
                break;
            }

            fractions.Add(Longs(cursor, (uint)samples.Length));
        }

        return fractions;
    }

    /// <summary>trace-cmd up to 3.4 writes the last cpu's number of samples for every cpu; where they differ all that follows is read shifted.</summary>
    private static string? Nonsense(List<long[]> times, List<long[]> scalings, List<long[]> fractions)
    {
        for (var cpu = 0; cpu < times.Count; cpu++)
        {
            if (times[cpu].Zip(times[cpu].Skip(1)).Any(pair => pair.Second < pair.First) || Array.Exists(times[cpu], t => t <= 0))
            {
                return $"the samples' times of cpu {cpu} do not rise";
            }

            if (Array.Exists(scalings[cpu], s => s < 1) || Array.Exists(fractions[cpu], f => f is < 0 or > 63))
            {
                return $"the samples of cpu {cpu} scale by nothing";
            }
        }

        return null;
    }

    /// <summary>Takes back a correction that cannot be what was measured.</summary>
    /// <exception cref="TraceFormatException">The capture is read strictly.</exception>
    public static void RefuseTimeShift(TraceDatFile file, long offset, long size, string fault)
    {
        var told = $"the correction of the guest's clock (TIME_SHIFT, {size:N0} bytes at offset {offset:N0}) makes no sense: {fault}; " +
                   "trace-cmd up to 3.4 writes it wrong when cpus have different numbers of samples";
        if (file.Mode == ReadMode.Strict)
        {
            TraceFormatException.Throw(
                $"capture '{file.Name}': {told}", "record host and guest again, or open it with ReadMode.Salvage for times of the guest's own clock", offset, "TIME_SHIFT");
        }

        file.TimeShift = null;
        file.Missing.Add($"{told}; not applied, times are those of the guest's own clock");
    }
}
