using LabTrace.Tracing;

namespace LabTrace.Steps;

/// <summary>Compares the binary and the text reading of one recording, event for event.</summary>
internal static class ReadingDifference
{
    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>Finds the first difference.</summary>
    /// <returns>It in words, or null when the readings agree.</returns>
    public static string? Find(Trace binary, Trace text)
    {
        if (binary.Events.Count != text.Events.Count)
        {
            return $"the binary reading has {binary.Events.Count:N0} events and the text {text.Events.Count:N0} ({text.Tally})";
        }

        foreach (var cpu in binary.Cpus)
        {
            var pairs = binary.Events.Where(e => e.Cpu == cpu).Zip(text.Events.Where(e => e.Cpu == cpu));
            var index = 0;
            foreach (var (fromPages, fromText) in pairs)
            {
                if (Differs(fromPages, fromText) is { } what)
                {
                    return $"event {index} of cpu {cpu} has another {what}:\n  binary: {fromPages}\n  text:   {fromText}";
                }

                index++;
            }

            if (index != text.Events.Count(e => e.Cpu == cpu))
            {
                return $"cpu {cpu} has {index:N0} events in the binary reading and others in the text";
            }
        }

        return null;
    }

    private static string? Differs(in TraceEvent binary, in TraceEvent text)
    {
        if (!text.Name.Matches(binary.Name))
        {
            return "name";
        }

        if (binary.Pid != text.Pid)
        {
            return "pid";
        }

        if (!string.Equals(binary.Comm, text.Comm, StringComparison.Ordinal))
        {
            return "comm";
        }

        // The kernel prints whole microseconds, rounded.
        var apart = (binary.Time - text.Time).Nanoseconds;
        if (Math.Abs(apart) >= NanosecondsPerMicrosecond)
        {
            return "time";
        }

        return string.Equals(binary.Text.TrimEnd(), text.Text.TrimEnd(), StringComparison.Ordinal) ? null : "text";
    }
}
