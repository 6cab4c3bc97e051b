using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Scenarios.Messages;

/// <summary>One message of the run's stream: exactly one property is not null. The canonical record of a run.</summary>
/// <remarks>Cucumber Messages, version 30; one JSON object a line, camel case, nulls left out.</remarks>
public sealed record Envelope
{
    // One field for all: a run of 10,000 steps makes some 28,000 envelopes.
    private readonly object? _message;

    /// <summary>Who made the stream; the first message.</summary>
    public Meta? Meta { get => _message as Meta; init => _message = value ?? _message; }

    /// <summary>A feature file's text.</summary>
    public Source? Source { get => _message as Source; init => _message = value ?? _message; }

    /// <summary>A parsed feature file.</summary>
    public GherkinDocument? GherkinDocument { get => _message as GherkinDocument; init => _message = value ?? _message; }

    /// <summary>An executable scenario.</summary>
    public Pickle? Pickle { get => _message as Pickle; init => _message = value ?? _message; }

    /// <summary>A parameter type of step expressions.</summary>
    public ParameterTypeMessage? ParameterType { get => _message as ParameterTypeMessage; init => _message = value ?? _message; }

    /// <summary>A step definition.</summary>
    public StepDefinitionMessage? StepDefinition { get => _message as StepDefinitionMessage; init => _message = value ?? _message; }

    /// <summary>A hook.</summary>
    public HookMessage? Hook { get => _message as HookMessage; init => _message = value ?? _message; }

    /// <summary>A parameter type that an expression names and nobody defines.</summary>
    public UndefinedParameterType? UndefinedParameterType { get => _message as UndefinedParameterType; init => _message = value ?? _message; }

    /// <summary>The run starts.</summary>
    public TestRunStarted? TestRunStarted { get => _message as TestRunStarted; init => _message = value ?? _message; }

    /// <summary>A pickle with its bound steps and hooks.</summary>
    public TestCase? TestCase { get => _message as TestCase; init => _message = value ?? _message; }

    /// <summary>An attempt at a test case starts.</summary>
    public TestCaseStarted? TestCaseStarted { get => _message as TestCaseStarted; init => _message = value ?? _message; }

    /// <summary>A step or hook starts.</summary>
    public TestStepStarted? TestStepStarted { get => _message as TestStepStarted; init => _message = value ?? _message; }

    /// <summary>A step or hook has ended.</summary>
    public TestStepFinished? TestStepFinished { get => _message as TestStepFinished; init => _message = value ?? _message; }

    /// <summary>An attempt at a test case has ended.</summary>
    public TestCaseFinished? TestCaseFinished { get => _message as TestCaseFinished; init => _message = value ?? _message; }

    /// <summary>A run hook starts.</summary>
    public TestRunHookStarted? TestRunHookStarted { get => _message as TestRunHookStarted; init => _message = value ?? _message; }

    /// <summary>A run hook has ended.</summary>
    public TestRunHookFinished? TestRunHookFinished { get => _message as TestRunHookFinished; init => _message = value ?? _message; }

    /// <summary>Output or data attached to a step, in the stream itself.</summary>
    public Attachment? Attachment { get => _message as Attachment; init => _message = value ?? _message; }

    /// <summary>Data attached by link.</summary>
    public ExternalAttachment? ExternalAttachment { get => _message as ExternalAttachment; init => _message = value ?? _message; }

    /// <summary>A snippet for an undefined step.</summary>
    public Suggestion? Suggestion { get => _message as Suggestion; init => _message = value ?? _message; }

    /// <summary>A syntax error in a feature file.</summary>
    public ParseErrorMessage? ParseError { get => _message as ParseErrorMessage; init => _message = value ?? _message; }

    /// <summary>The run has ended; the last message.</summary>
    public TestRunFinished? TestRunFinished { get => _message as TestRunFinished; init => _message = value ?? _message; }

    /// <summary>It holds no message, or one of a kind that this version does not know.</summary>
    public bool IsEmpty() => _message is null;
}

/// <summary>Who made the stream.</summary>
/// <param name="ProtocolVersion">Version of Cucumber Messages.</param>
/// <param name="Implementation">LabTrace and its version.</param>
/// <param name="Runtime">.NET and its version.</param>
/// <param name="Os">Operating system.</param>
/// <param name="Cpu">Architecture.</param>
public sealed record Meta(string ProtocolVersion, Product Implementation, Product Runtime, Product Os, Product Cpu);

