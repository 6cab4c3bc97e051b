using LabTrace.Scenarios;

namespace LabTrace.Reports.Tests;

/// <summary>A feature of a run made up by a test.</summary>
internal sealed record MadeFeature(string Name, params MadeScenario[] Scenarios);

/// <summary>A scenario of a run made up by a test.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Verdict">How it ended, or null when it did not run.</param>
/// <param name="Message">Why.</param>
/// <param name="Attempts">How often it was tried; the ones before the last failed.</param>
internal sealed record MadeScenario(string Name, Verdict? Verdict, string Message = "", int Attempts = 1);
