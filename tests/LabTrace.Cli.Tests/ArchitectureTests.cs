using System.Reflection;
using System.Text.RegularExpressions;
using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Emulation;
using LabTrace.Gherkin;
using LabTrace.Reports;
using LabTrace.Scenarios;
using LabTrace.Steps;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

public sealed partial class ArchitectureTests
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly TestCaseData[] Arrows =
    [
        new TestCaseData(typeof(Pickle), Array.Empty<string>()).SetArgDisplayNames("Gherkin"),
        new TestCaseData(typeof(Trace), Array.Empty<string>()).SetArgDisplayNames("Tracing"),
        new TestCaseData(typeof(ITarget), new[] { "LabTrace.Tracing" }).SetArgDisplayNames("Devices"),
        new TestCaseData(typeof(EmulatedTarget), new[] { "LabTrace.Devices", "LabTrace.Tracing" }).SetArgDisplayNames("Emulation"),
        new TestCaseData(typeof(IRunSink), new[] { "LabTrace.Gherkin" }).SetArgDisplayNames("Scenarios"),
        new TestCaseData(typeof(ReportCatalog), new[] { "LabTrace.Scenarios", "LabTrace.Gherkin" }).SetArgDisplayNames("Reports"),
        new TestCaseData(typeof(TracingSteps), new[] { "LabTrace.Devices", "LabTrace.Tracing", "LabTrace.Scenarios" }).SetArgDisplayNames("Steps"),
    ];

    [TestCaseSource(nameof(Arrows))]
    public void An_assembly_knows_only_what_the_architecture_allows(Type member, string[] allowed)
    {
        var known = member.Assembly.GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(n => n.StartsWith("LabTrace", StringComparison.Ordinal) || n == "labtrace");

        known.Should().BeSubsetOf(allowed);
    }

    [Test]
    public void Tracing_is_synchronous()
    {
        var asynchronous = typeof(Trace).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(Declared).Where(IsOurs).Where(m => typeof(Task).IsAssignableFrom(m.ReturnType)).Select(m => $"{t.Name}.{m.Name}"));

        asynchronous.Should().BeEmpty();
    }

    // A stream has asynchronous members because the BCL's Stream has.
    private static bool IsOurs(MethodInfo method) => method.GetBaseDefinition().DeclaringType!.Assembly == typeof(Trace).Assembly;

    [Test]
    public void Steps_use_nothing_of_the_engine_but_what_Reqnroll_has()
    {
        var used = Repository.Files("steps", "*.cs")
            .SelectMany(f => File.ReadLines(f).Where(l => l.StartsWith("using LabTrace.Scenarios", StringComparison.Ordinal)));

        used.Should().BeEmpty();
    }

    [Test]
    public void The_product_takes_its_time_from_a_TimeProvider()
    {
        var offenders = Repository.Files("src", "*.cs").Concat(Repository.Files("steps", "*.cs"))
            .Where(f => OwnClock().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(Repository.Root, f));

        offenders.Should().BeEmpty();
    }

    [Test]
    public void A_dependency_is_named_in_one_file()
    {
        string[] single = ["Medallion.Shell", "YamlDotNet."];

        foreach (var dependency in single)
        {
            var files = Repository.Files("src", "*.cs").Where(f => File.ReadAllText(f).Contains(dependency, StringComparison.Ordinal));

            files.Should().ContainSingle($"{dependency} is replaced by editing one file");
        }
    }

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|Thread\.Sleep|\bStopwatch\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnClock();
}
