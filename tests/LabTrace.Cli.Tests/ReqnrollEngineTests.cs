using System.Diagnostics;
using System.Text.Json.Nodes;
using FluentAssertions;
using LabTrace.Steps;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary><c>-p:BddEngine=Reqnroll</c> puts the real packages in the place of our engine, and the steps need nothing else.</summary>
public sealed class ReqnrollEngineTests
{
    private static readonly string[] Ours = ["LabTrace.Scenarios", "LabTrace.Gherkin", "LabTrace.Reports", "LabTrace.Cli"];

    [TestCase("steps/LabTrace.Steps", "Reqnroll")]
    [TestCase("tests/LabTrace.Acceptance", "Reqnroll.NUnit")]
    public async Task The_real_packages_take_the_place_of_our_engine(string project, string package)
    {
        var usual = await EvaluateAsync(project);
        var real = await EvaluateAsync(project, "-p:BddEngine=Reqnroll");

        Names(usual, "PackageReference").Should().NotContain(name => name.StartsWith("Reqnroll", StringComparison.Ordinal));
        Names(usual, "ProjectReference").Intersect(Ours).Should().NotBeEmpty();
        Names(real, "PackageReference").Should().Contain(package);
        Names(real, "ProjectReference").Should().NotIntersectWith(Ours);
        Names(real, "PackageVersion").Should().Contain(package);
        real["Properties"]!["ArtifactsPath"]!.GetValue<string>().Should().EndWith("artifacts/reqnroll");
    }

    [Test]
    public async Task Reqnroll_gets_every_feature_the_steps_and_the_place()
    {
        var real = await EvaluateAsync("tests/LabTrace.Acceptance", "-p:BddEngine=Reqnroll");

        Names(real, "ReqnrollFeatureFile").Should().BeEquivalentTo(Repository.Files("features", "*.feature").Select(Path.GetFileNameWithoutExtension));
        Names(real, "ProjectReference").Should().Contain("LabTrace.Steps");
        Names(real, "Compile").Should().Contain("PlaceOfTheRun").And.NotContain(["AcceptanceRun", "FeatureTests", "NUnitOutcome"]);
        Repository.Files("tests/LabTrace.Acceptance/WithReqnroll", "reqnroll.json").Single().Should().Match(file => File.ReadAllText((string)file).Contains("\"LabTrace.Steps\""));
    }

    [Test]
    public async Task What_is_built_with_Reqnroll_compiles_by_its_names()
    {
        using var scratch = new Scratch();

        var result = await RunAsync(
            "build",
            "tests/LabTrace.Acceptance",
            "-p:BddEngine=Reqnroll",
            $"-p:ArtifactsPath={scratch.Root}",
            $"-p:CustomAfterMicrosoftCommonTargets={Path.Combine(Repository.Root, "tests/LabTrace.Acceptance/WithReqnroll/StandIn.targets")}",
            $"-p:ReqnrollStandIn={Path.Combine(AppContext.BaseDirectory, "LabTrace.Scenarios.dll")}",
            "-p:RunAnalyzers=false",
            "-p:RestoreLockedMode=false",
            "-nodeReuse:false",
            "-v:quiet");

        result.ExitCode.Should().Be(0, result.Output);
    }

    [Test]
    public void Steps_name_nothing_that_Reqnroll_does_not_have()
    {
        var corpus = Environment.GetEnvironmentVariable("LABTRACE_CORPUS");
        Assume.That(corpus, Is.Not.Null.And.Not.Empty, "LABTRACE_CORPUS names no folder with spec/reqnroll-api.txt");
        var page = ApiPage.Read(File.ReadLines(Path.Combine(corpus!, "spec", "reqnroll-api.txt")));
        var known = page.SelectMany(type => type.Members.Select(member => $"{type.Name.Split('<')[0]}: {member}")).ToList();

        var foreign = UsedMembers.Of(typeof(TracingSteps).Assembly, "LabTrace.Scenarios").Where(use => !IsKnown(use));

        foreign.Should().BeEmpty();

        bool IsKnown(string use)
        {
            var (type, member) = (use[..use.IndexOf('.')].Split('`')[0], use[(use.IndexOf('.') + 1)..]);
            var name = member == ".ctor" ? "ctor(" : member.Replace("get_", string.Empty).Replace("set_", string.Empty);
            return known.Any(line => line.StartsWith(type + ": ", StringComparison.Ordinal) && line.Contains(name, StringComparison.Ordinal))
                || (page.FirstOrDefault(listed => listed.Name == type)?.Base is { } ancestor && IsKnown($"{ancestor.Split('<')[0]}.{member}"));
        }
    }

    private static async Task<JsonNode> EvaluateAsync(string project, params string[] arguments)
    {
        var result = await RunAsync(
            ["msbuild", project, "-getItem:PackageReference,PackageVersion,ProjectReference,Compile,ReqnrollFeatureFile", "-getProperty:ArtifactsPath", .. arguments]);
        result.ExitCode.Should().Be(0, result.Output);
        return JsonNode.Parse(result.Output)!;
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Repository.Root };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await error);
    }

    /// <summary>The items of a kind: packages by name, files by their name without folder and ending.</summary>
    private static IEnumerable<string> Names(JsonNode evaluated, string kind) =>
        evaluated["Items"]![kind]!.AsArray().Select(item => item!["Identity"]!.GetValue<string>())
            .Select(name => name.Contains('/', StringComparison.Ordinal) || name.EndsWith(".cs", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(name) : name);
}
