namespace LabTrace.Reports.Tests;

/// <summary>A run made up by a test.</summary>
/// <param name="Features">Its features.</param>
/// <param name="IsShuffled">Scenarios of several features run in turns.</param>
/// <param name="Finishes">It was not cut off.</param>
internal sealed record MadeRun(IReadOnlyList<MadeFeature> Features, bool IsShuffled, bool Finishes);
