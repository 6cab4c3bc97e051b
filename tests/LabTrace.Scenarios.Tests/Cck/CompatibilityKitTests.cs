using FluentAssertions;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;

namespace LabTrace.Scenarios.Tests.Cck;

/// <summary>
/// Cucumber's compatibility kit (npm <c>@cucumber/compatibility-kit</c>, MIT), one test a case: number, type and order of messages
/// and the status of each step are those of the reference. LABTRACE_CCK names the kit's directory.
/// </summary>
[Category("cck")]
public sealed class CompatibilityKitTests
{
    private const string Variable = "LABTRACE_CCK";

    public static IEnumerable<TestCaseData> Cases()
    {
        var kit = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(kit))
        {
            yield break;
        }

        var features = Directory.Exists(Path.Combine(kit, "features")) ? Path.Combine(kit, "features") : kit;
        foreach (var directory in Directory.EnumerateDirectories(features).Order(StringComparer.Ordinal))
        {
            yield return new TestCaseData(directory).SetName(Path.GetFileName(directory)).SetDescription($"compatibility kit case {directory}");
        }
    }

    [Test]
    public void The_kit_is_there_with_all_its_cases()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assume.That(Cases(), Is.Not.Empty, $"{Variable} names no folder of @cucumber/compatibility-kit: npm install @cucumber/compatibility-kit@30.0.0");
        }

        Cases().Should().HaveCount(46, "{0} names version 30.0.0 of the kit", Variable);
    }

    [TestCaseSource(nameof(Cases))]
    [NoTests(NUnit.Framework.Interfaces.TestStatus.Passed)]
    public async Task The_stream_is_that_of_the_reference(string directory)
    {
        var name = Path.GetFileName(directory);
        var arguments = Path.Combine(directory, $"{name}.arguments.txt") is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : string.Empty;
        CckData.Directory = directory;
        await using var expected = File.OpenRead(Path.Combine(directory, $"{name}.ndjson"));

        var run = await TestRun.OfAsync(FeatureSet.Load([directory], directory), OptionsOf(arguments), CancellationToken.None, CckSteps.Of(name));
        var reference = await MessageReader.ReadAsync(expected, CancellationToken.None).Select(Shape).ToListAsync();

        run.Messages.Select(Shape).Should().Equal(reference);
    }

    private static RunOptions OptionsOf(string arguments) => arguments switch
    {
        "" => new RunOptions(),
        "--retry 2" => new RunOptions { Retry = 2 },
        "--order reverse" => new RunOptions { Order = RunOrder.Reverse },
        "--error" => new RunOptions { ConfigureGlobal = _ => throw new InvalidOperationException("Whoops!") },
        _ => throw new NotSupportedException($"the kit asks for '{arguments}'"),
    };

    /// <summary>What of a message must be the same: its type, and all that is no id, time, path or text of an implementation.</summary>
    private static string Shape(Envelope envelope)
    {
        var kind = TestRun.KindOf(envelope);
        var detail = envelope switch
        {
            { Source.MediaType: var mediaType } => mediaType,
            { Pickle: { } pickle } => $"{pickle.Name} [{string.Join(", ", pickle.Steps.Select(step => $"{step.Type} {step.Text}"))}] {string.Join(' ', pickle.Tags.Select(tag => tag.Name))}",
            { StepDefinition.Pattern: { } pattern } => $"{pattern.Type}",
            { Hook: { } hook } => $"{hook.Type} {hook.TagExpression}",
            { ParameterType: { } type } => $"{type.Name} {string.Join(' ', type.RegularExpressions)}",
            { UndefinedParameterType: { } type } => $"{type.Name} {type.Expression}",
            { TestCase: { } test } => string.Join("; ", test.TestSteps.Select(Shape)),
            { TestCaseStarted: { } started } => $"{started.Attempt}",
            { TestCaseFinished: { } finished } => $"{finished.WillBeRetried}",
            { TestStepFinished.TestStepResult.Status: var status } => $"{status}",
            { TestRunHookFinished.Result.Status: var status } => $"{status}",
            { Attachment: { } attachment } => $"{attachment.MediaType} {attachment.ContentEncoding} {attachment.FileName} {attachment.Body}",
            { TestRunFinished: { } finished } => $"{finished.Success} {finished.Message is not null && finished.Exception is not null}",
            _ => string.Empty,
        };
        return $"{kind} {detail}".TrimEnd();
    }

    private static string Shape(TestStep step) => step.HookId is not null
        ? "hook"
        : "step " + string.Join(" or ", step.StepMatchArgumentsLists!.Select(list =>
            string.Join(", ", list.StepMatchArguments.Select(argument => $"{argument.Group.Start}:{argument.Group.Value}:{argument.ParameterTypeName}"))));
}
