using LabTrace.Devices;
using LabTrace.Tracing.Queries;

namespace LabTrace.Steps;

/// <summary>Events were lost that might have decided an assertion, so the trace proves nothing either way.</summary>
public sealed class UndecidedException(Finding finding)
    : LabException(
        $"cannot be told from this trace, because events were lost\n{finding}",
        "raise the buffer size (`Given the buffer size is 4096 KiB per cpu`) or enable fewer events");
