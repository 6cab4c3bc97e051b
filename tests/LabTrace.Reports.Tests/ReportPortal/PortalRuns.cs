using System.Globalization;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.ReportPortal;

/// <summary>Runs with everything in them that is reported.</summary>
internal static class PortalRuns
{
    /// <summary>A run of features, scenarios, attempts, output, attached texts and bytes, hooks of the run.</summary>
    public static List<Envelope> Make(int seed, int features)
    {
        var random = new Random(seed);
        var made = Enumerable.Range(0, features)
            .Select(f => new MadeFeature($"feature {f}", [.. Enumerable.Range(0, random.Next(1, 5)).Select(s => MakeScenario(random, s))]))
            .ToArray();
        var stream = new List<Envelope>();
        foreach (var envelope in Runs.Make(made, random.Next(2) == 0 ? random : null))
        {
            stream.Add(envelope);
            if (envelope.TestRunStarted is not null && random.Next(3) == 0)
            {
                stream.AddRange(RunHook(random));
            }

            if (envelope.TestStepStarted is { } step)
            {
                stream.AddRange(Enumerable.Range(0, random.Next(4)).Select(_ => Attach(random, step)));
            }
        }

        return stream;
    }

    private static MadeScenario MakeScenario(Random random, int number)
    {
        var verdict = random.Next(6) switch { 0 => Verdict.Failed, 1 => Verdict.Broken, 2 => Verdict.Skipped, _ => Verdict.Passed };
        return new MadeScenario($"scenario {number}", random.Next(20) == 0 ? null : verdict, "why\nnot", random.Next(4) == 0 ? random.Next(2, 4) : 1);
    }

    private static IEnumerable<Envelope> RunHook(Random random)
    {
        var passed = random.Next(2) == 0;
        yield return new Envelope { TestRunHookStarted = new TestRunHookStarted("hook run", "run", "hook", Runs.At(0)) };
        yield return new Envelope
        {
            TestRunHookFinished = new TestRunHookFinished(
                "hook run",
                passed ? new TestStepResult(TestStepResultStatus.Passed, new Duration(0, 0)) : new TestStepResult(TestStepResultStatus.Failed, new Duration(0, 0), "the module did not load"),
                Runs.At(0)),
        };
    }

    private static Envelope Attach(Random random, TestStepStarted step)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"text {random.Next()} äöü \u0000\u001b[31m");
        var bytes = new byte[random.Next(1, 3000)];
        random.NextBytes(bytes);
        var attachment = random.Next(3) switch
        {
            0 => new Attachment(text, AttachmentContentEncoding.Identity, "text/x.cucumber.log+plain"),
            1 => new Attachment(text, AttachmentContentEncoding.Identity, "text/plain", random.Next(2) == 0 ? "evidence.txt" : "naïve \"file\".txt"),
            _ => new Attachment(Convert.ToBase64String(bytes), AttachmentContentEncoding.Base64, "application/octet-stream", random.Next(2) == 0 ? "file" : "trace.dat"),
        };
        return new Envelope
        {
            Attachment = attachment with { TestCaseStartedId = step.TestCaseStartedId, TestStepId = step.TestStepId, Timestamp = step.Timestamp },
        };
    }
}