/// <summary>A product and its version.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version, if known.</param>
public sealed record Product(string Name, string? Version = null);

/// <summary>A feature file's text.</summary>
/// <param name="Uri">Its path.</param>
/// <param name="Data">Its text.</param>
/// <param name="MediaType"><c>text/x.cucumber.gherkin+plain</c> or <c>+markdown</c>.</param>
public sealed record Source(string Uri, string Data, string MediaType);

/// <summary>A parameter type.</summary>
/// <param name="Name">Its name in expressions.</param>
/// <param name="RegularExpressions">What it matches.</param>
/// <param name="PreferForRegularExpressionMatch">Preferred where several types share an expression.</param>
/// <param name="UseForSnippets">Offered in snippets.</param>
/// <param name="Id">Its id.</param>
/// <param name="SourceReference">Where it is defined.</param>
public sealed record ParameterTypeMessage(
    string Name,
    IReadOnlyList<string> RegularExpressions,
    bool PreferForRegularExpressionMatch,
    bool UseForSnippets,
    string Id,
    SourceReference? SourceReference = null);

/// <summary>Where a step, hook or parameter type is defined.</summary>
/// <param name="Uri">Source file, from the repository's root.</param>
/// <param name="JavaMethod">Class and method (the message format has no C# form).</param>
/// <param name="Location">Line in the file.</param>
public sealed record SourceReference(string? Uri = null, JavaMethod? JavaMethod = null, LineOnly? Location = null);

/// <summary>A method.</summary>
/// <param name="ClassName">Full name of its class.</param>
/// <param name="MethodName">Its name.</param>
/// <param name="MethodParameterTypes">Full names of its parameters' types.</param>
public sealed record JavaMethod(string ClassName, string MethodName, IReadOnlyList<string> MethodParameterTypes);

/// <summary>A place with its column left open.</summary>
/// <param name="Line">One-based.</param>
/// <param name="Column">One-based, if known.</param>
public sealed record LineOnly(int Line, int? Column = null);

/// <summary>A step definition.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Pattern">Its expression.</param>
/// <param name="SourceReference">Where it is.</param>
public sealed record StepDefinitionMessage(string Id, StepDefinitionPattern Pattern, SourceReference SourceReference);

/// <summary>A step definition's expression.</summary>
/// <param name="Source">Its text.</param>
/// <param name="Type">Its language.</param>
public sealed record StepDefinitionPattern(string Source, StepDefinitionPatternType Type);

/// <summary>The language of an expression.</summary>
public enum StepDefinitionPatternType
{
    /// <summary>A cucumber expression.</summary>
    CucumberExpression,

    /// <summary>A regular expression.</summary>
    RegularExpression,
}

/// <summary>A hook.</summary>
/// <param name="Id">Its id.</param>
/// <param name="SourceReference">Where it is.</param>
/// <param name="TagExpression">When it applies, or null for always.</param>
/// <param name="Name">Its name, if any.</param>
/// <param name="Type">What it wraps.</param>
public sealed record HookMessage(string Id, SourceReference SourceReference, string? TagExpression = null, string? Name = null, HookMessageType? Type = null);

/// <summary>What a hook wraps.</summary>
public enum HookMessageType
{
    /// <summary>Before the run.</summary>
    BeforeTestRun,

    /// <summary>After the run.</summary>
    AfterTestRun,

    /// <summary>Before a scenario.</summary>
    BeforeTestCase,

    /// <summary>After a scenario.</summary>
    AfterTestCase,

    /// <summary>Before a step.</summary>
    BeforeTestStep,

    /// <summary>After a step.</summary>
    AfterTestStep,
}

/// <summary>A parameter type that an expression names and nobody defines.</summary>
/// <param name="Name">The type's name.</param>
/// <param name="Expression">The expression.</param>
public sealed record UndefinedParameterType(string Name, string Expression);

/// <summary>A moment: seconds and nanoseconds since 1970-01-01T00:00:00Z.</summary>
/// <param name="Seconds">Whole seconds.</param>
/// <param name="Nanos">0 to 999,999,999.</param>
public readonly record struct Timestamp(long Seconds, int Nanos);

/// <summary>A length of time.</summary>
/// <param name="Seconds">Whole seconds.</param>
/// <param name="Nanos">0 to 999,999,999.</param>
public readonly record struct Duration(long Seconds, int Nanos);

