using LabTrace.Devices;

namespace LabTrace.Steps;

/// <summary>Something the scenario changed on its target could not be undone.</summary>
public sealed class LabNotRestoredException(string target, UndoReport report)
    : LabException($"target '{target}' is not as it was found: {report}", "labtrace restore");
