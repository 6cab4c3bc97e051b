using System.CommandLine;
using LabTrace.Devices;
using LabTrace.Reports;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace report</c>: makes reports of a run again from its message stream.</summary>
internal static class ReportCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string?> run = new("RUN")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "a run's directory, or a file of Cucumber Messages (NDJSON) as LabTrace, Reqnroll and other Cucumbers write it; - for standard input",
            HelpName = "RUN|FILE.ndjson",
        };
        var reports = CommandLineValues.Reports();
        Option<string?> drain = new("--drain")
        {
            Description = "deliver what runs at and below a directory could not deliver to ReportPortal [default: artifacts]; needs no RUN",
            HelpName = "DIR",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<Uri?> submit = new("--submit")
        {
            Description = "hand the run to a KCIDB server, for example https://db.kernelci.org/submit, and wait until it is taken in",
            HelpName = "URL",
            CustomParser = KcidbSubmission.ParseUrl,
        };
        Option<string?> token = new("--token")
        {
            Description = "the server's token, as ${env:NAME} or ${file:PATH} [default: ${env:LABTRACE_KCIDB_TOKEN} if that is set]",
            HelpName = "REF",
        };
        Option<TimeSpan?> patience = new("--submit-timeout")
        {
            Description = "how long the server may take to take the run in [default: 2m]",
            HelpName = "T",
            CustomParser = CommandLineValues.TimeLimit,
        };
        Command command = new("report", "Make reports of a run again from its message stream. A run that was killed is reported as far as it got.");
        command.Arguments.Add(run);
        command.Options.Add(reports);
        command.Options.Add(drain);
        command.Options.Add(submit);
        command.Options.Add(token);
        command.Options.Add(patience);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var requests = parsed.GetValue(reports) ?? [];
            if (parsed.GetResult(drain) is not null)
            {
                return (int)await SpoolDelivery.RunAsync(parsed.GetValue(drain) ?? parsed.GetValue(run), requests, cancellationToken);
            }

            return (int)await MakeAsync(
                parsed.GetValue(run) ?? throw new UsageException("labtrace report needs a run\n  try: labtrace report RUN --report KIND[:FILE], or labtrace report --drain"),
                requests,
                KcidbSubmission.Of(parsed.GetValue(submit), parsed.GetValue(token), parsed.GetValue(patience)),
                cancellationToken);
        });
        return command;
    }

    /// <summary>Makes the reports.</summary>
    /// <returns>Passed when all were made, whatever the run's verdict: this command speaks of the reports.</returns>
    private static async Task<ExitCode> MakeAsync(
        string runOrFile, IReadOnlyList<string> requests, KcidbSubmission? submission, CancellationToken cancellationToken)
    {
        var run = RunStream.Find(runOrFile);
        var reports = ReportSelection.Parse(requests);
        reports.RefuseToOverwrite(run.Path);
        await using var input = run.Open();
        var sinks = new List<IRunSink>();
        var problems = new List<ReportException>();
        try
        {
            reports.OpenReports(sinks, run.Directory, isReplay: true, cancellationToken);
            if (submission is not null)
            {
                sinks.Add(submission.Open());
            }

            var working = new List<IRunSink>(sinks);
            var (lines, messages) = (0, 0);
            var redaction = new EnvelopeRedaction(SecretRedactor.Process.Redact);
            await foreach (var message in MessageReader.ReadAsync(input, cancellationToken))
            {
                var envelope = redaction.Redact(message);
                lines++;
                messages += envelope.IsEmpty() ? 0 : 1;
                for (var i = working.Count - 1; i >= 0; i--)
                {
                    if (!await TryAsync(problems, () => working[i].WriteAsync(envelope, cancellationToken)))
                    {
                        working.RemoveAt(i);
                    }
                }
            }

            if (lines > 0 && messages == 0)
            {
                throw new UsageException($"'{run.Path}' holds JSON, but no Cucumber Messages\n  try: the {RunStream.FileName} of a run");
            }
        }
        finally
        {
            foreach (var sink in sinks)
            {
                await TryAsync(problems, sink.DisposeAsync);
            }
        }

        foreach (var problem in problems)
        {
            await Console.Error.WriteLineAsync($"labtrace: {problem.Message}");
        }

        if (submission is not null && problems.Count == 0)
        {
            await submission.SendAsync(cancellationToken);
        }

        return problems.Count == 0 ? ExitCode.Passed : ExitCode.Broken;
    }

    /// <summary>A report that cannot be written does not keep the others from being made.</summary>
    private static async ValueTask<bool> TryAsync(List<ReportException> problems, Func<ValueTask> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (ReportException e)
        {
            problems.Add(e);
            return false;
        }
    }
}
