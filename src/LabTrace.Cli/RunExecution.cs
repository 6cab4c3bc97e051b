using LabTrace.Cli.Commands;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;
using LabTrace.Scenarios;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Cli;

/// <summary>One run from request to exit code: features, steps, place and reports are put together here.</summary>
internal static class RunExecution
{
    /// <summary>Runs.</summary>
    /// <exception cref="LabConfigException">The place does not exist or its file is wrong.</exception>
    /// <exception cref="UsageException">A report or path is wrong.</exception>
    public static async Task<ExitCode> RunAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var place = Places.Find(request.Place);
        var directory = request.OutputDirectory ?? DefaultDirectory();
        var settings = Settings.Load();
        var reports = ReportSelection.Parse([.. request.Reports, .. Settings.ReportsOf(settings)]);
        var features = FeatureSet.Load(FeaturePaths.OrDefault(request.Paths), language: settings.FeatureLanguage);
        if (Refused(features.Errors))
        {
            return ExitCode.Usage;
        }

        var only = await FindRerunAsync(request.Rerun, cancellationToken);
        var bindings = BindingRegistry.Build([.. Composition.LoadSteps(request.StepAssemblies), .. Settings.StepsOf(settings)]);
        await PrepareDirectoryAsync(directory, cancellationToken);
        await using var lab = await OpenLabAsync(request, place, directory, cancellationToken);
        var options = request.Options with
        {
            OutputDirectory = directory,
            Redact = SecretRedactor.Process.Redact,
            Only = only,
            Parallel = LanesAt(place, request.Options.Parallel),
            Attachments = [await RunSetting.DescribeAsync(lab, request.Options.Implementation.Version, request.Options.Order, cancellationToken)],
            ConfigureGlobal = container => container.RegisterInstanceAs(lab),
        };
        RunSummary summary;
        var sinks = new List<IRunSink>();
        try
        {
            reports.Open(sinks, directory, cancellationToken);
            summary = await new ScenarioRunner(features, bindings, options, settings).RunAsync(sinks, cancellationToken);
        }
        finally
        {
            foreach (var sink in sinks)
            {
                await sink.DisposeAsync();
            }
        }

        if (summary.Unbound > 0)
        {
            SuggestSentences(features, bindings);
        }

        return Conclude(request, summary);
    }

    // A scenario may panic, boot or replace its machine: it has it to itself.
    private static int LanesAt(PlaceDescription place, int wanted)
    {
        if (place.Kind != TargetKind.Vm || wanted == 1)
        {
            return wanted;
        }

        Console.Error.WriteLine($"labtrace: scenarios take turns at '{place.Name}', a machine is one scenario's at a time; runs with --shard have a machine each");
        return 1;
    }

    private static ExitCode Conclude(RunRequest request, RunSummary summary)
    {
        foreach (var problem in summary.Problems)
        {
            Console.Error.WriteLine($"labtrace: {problem.What}: {problem.Error.Message}");
        }

        if (Refused(summary.FeatureErrors))
        {
            return ExitCode.Usage;
        }

        foreach (var error in summary.BindingErrors)
        {
            Console.Error.WriteLine($"labtrace: {error}");
        }

        if (summary.NothingSelected)
        {
            Console.Error.WriteLine($"labtrace: no scenario was selected{Selection(request)}\n  try: labtrace run --dry-run, to see which there are");
        }

        return summary switch
        {
            { Interrupted: true } => ExitCode.Interrupted,
            { BindingErrors.Count: > 0 } => ExitCode.Usage,
            { NothingSelected: true } => ExitCode.NothingSelected,
            { Failed: > 0 } => ExitCode.Failed,
            { Problems.Count: > 0 } => ExitCode.Broken,
            { Unbound: > 0 } when summary.Unbound == summary.Broken => ExitCode.Usage,
            { Broken: > 0 } => ExitCode.Broken,
            _ => ExitCode.Passed,
        };
    }

    private static void SuggestSentences(FeatureSet features, BindingRegistry bindings)
    {
        foreach (var problem in FeatureCheck.Run(features, bindings).Where(p => p.Kind == CheckProblemKind.UndefinedStep))
        {
            Console.Error.WriteLine($"{problem.Source.File}:{problem.Source.Line}:{problem.Column}: {problem.Message}");
            foreach (var nearest in problem.Nearest)
            {
                Console.Error.WriteLine($"    nearest: {nearest}");
            }
        }
    }

    private static bool Refused(IReadOnlyList<FeatureError> errors)
    {
        foreach (var error in errors)
        {
            Console.Error.WriteLine(FeaturePaths.Describe(error));
        }

        return errors.Count > 0;
    }

    private static string Selection(RunRequest request)
    {
        List<string> by = [];
        if (request.Options.Tags is { } tags)
        {
            by.Add($"--tags \"{tags}\"");
        }

        if (request.Options.Name is { } name)
        {
            by.Add($"--name \"{name}\"");
        }

        return by.Count == 0 ? "" : $" by {string.Join(" and ", by)}";
    }

    private static async Task<IReadOnlySet<string>?> FindRerunAsync(string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return null;
        }

        try
        {
            await using var stream = File.OpenRead(file);
            return await Rerun.FindAsync(MessageReader.ReadAsync(stream, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--rerun {file}: {e.Message}");
        }
    }

    private static async Task<Lab> OpenLabAsync(RunRequest request, PlaceDescription place, string directory, CancellationToken cancellationToken)
    {
        var lab = await Lab.OpenAsync(
            new LabOptions(place, Composition.OpenTargetAsync, directory)
            {
                Wait = request.Wait ?? TimeSpan.Zero,
                Progress = message => Console.Error.WriteLine($"labtrace: {message}"),
                Interrupt = cancellationToken,
            },
            cancellationToken);
        if (lab.Leftovers is { Undone: > 0 } or { IsComplete: false })
        {
            await Console.Error.WriteLineAsync($"labtrace: an earlier run was killed; {lab.Leftovers}");
        }

        return lab;
    }

    private static string DefaultDirectory() =>
        Path.Combine("artifacts", "runs", TimeProvider.System.GetLocalNow().ToString("yyyy-MM-dd'T'HH-mm-ss.fff"));

    private static async Task PrepareDirectoryAsync(string directory, CancellationToken cancellationToken)
    {
        try
        {
            _ = Directory.CreateDirectory(directory);
            await EarlierRun.RemoveAsync(directory, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LabConfigException($"the run's directory '{directory}' cannot be made ready: {e.Message}", "--out DIR", e);
        }
    }
}
