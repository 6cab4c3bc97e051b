using System.Text;
using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary>What the README says is tried.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Test]
    public async Task The_first_scenario_of_the_README_passes()
    {
        using var scratch = new Scratch();
        scratch.Feature(GherkinBlock().Match(Readme).Groups["text"].Value.TrimEnd());

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        result.Output.Should().Contain("1 scenario: 1 passed");
    }

    [Test]
    public async Task The_failure_of_the_README_is_what_a_failure_looks_like()
    {
        using var scratch = new Scratch();
        scratch.Write("features/sleepless.feature", """
            Feature: A sleepless machine

              Scenario: nobody sleeps
                Given the event "sched:sched_switch" is enabled
                When I record while running "sleep 0.05"
                Then no "sched:sched_switch" event has "prev_comm" equal to "sleep"
            """);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "run", "--out", "run");

        var said = result.Output.Split('\n').Where(l => !Elapsed().IsMatch(l));
        Readme.Split('\n').Should().Contain(said);
    }

    [Test]
    public async Task Every_command_and_option_of_the_README_exists()
    {
        var commands = CommandRow().Matches(Readme).Select(m => m.Groups["command"].Value).Distinct().ToList();
        var help = new StringBuilder();

        commands.Should().Contain(["run", "check", "steps", "places", "doctor", "events", "restore", "trace"]);
        foreach (var command in commands)
        {
            var told = await LabtraceProcess.RunAsync(Repository.Root, command, "--help");
            told.ExitCode.Should().Be(0, command);
            help.Append(told.Output);
        }

        OptionName().Matches(Readme).Select(m => m.Value).Distinct().Except(["--help"])
            .Should().OnlyContain(option => help.ToString().Contains(option));
    }

    [Test]
    public void Every_exit_code_is_in_the_README()
    {
        foreach (var code in new[] { 0, 1, 2, 3, 4, 130 })
        {
            Readme.Should().Contain($"| {code} | ");
        }
    }

    [GeneratedRegex("```gherkin\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex GherkinBlock();

    [GeneratedRegex(@"^\| `labtrace (?<command>[a-z-]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommandRow();

    [GeneratedRegex(@"(?<=`)--[a-z-]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OptionName();

    [GeneratedRegex(@"\(\d+(\.\d+)? m?s\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Elapsed();
}
