using LabTrace.Devices;

namespace LabTrace.Steps;

/// <summary>What a test program wrote is cut, empty or contradicts itself, so it proves nothing either way.</summary>
public sealed class TapInDoubtException(string message)
    : LabException(message, "look at the attached results.tap; `labtrace tap FILE` reads it again");
