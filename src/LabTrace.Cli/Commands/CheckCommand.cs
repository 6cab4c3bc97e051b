using LabTrace.Scenarios;
using LabTrace.Scenarios.Bindings;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace check</c>: binds every step and runs none.</summary>
internal static class CheckCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var paths = CommandLineValues.Paths();
        var steps = CommandLineValues.Steps();
        Command command = new(
            "check",
            "Bind features without running them. Undefined and ambiguous steps and syntax errors end with exit code 2; sentences that no step uses are told when all of features/ is checked.");
        command.Arguments.Add(paths);
        command.Options.Add(steps);
        command.SetAction(parsed => (int)Check(parsed.GetValue(paths) ?? [], parsed.GetValue(steps) ?? []));
        return command;
    }

    private static ExitCode Check(IReadOnlyList<string> paths, IReadOnlyList<string> steps)
    {
        var features = FeatureSet.Load(FeaturePaths.OrDefault(paths), language: Settings.Load().FeatureLanguage);
        var problems = FeatureCheck.Run(features, BindingRegistry.Build([.. Composition.LoadSteps(steps)]));
        foreach (var problem in problems.Where(p => p.IsError || paths.Count == 0))
        {
            Write(problem);
        }

        var errors = problems.Count(p => p.IsError);
        Console.WriteLine($"{features.Files.Count} files, {features.Pickles.Count()} scenarios: {errors} {(errors == 1 ? "problem" : "problems")}");
        return errors == 0 ? ExitCode.Passed : ExitCode.Usage;
    }

    private static void Write(CheckProblem problem)
    {
        var position = (problem.Source.Line, problem.Column) switch
        {
            (0, _) => "",
            (var line, 0) => $":{line}",
            (var line, var column) => $":{line}:{column}",
        };
        Console.WriteLine($"{problem.Source.File}{position}: {(problem.IsError ? "" : "note: ")}{problem.Message}");
        foreach (var nearest in problem.Nearest)
        {
            Console.WriteLine($"    nearest: {nearest}");
        }

        foreach (var candidate in problem.Candidates)
        {
            Console.WriteLine($"    candidate: {candidate}");
        }

        if (problem.Snippet is not null)
        {
            Console.WriteLine(string.Join('\n', problem.Snippet.TrimEnd().Split('\n').Select(l => "    " + l)));
        }
    }
}
