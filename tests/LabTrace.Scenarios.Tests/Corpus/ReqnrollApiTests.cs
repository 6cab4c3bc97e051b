using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests.Corpus;

/// <summary>Every public name of Reqnroll 3.3.3 that a step author can touch is here, with a signature that the same source compiles against.</summary>
public sealed class ReqnrollApiTests
{
    private const string Lifecycle = "generated code drives the engine with it; a step that called it would run a scenario within itself";
    private const string BindingModel = "Reqnroll's own model of bindings";
    private const string Unreachable = "the table comparison builds its messages with it, and no public member gives or takes one";
    private const string Page = "spec/reqnroll-api.txt";

    /// <summary>What is left out, and why. A <c>Type</c> alone leaves out all of it.</summary>
    private static readonly Dictionary<string, string> LeftOut = new(StringComparer.Ordinal)
    {
        // Code that Reqnroll generates from features, and its engine, call these; here features are read as they are.
        ["TestRunner"] = "the engine's own class behind ITestRunner",
        ["ITestRunnerManager"] = "starts and ends runs: the engine's",
        ["TestRunnerManager"] = "starts and ends runs: the engine's",
        ["ISyncTestRunner"] = "no members of its own, for generated code of old",
        ["Steps: ISyncTestRunner SyncTestRunner { get; }"] = "as ISyncTestRunner",
        ["ITestRunner: Task OnTestRunStartAsync()"] = Lifecycle,
        ["ITestRunner: Task OnTestRunEndAsync()"] = Lifecycle,
        ["ITestRunner: Task OnFeatureStartAsync(FeatureInfo featureInfo)"] = Lifecycle,
        ["ITestRunner: Task OnFeatureEndAsync()"] = Lifecycle,
        ["ITestRunner: Void OnScenarioInitialize(ScenarioInfo scenarioInfo, RuleInfo ruleInfo)"] = Lifecycle,
        ["ITestRunner: Task OnScenarioStartAsync()"] = Lifecycle,
        ["ITestRunner: Task CollectScenarioErrorsAsync()"] = Lifecycle,
        ["ITestRunner: Task OnScenarioEndAsync()"] = Lifecycle,
        ["ITestRunner: Task SkipScenarioAsync()"] = Lifecycle,
        ["FeatureInfo: ctor(CultureInfo language, String folderPath, String title, String description, ProgrammingLanguage programmingLanguage, String[] tags, IFeatureLevelCucumberMessages featureLevelCucumberMessages = null)"]
            = "generated code hands messages over with it",
        ["DefaultTestRunContext: ctor(IObjectContainer testRunContainer, ITestRunSettingsProvider testRunSettingsProvider)"]
            = "the engine makes it; steps ask for ITestRunContext",

        // Shapes of the engine's inside that leak into its public names.
        ["StepInfo: BindingMatch BindingMatch { get; set; }"] = BindingModel,
        ["StepInfo: StepInstance StepInstance { get; set; }"] = BindingModel,
        ["AmbiguousBindingException: ctor(String message, IEnumerable<BindingMatch> matches)"] = BindingModel,
        ["AmbiguousBindingException: IEnumerable<BindingMatch> Matches { get; }"] = BindingModel,

        // Parts that no public member gives or takes.
        ["ITableDiffExceptionBuilder"] = Unreachable,
        ["TableDifferenceItem"] = Unreachable,
        ["TableDifferenceResults"] = Unreachable,
        ["ProjectionEnumerator"] = "foreach and LINQ see an IEnumerator<Projection<T>>",
        ["ServiceComponentList: List<T>.Enumerator<T> GetEnumerator()"] = "foreach sees an enumerator of the same items",
        ["EnvironmentVariableNames: ctor()"] = "it has constants alone, nobody makes one",
    };

    public static IEnumerable<TestCaseData> Types() =>
        Environment.GetEnvironmentVariable("LABTRACE_CORPUS") is { Length: > 0 } corpus && Path.Combine(corpus, Page) is var path && File.Exists(path)
            ? ApiPage.Read(File.ReadLines(path)).Select(type => new TestCaseData(type).SetName($"Reqnroll API: {type.Namespace}.{type.Name}"))
            : [];

