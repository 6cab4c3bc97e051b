using System.CommandLine;
using LabTrace.Reports.History;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace qualify</c>: the gate for a kernel patch.</summary>
internal static class QualifyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var baseline = RunsOption("--baseline", "runs of what is known to be good: directories, or names in the store");
        var candidate = RunsOption("--candidate", "runs of what is to be judged");
        var store = CommandLineValues.Store();
        var repetitions = CommandLineValues.Number("--repetitions", "executions each side needs on a board before a number is judged", least: 2, usual: 5);
        var confirmations = CommandLineValues.Number("--confirmations", "failed executions that make a failure a regression", least: 1, usual: 2);
        Option<double> tolerance = new("--tolerance") { Description = "shifts of a median below so many percent are no regression", DefaultValueFactory = _ => 5, HelpName = "PERCENT" };
        Option<string[]> reports = new("--report") { Description = "md:FILE or json:FILE, as often as wanted", AllowMultipleArgumentsPerToken = false, HelpName = "md:FILE|json:FILE" };
        Option<bool> json = new("--json") { Description = "the judgement as one JSON object on standard output" };
        Command command = new("qualify", """
            Judge a candidate, a patched kernel for example, against a baseline, board by board. Run both several times, on the same boards.
            A failure is a regression only when repetitions confirm it; numbers that scenarios record are compared with a test that knows
            their noise. Exit code: 0 qualified, 1 rejected, 3 undecided: too little was run to say, and the reasons tell what.
            """);
        foreach (var option in (Option[])[baseline, candidate, store, repetitions, confirmations, tolerance, reports, json])
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = (parsed.GetValue(reports) ?? []).Select(ParseReport).ToList();
            var place = parsed.GetValue(store)!;
            if (parsed.GetValue(tolerance) is not (>= 0 and < 1000) and var percent)
            {
                throw new UsageException($"--tolerance is {percent}, and must be a percentage from 0 on");
            }

            var (old, now) = (await LoadAsync(parsed.GetRequiredValue(baseline), place, cancellationToken), await LoadAsync(parsed.GetRequiredValue(candidate), place, cancellationToken));
            if (old.FirstOrDefault(r => now.Exists(n => (n.Name, n.StartedAt, n.StreamLength) == (r.Name, r.StartedAt, r.StreamLength))) is { } both)
            {
                throw new UsageException($"the run '{both.Name}' is both baseline and candidate");
            }

            var judged = Qualification.Judge(old, now, new QualificationOptions
            {
                Repetitions = parsed.GetValue(repetitions),
                Confirmations = parsed.GetValue(confirmations),
                Tolerance = parsed.GetValue(tolerance) / 100,
            });
            Write(judged, files, parsed.GetValue(json));
            return (int)CodeOf(judged.Verdict);
        });
        return command;
    }

    private static Option<string[]> RunsOption(string name, string description) => new(name)
    {
        Description = description,
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
        HelpName = "RUN…",
    };

    private static ExitCode CodeOf(QualificationVerdict verdict) => verdict switch
    {
        QualificationVerdict.Qualified => ExitCode.Passed,
        QualificationVerdict.Rejected => ExitCode.Failed,
        _ => ExitCode.Broken,
    };

    private static async Task<List<StoredRun>> LoadAsync(string[] names, string store, CancellationToken cancellationToken)
    {
        List<StoredRun> runs = [];
        foreach (var name in names)
        {
            runs.Add(await Runs.LoadAsync(name, store, cancellationToken));
        }

        return runs;
    }

    private static (string Kind, string Path) ParseReport(string text) => text.Split(':', 2) switch
    {
        ["md" or "json", { Length: > 0 } path] parts => (parts[0], path),
        _ => throw new UsageException($"'{text}' is no report of a judgement\n  try: md:FILE or json:FILE"),
    };

    private static void Write(Qualification judged, List<(string Kind, string Path)> files, bool json)
    {
        foreach (var (kind, path) in files)
        {
            try
            {
                using var file = File.Create(path);
                if (kind == "md")
                {
                    file.Write(System.Text.Encoding.UTF8.GetBytes(QualificationReport.Markdown(judged)));
                }
                else
                {
                    QualificationReport.WriteJson(file, judged);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"--report {kind}:{path}: {e.Message}");
            }
        }

        if (!json)
        {
            Console.Write(QualificationReport.Text(judged));
            return;
        }

        using var output = Console.OpenStandardOutput();
        QualificationReport.WriteJson(output, judged);
        output.WriteByte((byte)'\n');
    }
}
