using LabTrace.Devices;

namespace LabTrace.Steps;

/// <summary>Calls were lost, or seen in part only: that one is not among those that were seen proves nothing.</summary>
public sealed class CallsLostException(long lost)
    : LabException($"cannot be told from this trace: {lost} calls were lost, or seen in part only", "trace for a shorter time, or on a quieter machine");
