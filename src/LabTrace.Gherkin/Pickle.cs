using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin;

/// <summary>An executable scenario: backgrounds put in front, outlines expanded. The shape is Cucumber Messages' <c>pickle</c>.</summary>
/// <param name="Id">Its id in the message stream.</param>
/// <param name="Uri">The feature file's path as given to the parser.</param>
/// <param name="Location">The scenario's keyword, or the examples row it was expanded from.</param>
/// <param name="Name">The scenario's name, parameters filled in.</param>
/// <param name="Language">The dialect of its file.</param>
/// <param name="Steps">Its steps, backgrounds first.</param>
/// <param name="Tags">Tags of feature, rule, scenario and examples, in that order.</param>
/// <param name="AstNodeIds">The scenario's id and, for an outline, the row's.</param>
public sealed record Pickle(
    string Id,
    string Uri,
    Location Location,
    string Name,
    string Language,
    IReadOnlyList<PickleStep> Steps,
    IReadOnlyList<PickleTag> Tags,
    IReadOnlyList<string> AstNodeIds);

/// <summary>A step of a pickle.</summary>
/// <param name="Id">Its id in the message stream.</param>
/// <param name="Text">The text, parameters filled in.</param>
/// <param name="Type">Its kind; a conjunction has the kind of the step before it.</param>
/// <param name="Argument">Its doc string or table, parameters filled in.</param>
/// <param name="AstNodeIds">The step's id and, for an outline, the row's.</param>
public sealed record PickleStep(
    string Id,
    string Text,
    PickleStepType Type,
    PickleStepArgument? Argument,
    IReadOnlyList<string> AstNodeIds);

/// <summary>The kind of a pickle step.</summary>
public enum PickleStepType
{
    /// <summary><c>*</c> before any other kind was named.</summary>
    Unknown,

    /// <summary>Given.</summary>
    Context,

    /// <summary>When.</summary>
    Action,

    /// <summary>Then.</summary>
    Outcome,
}

/// <summary>A step's argument: a doc string, a table, or both.</summary>
/// <param name="DocString">A doc string, if there is one.</param>
/// <param name="DataTable">A table, if there is one.</param>
public sealed record PickleStepArgument(PickleDocString? DocString = null, PickleTable? DataTable = null);

/// <summary>A doc string with its parameters filled in.</summary>
/// <param name="MediaType">What is written behind the opening fence, or null.</param>
/// <param name="Content">The text.</param>
public sealed record PickleDocString(string? MediaType, string Content);

/// <summary>A table with its parameters filled in.</summary>
/// <param name="Rows">Its rows, the first included.</param>
public sealed record PickleTable(IReadOnlyList<PickleTableRow> Rows);

/// <summary>A row of a pickle table.</summary>
/// <param name="Cells">Its cells.</param>
public sealed record PickleTableRow(IReadOnlyList<PickleTableCell> Cells);

/// <summary>A cell of a pickle table.</summary>
/// <param name="Value">The text.</param>
public sealed record PickleTableCell(string Value);

/// <summary>A tag of a pickle.</summary>
/// <param name="Name">The name with its <c>@</c>.</param>
/// <param name="AstNodeId">The id of the tag it comes from.</param>
public sealed record PickleTag(string Name, string AstNodeId);
