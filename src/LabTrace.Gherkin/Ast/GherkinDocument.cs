namespace LabTrace.Gherkin.Ast;

/// <summary>A parsed feature file. The shapes of this file are those of Cucumber Messages' <c>gherkinDocument</c>.</summary>
/// <param name="Uri">The path the text came from, as given by the caller.</param>
/// <param name="Feature">The feature, or null for a file with no more than comments.</param>
/// <param name="Comments">All comments, in file order.</param>
public sealed record GherkinDocument(string Uri, Feature? Feature, IReadOnlyList<Comment> Comments);

/// <summary>A place in a feature file.</summary>
/// <param name="Line">One-based line number.</param>
/// <param name="Column">One-based column number, in UTF-16 code units.</param>
public readonly record struct Location(int Line, int Column);

/// <summary>A comment line.</summary>
/// <param name="Location">Where it starts.</param>
/// <param name="Text">The whole line, blanks and <c>#</c> included.</param>
public sealed record Comment(Location Location, string Text);

/// <summary>A tag.</summary>
/// <param name="Location">Where its <c>@</c> stands.</param>
/// <param name="Name">The name with its <c>@</c>.</param>
/// <param name="Id">Its id in the message stream.</param>
public sealed record Tag(Location Location, string Name, string Id);

/// <summary>The feature of a file.</summary>
/// <param name="Location">Where its keyword stands.</param>
/// <param name="Tags">Its own tags.</param>
/// <param name="Language">The dialect, for example <c>en</c>.</param>
/// <param name="Keyword">The keyword as written.</param>
/// <param name="Name">The text after the keyword.</param>
/// <param name="Description">The free text below the keyword, or empty.</param>
/// <param name="Children">Background, scenarios and rules in file order.</param>
public sealed record Feature(
    Location Location,
    IReadOnlyList<Tag> Tags,
    string Language,
    string Keyword,
    string Name,
    string Description,
    IReadOnlyList<FeatureChild> Children);

/// <summary>One child of a feature: exactly one of the three is not null.</summary>
/// <param name="Rule">A rule.</param>
/// <param name="Background">The feature's background.</param>
/// <param name="Scenario">A scenario or outline.</param>
public sealed record FeatureChild(Rule? Rule = null, Background? Background = null, Scenario? Scenario = null);

/// <summary>A rule: scenarios that illustrate one business rule.</summary>
/// <param name="Location">Where its keyword stands.</param>
/// <param name="Tags">Its own tags.</param>
/// <param name="Keyword">The keyword as written.</param>
/// <param name="Name">The text after the keyword.</param>
/// <param name="Description">The free text below the keyword, or empty.</param>
/// <param name="Children">Background and scenarios in file order.</param>
/// <param name="Id">Its id in the message stream.</param>
public sealed record Rule(
    Location Location,
    IReadOnlyList<Tag> Tags,
    string Keyword,
    string Name,
    string Description,
    IReadOnlyList<RuleChild> Children,
    string Id);

/// <summary>One child of a rule: exactly one of the two is not null.</summary>
/// <param name="Background">The rule's background.</param>
/// <param name="Scenario">A scenario or outline.</param>
public sealed record RuleChild(Background? Background = null, Scenario? Scenario = null);

/// <summary>Steps that run before each scenario of the feature or rule.</summary>
/// <param name="Location">Where its keyword stands.</param>
/// <param name="Keyword">The keyword as written.</param>
/// <param name="Name">The text after the keyword.</param>
/// <param name="Description">The free text below the keyword, or empty.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Id">Its id in the message stream.</param>
public sealed record Background(
    Location Location,
    string Keyword,
    string Name,
    string Description,
    IReadOnlyList<Step> Steps,
    string Id);

/// <summary>A scenario, or an outline when it has examples.</summary>
/// <param name="Location">Where its keyword stands.</param>
/// <param name="Tags">Its own tags.</param>
/// <param name="Keyword">The keyword as written.</param>
/// <param name="Name">The text after the keyword.</param>
/// <param name="Description">The free text below the keyword, or empty.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Examples">Its examples tables; empty for a plain scenario.</param>
/// <param name="Id">Its id in the message stream.</param>
public sealed record Scenario(
    Location Location,
    IReadOnlyList<Tag> Tags,
    string Keyword,
    string Name,
    string Description,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Examples> Examples,
    string Id);

/// <summary>An examples table of an outline.</summary>
/// <param name="Location">Where its keyword stands.</param>
/// <param name="Tags">Its own tags.</param>
/// <param name="Keyword">The keyword as written.</param>
/// <param name="Name">The text after the keyword.</param>
/// <param name="Description">The free text below the keyword, or empty.</param>
/// <param name="TableHeader">The names of the columns, or null when there is no table.</param>
/// <param name="TableBody">The rows below the header.</param>
/// <param name="Id">Its id in the message stream.</param>
public sealed record Examples(
    Location Location,
    IReadOnlyList<Tag> Tags,
    string Keyword,
    string Name,
    string Description,
    TableRow? TableHeader,
    IReadOnlyList<TableRow> TableBody,
    string Id);

/// <summary>A step.</summary>
/// <param name="Location">Where its keyword stands.</param>
/// <param name="Keyword">The keyword as written, with the blank behind it.</param>
/// <param name="KeywordType">What the keyword means.</param>
/// <param name="Text">The text after the keyword.</param>
/// <param name="DocString">Its doc string, if any.</param>
/// <param name="DataTable">Its data table, if any.</param>
/// <param name="Id">Its id in the message stream.</param>
public sealed record Step(
    Location Location,
    string Keyword,
    StepKeywordType KeywordType,
    string Text,
    DocString? DocString,
    DataTable? DataTable,
    string Id);

/// <summary>What a step's keyword means.</summary>
public enum StepKeywordType
{
    /// <summary><c>*</c>, or a keyword that is used for several kinds in its language.</summary>
    Unknown,

    /// <summary>Given.</summary>
    Context,

    /// <summary>When.</summary>
    Action,

    /// <summary>Then.</summary>
    Outcome,

    /// <summary>And, But: the kind of the step before.</summary>
    Conjunction,
}

/// <summary>A doc string.</summary>
/// <param name="Location">Where its opening fence stands.</param>
/// <param name="MediaType">What is written behind the opening fence, or null.</param>
/// <param name="Content">The text between the fences, unindented and unescaped.</param>
/// <param name="Delimiter">The fence: <c>"""</c> or three backticks.</param>
public sealed record DocString(Location Location, string? MediaType, string Content, string Delimiter);

/// <summary>A data table.</summary>
/// <param name="Location">Where its first row starts.</param>
/// <param name="Rows">Its rows, the first included.</param>
public sealed record DataTable(Location Location, IReadOnlyList<TableRow> Rows);

/// <summary>A row of a table.</summary>
/// <param name="Location">Where its first <c>|</c> stands.</param>
/// <param name="Cells">Its cells, trimmed and unescaped.</param>
/// <param name="Id">Its id in the message stream.</param>
public sealed record TableRow(Location Location, IReadOnlyList<TableCell> Cells, string Id);

/// <summary>A cell of a table.</summary>
/// <param name="Location">Where its text starts.</param>
/// <param name="Value">The text, trimmed and unescaped.</param>
public sealed record TableCell(Location Location, string Value);
