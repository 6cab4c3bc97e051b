namespace LabTrace.Devices;

/// <summary>A capability was tried and is not there, told by something else than a refusal of the kernel.</summary>
internal sealed class ProbeFailedException : LabException
{
    /// <summary>Makes the error.</summary>
    /// <param name="evidence">What was tried and what came of it.</param>
    /// <param name="remedy">What would supply it, or null for the probe's usual remedy.</param>
    public ProbeFailedException(string evidence, string? remedy = null)
        : base(evidence, remedy)
    {
    }
}
