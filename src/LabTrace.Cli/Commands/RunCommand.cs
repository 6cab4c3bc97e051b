using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using LabTrace.Gherkin;
using LabTrace.Scenarios;

namespace LabTrace.Cli.Commands;

/// <summary><c>labtrace run</c>: its options, read and checked.</summary>
internal static class RunCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var paths = CommandLineValues.Paths();
        var place = CommandLineValues.Place();
        Option<string?> tags = new("--tags", "-t") { Description = "run scenarios whose tags satisfy an expression, for example \"@smoke and not @slow\"", HelpName = "EXPR" };
        tags.Validators.Add(RefuseWrongTags);
        Option<Regex?> name = new("--name", "-n") { Description = "run scenarios whose name matches", HelpName = "REGEX", CustomParser = CommandLineValues.Pattern };
        var reports = CommandLineValues.Reports();
        Option<string?> output = new("--out", "-o") { Description = "the run's directory [default: artifacts/runs/<time>]", HelpName = "DIR" };
        Option<bool> dryRun = new("--dry-run") { Description = "bind every step and run none" };
        var parallel = CommandLineValues.Number("--parallel", "how many scenarios run at once", least: 1, usual: 1);
        var retry = CommandLineValues.Number("--retry", "how often a scenario that did not pass is tried again", least: 0, usual: 0);
        Option<RunOrder> order = new("--order")
        {
            Description = "the order of scenarios [default: defined]",
            HelpName = "defined|reverse|random[:SEED]",
            CustomParser = ParseOrder,
            DefaultValueFactory = _ => RunOrder.Defined,
        };
        Option<Shard?> shard = new("--shard") { Description = "run the i-th of n equal parts of the selection, for n machines", HelpName = "i/n", CustomParser = ParseShard };
        Option<string?> rerun = new("--rerun") { Description = "run only what did not pass in an earlier run, told from its message stream", HelpName = "FILE.ndjson" };
        Option<bool> failFast = new("--fail-fast") { Description = "start no further scenario after one that did not pass" };
        Option<TimeSpan?> timeout = new("--timeout")
        {
            Description = "how long one scenario may take, its clean-up not counted [default: 5m]",
            HelpName = "T",
            CustomParser = CommandLineValues.TimeLimit,
        };
        Option<TimeSpan?> stepTimeout = new("--step-timeout")
        {
            Description = "how long one step or hook may take [default: as long as its scenario]",
            HelpName = "T",
            CustomParser = CommandLineValues.TimeLimit,
        };
        Option<TimeSpan?> wait = new("--wait")
        {
            Description = "how long to wait for a place that another run uses [default: not at all]",
            HelpName = "T",
            CustomParser = CommandLineValues.TimeLimit,
        };
        var steps = CommandLineValues.Steps();
        Command command = new("run", "Run scenarios and report.");
        command.Arguments.Add(paths);
        foreach (var option in new Option[] { place, tags, name, reports, output, dryRun, parallel, retry, order, shard, rerun, failFast, timeout, stepTimeout, wait, steps })
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellationToken) => (int)await RunExecution.RunAsync(
            new RunRequest
            {
                Paths = parsed.GetValue(paths) ?? [],
                Place = parsed.GetRequiredValue(place),
                Reports = parsed.GetValue(reports) ?? [],
                OutputDirectory = parsed.GetValue(output),
                Wait = parsed.GetValue(wait),
                StepAssemblies = parsed.GetValue(steps) ?? [],
                Rerun = parsed.GetValue(rerun),
                Options = new RunOptions
                {
                    Tags = parsed.GetValue(tags),
                    Name = parsed.GetValue(name),
                    DryRun = parsed.GetValue(dryRun),
                    Parallel = parsed.GetValue(parallel),
                    Retry = parsed.GetValue(retry),
                    Order = parsed.GetValue(order) ?? RunOrder.Defined,
                    Shard = parsed.GetValue(shard),
                    FailFast = parsed.GetValue(failFast),
                    ScenarioTimeout = parsed.GetValue(timeout) ?? TimeSpan.FromMinutes(5),
                    StepTimeout = parsed.GetValue(stepTimeout),
                },
            },
            cancellationToken));
        return command;
    }

    private static RunOrder? ParseOrder(ArgumentResult result)
    {
        try
        {
            return RunOrder.Parse(result.Tokens[0].Value);
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return null;
        }
    }

    private static Shard? ParseShard(ArgumentResult result)
    {
        try
        {
            return Shard.Parse(result.Tokens[0].Value);
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return null;
        }
    }

    private static void RefuseWrongTags(OptionResult result)
    {
        try
        {
            _ = TagExpression.Parse(result.Tokens[0].Value);
        }
        catch (TagExpressionException e)
        {
            result.AddError($"--tags: {e.Message}");
        }
    }
}

/// <summary>What a person asked <c>labtrace run</c> for.</summary>
internal sealed record RunRequest
{
    /// <summary>Feature files and folders; none means <c>features/</c>.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>A place's name or file.</summary>
    public required string Place { get; init; }

    /// <summary>Reports as <c>KIND[:FILE]</c>.</summary>
    public required IReadOnlyList<string> Reports { get; init; }

    /// <summary>The run's directory, or null for one named by the time.</summary>
    public required string? OutputDirectory { get; init; }

    /// <summary>How long to wait for a place in use, or null.</summary>
    public required TimeSpan? Wait { get; init; }

    /// <summary>Assemblies of step definitions; none means LabTrace's own.</summary>
    public required IReadOnlyList<string> StepAssemblies { get; init; }

    /// <summary>The message stream of an earlier run whose scenarios that did not pass are wanted, or null.</summary>
    public required string? Rerun { get; init; }

    /// <summary>What the engine is told.</summary>
    public required RunOptions Options { get; init; }
}