/// <summary>The run starts.</summary>
/// <param name="Timestamp">When.</param>
/// <param name="Id">The run's id.</param>
public sealed record TestRunStarted(Timestamp Timestamp, string? Id = null);

/// <summary>A pickle with its bound steps and hooks.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PickleId">The pickle.</param>
/// <param name="TestSteps">Hooks and steps in the order they run.</param>
/// <param name="TestRunStartedId">The run.</param>
public sealed record TestCase(string Id, string PickleId, IReadOnlyList<TestStep> TestSteps, string? TestRunStartedId = null);

/// <summary>A step of a test case: a hook, or a pickle step with what it is bound to.</summary>
/// <param name="Id">Its id.</param>
/// <param name="HookId">The hook, for a hook's step.</param>
/// <param name="PickleStepId">The pickle step, for a step.</param>
/// <param name="StepDefinitionIds">None: undefined. One: bound. More: ambiguous.</param>
/// <param name="StepMatchArgumentsLists">One list of arguments for each definition.</param>
public sealed record TestStep(
    string Id,
    string? HookId = null,
    string? PickleStepId = null,
    IReadOnlyList<string>? StepDefinitionIds = null,
    IReadOnlyList<StepMatchArgumentsList>? StepMatchArgumentsLists = null);

/// <summary>The arguments one definition takes from a step's text.</summary>
/// <param name="StepMatchArguments">In order.</param>
public sealed record StepMatchArgumentsList(IReadOnlyList<StepMatchArgument> StepMatchArguments);

/// <summary>One argument.</summary>
/// <param name="Group">What matched.</param>
/// <param name="ParameterTypeName">The parameter type, if it has a name.</param>
public sealed record StepMatchArgument(Group Group, string? ParameterTypeName = null);

/// <summary>A group of a match.</summary>
/// <param name="Children">Groups within, or null for none.</param>
/// <param name="Start">Zero-based offset in the step's text; null when the group took no part.</param>
/// <param name="Value">What it matched; null when it took no part.</param>
public sealed record Group(IReadOnlyList<Group>? Children = null, int? Start = null, string? Value = null);

/// <summary>An attempt at a test case starts.</summary>
/// <param name="Id">The attempt's id.</param>
/// <param name="TestCaseId">The test case.</param>
/// <param name="Timestamp">When.</param>
/// <param name="Attempt">Zero for the first.</param>
/// <param name="WorkerId">The worker, when there are several.</param>
public sealed record TestCaseStarted(string Id, string TestCaseId, Timestamp Timestamp, int Attempt, string? WorkerId = null);

/// <summary>A step or hook starts.</summary>
/// <param name="TestCaseStartedId">The attempt.</param>
/// <param name="TestStepId">The step.</param>
/// <param name="Timestamp">When.</param>
public sealed record TestStepStarted(string TestCaseStartedId, string TestStepId, Timestamp Timestamp);

/// <summary>A step or hook has ended.</summary>
/// <param name="TestCaseStartedId">The attempt.</param>
/// <param name="TestStepId">The step.</param>
/// <param name="TestStepResult">How.</param>
/// <param name="Timestamp">When.</param>
public sealed record TestStepFinished(string TestCaseStartedId, string TestStepId, TestStepResult TestStepResult, Timestamp Timestamp);

/// <summary>How a step or hook ended.</summary>
/// <param name="Status">The status.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Message">Why, for what did not pass.</param>
/// <param name="Exception">The exception, if one ended it.</param>
public sealed record TestStepResult(TestStepResultStatus Status, Duration Duration, string? Message = null, ExceptionMessage? Exception = null);

/// <summary>Statuses of steps.</summary>
public enum TestStepResultStatus
{
    /// <summary>Not known: the run was cut off.</summary>
    Unknown,

    /// <summary>Passed.</summary>
    Passed,

    /// <summary>Skipped, by itself or because an earlier step did not pass.</summary>
    Skipped,

    /// <summary>Not implemented yet.</summary>
    Pending,

    /// <summary>No definition matches.</summary>
    Undefined,

    /// <summary>Several definitions match.</summary>
    Ambiguous,

    /// <summary>Ended by an exception; <see cref="Verdicts"/> tells failed from broken by its type.</summary>
    Failed,
}

/// <summary>An exception.</summary>
/// <param name="Type">Full name of its type.</param>
/// <param name="Message">Its message.</param>
/// <param name="StackTrace">Its stack.</param>
public sealed record ExceptionMessage(string Type, string? Message = null, string? StackTrace = null);

