using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>One recording, read in both ways: the kernel's text and the binary pages, and what the kernel counted.</summary>
/// <param name="Raw">The binary pages with all that explains them.</param>
/// <param name="Text">The file <c>trace</c> of the same events, as the kernel printed it.</param>
/// <param name="Stats">The kernel's counts when recording had stopped, before anything was read out.</param>
public sealed record TraceRecording(RawRecording Raw, ReadOnlyMemory<byte> Text, BufferStats Stats)
{
    private readonly Lazy<Trace> _trace = new(Raw.ToTrace);
    private readonly Lazy<Trace> _textTrace = new(() => FtraceTextFormat.Read(Text, Raw.ClockName));

    /// <summary>The events, decoded from the pages once.</summary>
    public Trace Trace => _trace.Value;

    /// <summary>The same events, read from the text once: microseconds, and fields as they are printed.</summary>
    public Trace TextTrace => _textTrace.Value;
}

/// <summary>A command and what was recorded while it ran.</summary>
/// <param name="Pid">Its process id on the target.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Recording">What was recorded.</param>
public sealed record CommandRecording(int Pid, CommandResult Result, TraceRecording Recording);
