using LabTrace.Tracing;
using LabTrace.Tracing.Queries;

namespace LabTrace.Steps;

/// <summary>Captures that were recorded elsewhere.</summary>
public sealed partial class TracingBench
{
    /// <summary>Reads a capture and asks it from here on.</summary>
    public void OpenCapture(string file) => trace = ReadCapture(file);

    /// <summary>Asks a trace that another bench has read, from here on.</summary>
    public void Use(Trace read) => trace = read;

    /// <summary>The trace as it is asked now.</summary>
    public Trace Recorded => Trace;

    /// <summary>Reads a capture whole; damage breaks the scenario, because nothing may be concluded from a part.</summary>
    /// <param name="file">Its path, from the directory that LabTrace runs in.</param>
    public Trace ReadCapture(string file)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"there is no capture '{file}' in {Directory.GetCurrentDirectory()}\n  try: a path from the directory in which labtrace runs");
        }

        using var reader = TraceReader.Open(file);
        return reader.ReadToEnd();
    }

    /// <summary>Leaves out all other events; they are counted as skipped.</summary>
    public void KeepOnly(string events)
    {
        var selector = EventSelector.Parse(events);
        trace = Trace.Where(e => selector.Matches(e));
    }
}