/// <summary>An attempt at a test case has ended.</summary>
/// <param name="TestCaseStartedId">The attempt.</param>
/// <param name="Timestamp">When.</param>
/// <param name="WillBeRetried">Another attempt follows.</param>
public sealed record TestCaseFinished(string TestCaseStartedId, Timestamp Timestamp, bool WillBeRetried);

/// <summary>A run hook starts.</summary>
/// <param name="Id">This execution's id.</param>
/// <param name="TestRunStartedId">The run.</param>
/// <param name="HookId">The hook.</param>
/// <param name="Timestamp">When.</param>
/// <param name="WorkerId">The worker, when there are several.</param>
public sealed record TestRunHookStarted(string Id, string TestRunStartedId, string HookId, Timestamp Timestamp, string? WorkerId = null);

/// <summary>A run hook has ended.</summary>
/// <param name="TestRunHookStartedId">The execution.</param>
/// <param name="Result">How.</param>
/// <param name="Timestamp">When.</param>
public sealed record TestRunHookFinished(string TestRunHookStartedId, TestStepResult Result, Timestamp Timestamp);

/// <summary>Output or data attached to a step, in the stream itself.</summary>
/// <param name="Body">Text, or base64.</param>
/// <param name="ContentEncoding">How <paramref name="Body"/> is encoded.</param>
/// <param name="MediaType">For example <c>text/plain</c>; <c>text/x.cucumber.log+plain</c> is output.</param>
/// <param name="FileName">Its name, if it was a file.</param>
/// <param name="TestCaseStartedId">The attempt.</param>
/// <param name="TestStepId">The step.</param>
/// <param name="TestRunStartedId">The run.</param>
/// <param name="TestRunHookStartedId">The run hook's execution.</param>
/// <param name="Timestamp">When.</param>
public sealed record Attachment(
    string Body,
    AttachmentContentEncoding ContentEncoding,
    string MediaType,
    string? FileName = null,
    string? TestCaseStartedId = null,
    string? TestStepId = null,
    string? TestRunStartedId = null,
    string? TestRunHookStartedId = null,
    Timestamp? Timestamp = null);

/// <summary>How an attachment's body is encoded.</summary>
public enum AttachmentContentEncoding
{
    /// <summary>As it is.</summary>
    Identity,

    /// <summary>Base64.</summary>
    Base64,
}

/// <summary>Data attached by link.</summary>
/// <param name="Url">Path from the run's directory, or an URL.</param>
/// <param name="MediaType">For example <c>application/octet-stream</c>.</param>
/// <param name="TestCaseStartedId">The attempt.</param>
/// <param name="TestStepId">The step.</param>
/// <param name="TestRunHookStartedId">The run hook's execution.</param>
/// <param name="Timestamp">When.</param>
public sealed record ExternalAttachment(
    string Url,
    string MediaType,
    string? TestCaseStartedId = null,
    string? TestStepId = null,
    string? TestRunHookStartedId = null,
    Timestamp? Timestamp = null);

/// <summary>A snippet for an undefined step.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PickleStepId">The undefined step.</param>
/// <param name="Snippets">Ready code.</param>
public sealed record Suggestion(string Id, string PickleStepId, IReadOnlyList<Snippet> Snippets);

/// <summary>Ready code for a step definition.</summary>
/// <param name="Language">The programming language.</param>
/// <param name="Code">The code.</param>
public sealed record Snippet(string Language, string Code);

/// <summary>A syntax error in a feature file.</summary>
/// <param name="Source">Where.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record ParseErrorMessage(ParseErrorSource Source, string Message);

/// <summary>Where a syntax error is.</summary>
/// <param name="Uri">The feature file.</param>
/// <param name="Location">Line and column.</param>
public sealed record ParseErrorSource(string Uri, LineOnly Location);

/// <summary>The run has ended.</summary>
/// <param name="Success">Nothing failed, broke, or was undefined, pending or ambiguous.</param>
/// <param name="Timestamp">When.</param>
/// <param name="Message">Why not, if the run itself broke.</param>
/// <param name="Exception">The exception, if the run itself broke.</param>
/// <param name="TestRunStartedId">The run.</param>
public sealed record TestRunFinished(
    bool Success,
    Timestamp Timestamp,
    string? Message = null,
    ExceptionMessage? Exception = null,
    string? TestRunStartedId = null);