    [TestCaseSource(nameof(Types))]
    [NoTests(NUnit.Framework.Interfaces.TestStatus.Passed)]
    public void The_names_and_signatures_are_there(object listed)
    {
        var type = (ApiType)listed;
        var name = type.Name.Split('<')[0];
        var ours = typeof(BindingAttribute).Assembly.GetExportedTypes()
            .FirstOrDefault(candidate => candidate.Namespace == type.Namespace && ApiText.NameOf(candidate) == type.Name);
        if (LeftOut.TryGetValue(name, out var why))
        {
            ours.Should().BeNull("{0} is left out, for {1}: once it is there it is held to the page like the others", type.Name, why);
            return;
        }

        ours.Should().NotBeNull("{0}.{1} is one of Reqnroll's public types", type.Namespace, type.Name);
        var members = ApiText.MembersOf(ours!).ToHashSet(StringComparer.Ordinal);
        type.Members.Where(member => !members.Contains(member) && !LeftOut.ContainsKey($"{name}: {member}")).Should().BeEmpty("{0} has them", type.Name);
        if (type.Base is not null && !LeftOut.ContainsKey($"{name}: {type.Base}"))
        {
            Ancestors(ours!).Should().Contain(type.Base);
        }
    }

    [Test]
    public void Nothing_is_left_out_that_is_not_there_to_be_left_out()
    {
        var page = Types().Select(data => (ApiType)data.Arguments[0]!).ToList();
        Assume.That(page, Is.Not.Empty, $"LABTRACE_CORPUS names no folder with {Page}");

        var names = page.Select(type => type.Name.Split('<')[0])
            .Concat(page.SelectMany(type => type.Members.Select(member => $"{type.Name.Split('<')[0]}: {member}")));

        LeftOut.Keys.Except(names).Should().BeEmpty();
    }

    [Test]
    public void The_corpus_uses_all_of_it()
    {
        var page = Types().Select(data => (ApiType)data.Arguments[0]!).ToList();
        Assume.That(page, Is.Not.Empty, $"LABTRACE_CORPUS names no folder with {Page}");
        var used = UsedMembers.Of(typeof(ReqnrollApiTests).Assembly);

        var unused =
            from type in page
            let name = type.Name.Split('<')[0]
            where type.Kind != "enum" && !LeftOut.ContainsKey(name)
            from member in type.Members
            where !LeftOut.ContainsKey($"{name}: {member}") && !member.StartsWith("const ", StringComparison.Ordinal)
            where !Spellings(name, member).Any(spelling => IsUsed(type, spelling))
            select $"{name}: {member}";

        string.Join('\n', unused).Should().BeEmpty();

        // A class is also used through its interfaces and its bases.
        bool IsUsed(ApiType type, string member) => Relatives(type, page).Any(relative => used.Contains($"{relative}.{member}"));
    }

    private static IEnumerable<string> Relatives(ApiType type, IReadOnlyList<ApiType> page)
    {
        yield return MetadataName(type.Name);
        var ours = typeof(BindingAttribute).Assembly.GetExportedTypes()
            .First(candidate => candidate.Namespace == type.Namespace && ApiText.NameOf(candidate) == type.Name);
        foreach (var other in Ancestors(ours).Concat(ours.GetInterfaces().Select(ApiText.NameOf)))
        {
            yield return MetadataName(other);
        }

        foreach (var derived in page.Where(derived => derived.Base == type.Name || (type.Kind == "interface" && "I" + derived.Name == type.Name)))
        {
            yield return MetadataName(derived.Name);
        }
    }

    private static string MetadataName(string name) => name.Split('<') is [var plain, var parameters] ? $"{plain}`{parameters.Split(',').Length}" : name;

    /// <summary>What a member is called in metadata.</summary>
    private static string[] Spellings(string type, string member)
    {
        if (member.StartsWith("ctor(", StringComparison.Ordinal))
        {
            return [".ctor"];
        }

        if (member.StartsWith("event ", StringComparison.Ordinal))
        {
            return ["add_" + member.Split(' ')[^1]];
        }

        if (member.EndsWith('}'))
        {
            var name = member[..member.IndexOf(" {", StringComparison.Ordinal)].Split(' ')[^1];
            return type.EndsWith("Attribute", StringComparison.Ordinal) ? ["set_" + name, "get_" + name] : ["get_" + name];
        }

        var before = member[..member.IndexOf('(', StringComparison.Ordinal)];
        return [before.Split('<')[0].Split(' ')[^1], before.Split(' ')[^1].Split('<')[0]];
    }

    private static IEnumerable<string> Ancestors(Type type)
    {
        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            yield return ApiText.NameOf(ancestor);
        }
    }
}
