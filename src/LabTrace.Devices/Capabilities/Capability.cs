namespace LabTrace.Devices;

/// <summary>What trying showed about one thing a place may be able to do.</summary>
/// <param name="Name">The name for <c>@needs:</c> tags and lab configurations; it never changes.</param>
/// <param name="Available">Whether it worked.</param>
/// <param name="Evidence">What was tried, and what came of it: a value, or the kernel's errno.</param>
/// <param name="Remedy">The command or kernel option that would supply it, or null when it is there.</param>
public sealed record Capability(string Name, bool Available, string Evidence, string? Remedy);
