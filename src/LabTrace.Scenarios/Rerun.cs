using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios;

/// <summary>Finds in a message stream what is to be run again.</summary>
public static class Rerun
{
    /// <summary>The ids (as <see cref="FeatureSet.IdOf"/>) of the scenarios that failed or broke, were cut off, or never ran.</summary>
    /// <param name="messages">The stream of the earlier run, whole or cut off; of a selection or of everything.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<IReadOnlySet<string>> FindAsync(IAsyncEnumerable<Envelope> messages, CancellationToken cancellationToken)
    {
        var pickles = new List<Pickle>();
        var documents = new Dictionary<string, GherkinDocument>(StringComparer.Ordinal);
        var pickleOfCase = new Dictionary<string, string>(StringComparer.Ordinal);
        var caseOfAttempt = new Dictionary<string, string>(StringComparer.Ordinal);
        var verdicts = new Dictionary<string, List<Verdict?>>(StringComparer.Ordinal);
        var good = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var message in messages.WithCancellation(cancellationToken))
        {
            switch (message)
            {
                case { Pickle: { } pickle }:
                    pickles.Add(pickle);
                    break;
                case { GherkinDocument: { Uri: { } uri } document }:
                    documents[uri] = document;
                    break;
                case { TestCase: { } testCase }:
                    pickleOfCase[testCase.Id] = testCase.PickleId;
                    break;
                case { TestCaseStarted: { } started }:
                    caseOfAttempt[started.Id] = started.TestCaseId;
                    verdicts[started.Id] = [];
                    break;
                case { TestStepFinished: { } step }:
                    verdicts[step.TestCaseStartedId].Add(Verdicts.Of(step.TestStepResult));
                    break;
                case { TestCaseFinished: { WillBeRetried: false } finished }:
                    if (Verdicts.Combine(verdicts[finished.TestCaseStartedId]) is Verdict.Passed or Verdict.Skipped)
                    {
                        good.Add(pickleOfCase[caseOfAttempt[finished.TestCaseStartedId]]);
                    }

                    break;
            }
        }

        return pickles.GroupBy(pickle => pickle.Uri, StringComparer.Ordinal)
            .SelectMany(file => IdsOf(file.Where(pickle => !good.Contains(pickle.Id)), [.. file], documents.GetValueOrDefault(file.Key)))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The stream holds the scenarios that were selected; scenarios of one name are told apart among all of their file.</summary>
    private static IEnumerable<string> IdsOf(IEnumerable<Pickle> wanted, IReadOnlyList<Pickle> selected, GherkinDocument? document)
    {
        if (document is null)
        {
            return wanted.Select(pickle => ScenarioIds.Of(pickle, selected));
        }

        var all = PickleCompiler.Compile(document, document.Uri, () => string.Empty);
        return wanted.Select(pickle => ScenarioIds.Of(all.FirstOrDefault(whole => whole.AstNodeIds.SequenceEqual(pickle.AstNodeIds)) ?? pickle, all));
    }
}
