using System.Runtime.InteropServices;
using LabTrace.Gherkin.Expressions;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;
using Reqnroll;

namespace LabTrace.Scenarios.Running;

/// <summary>Makes messages of what bindings hold.</summary>
internal static class MessageParts
{
    // The version of Cucumber Messages whose shapes the envelopes have.
    private const string ProtocolVersion = "30.0.0";
    private static readonly StepMatchArgumentsList NoArguments = new([]);

    public static Meta Meta(RunOptions options) => new(
        ProtocolVersion,
        options.Implementation,
        new Product(".NET", Environment.Version.ToString()),
        new Product(RuntimeInformation.OSDescription),
        new Product(RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()));

    public static StepMatchArgumentsList ArgumentsOf(StepCandidate candidate) =>
        candidate.Arguments.Count == 0
            ? NoArguments
            : new StepMatchArgumentsList([.. candidate.Arguments.Select(argument => new StepMatchArgument(GroupOf(argument.Group), argument.ParameterTypeName))]);

    public static StepDefinitionMessage Message(StepDefinition definition, string id) => new(
        id,
        new StepDefinitionPattern(
            definition.Expression,
            definition.ExpressionType == ExpressionType.RegularExpression
                ? StepDefinitionPatternType.RegularExpression
                : StepDefinitionPatternType.CucumberExpression),
        Reference(definition.Call, definition.Source));

    public static HookMessage Message(Hook hook, string id)
    {
        var tags = hook.Scopes.Select(scope => scope.Tag?.Source).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        return new HookMessage(
            id,
            Reference(hook.Call, hook.Source),
            tags.Length == 0 ? null : string.Join(" or ", tags),
            NameOf(hook),
            hook.Kind switch
            {
                HookKind.BeforeTestRun or HookKind.BeforeFeature => HookMessageType.BeforeTestRun,
                HookKind.AfterTestRun or HookKind.AfterFeature => HookMessageType.AfterTestRun,
                HookKind.BeforeScenario => HookMessageType.BeforeTestCase,
                HookKind.AfterScenario => HookMessageType.AfterTestCase,
                HookKind.BeforeStep or HookKind.BeforeScenarioBlock => HookMessageType.BeforeTestStep,
                _ => HookMessageType.AfterTestStep,
            });
    }

    public static ParameterTypeMessage Message(ArgumentTransformation transformation, string id) => new(
        transformation.Name,
        [transformation.Pattern ?? ".*"],
        PreferForRegularExpressionMatch: false,
        UseForSnippets: true,
        id,
        Reference(transformation.Call, transformation.Source));

    // Messages know no hooks of features: those wrap the run there, and only a name can say more.
    private static string? NameOf(Hook hook) =>
        hook.Kind is HookKind.BeforeFeature or HookKind.AfterFeature ? $"[{hook.Kind}] {hook.MethodName}" : null;

    private static Group GroupOf(MatchGroup group) => new(
        group.Children.Count == 0 ? null : [.. group.Children.Select(GroupOf)], group.Start, group.Value);

    private static SourceReference Reference(BoundMethod call, SourcePosition source) => source.File is null
        ? new SourceReference(JavaMethod: new JavaMethod(
            call.BindingType.FullName ?? call.BindingType.Name,
            call.Method.Name,
            [.. call.Parameters.Select(parameter => parameter.ParameterType.FullName ?? parameter.ParameterType.Name)]))
        : new SourceReference(source.File, Location: source.Line > 0 ? new LineOnly(source.Line) : null);
}
