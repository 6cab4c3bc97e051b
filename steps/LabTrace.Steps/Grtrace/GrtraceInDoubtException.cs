using LabTrace.Devices;

namespace LabTrace.Steps;

/// <summary>There are too few events to tell with the confidence asked for.</summary>
public sealed class GrtraceInDoubtException(string message)
    : LabException(message, "offer more events, allow a larger tolerance, or ask for less confidence");
