namespace LabTrace.Devices.Wire;

/// <summary>The other end of a wire sent what is no message.</summary>
/// <param name="reason">What was found.</param>
internal sealed class WireException(string reason) : Exception(reason);
