using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Parsing;

/// <summary>Collects what the reader finds and closes each part when the next one starts. Ids are given in the official parser's order.</summary>
internal sealed class DocumentBuilder(Func<string> newId, List<ParseError> errors)
{
    private readonly List<Comment> _comments = [];
    private readonly List<FeatureChild> _featureChildren = [];
    private readonly List<RuleChild> _ruleChildren = [];
    private readonly List<Step> _steps = [];
    private readonly List<Examples> _allExamples = [];
    private readonly List<PendingTag> _tags = [];
    private readonly List<PendingRow> _rows = [];
    private PendingSection? _feature;
    private PendingSection? _rule;
    private PendingSection? _background;
    private PendingSection? _scenario;
    private PendingSection? _examples;
    private PendingSection? _last;
    private PendingStep? _step;

    public string Language { get; set; } = "en";

    /// <summary>Tags read, for the next section that may have them.</summary>
    public List<PendingTag> Tags => _tags;

    public void AddComment(in Line line) => _comments.Add(new Comment(new Location(line.Number, 1), line.Text.ToString()));

    public void AddDescription(in Line line) => _last!.AddToDescription(line.Text.ToString());

    public void AddRow(in Line line) => _rows.Add(new PendingRow(LocationOf(line), CellReader.ReadCells(line)));

    public void AddDocString(DocString docString) => _step!.DocString = docString;

    public void OpenFeature(in Line line, Keyword keyword) => _feature = Open(line, keyword);

    public void OpenRule(in Line line, Keyword keyword)
    {
        CloseRule();
        _rule = Open(line, keyword);
    }

    public void OpenBackground(in Line line, Keyword keyword) => _background = Open(line, keyword);

    public void OpenScenario(in Line line, Keyword keyword)
    {
        CloseScenarioOrBackground();
        _scenario = Open(line, keyword);
    }

    public void OpenExamples(in Line line, Keyword keyword)
    {
        CloseStep();
        CloseExamples();
        _examples = Open(line, keyword);
    }

    public void OpenStep(in Line line, Keyword keyword)
    {
        CloseStep();
        _step = new PendingStep(LocationOf(line), keyword, RestOf(line, keyword));
    }

    public GherkinDocument Finish(string uri)
    {
        CloseRule();
        var feature = _feature is null
            ? null
            : new Feature(
                _feature.Location,
                MakeTags(_feature),
                Language,
                _feature.Keyword,
                _feature.Name,
                _feature.Description,
                Take(_featureChildren));
        return new GherkinDocument(uri, feature, _comments);
    }

    private static Location LocationOf(in Line line) => new(line.Number, line.Column);

    private static string RestOf(in Line line, Keyword keyword) => line.Trimmed[keyword.Length..].Trim().ToString();

    private static T[] Take<T>(List<T> list)
    {
        if (list.Count == 0)
        {
            return [];
        }

        T[] taken = [.. list];
        list.Clear();
        return taken;
    }

    private PendingSection Open(in Line line, Keyword keyword) =>
        _last = new PendingSection(LocationOf(line), keyword.Text, RestOf(line, keyword), Take(_tags));

    private void CloseRule()
    {
        CloseScenarioOrBackground();
        if (_rule is null)
        {
            return;
        }

        var rule = new Rule(
            _rule.Location, MakeTags(_rule), _rule.Keyword, _rule.Name, _rule.Description, Take(_ruleChildren), newId());
        _featureChildren.Add(new FeatureChild(Rule: rule));
        _rule = null;
    }

    private void CloseScenarioOrBackground()
    {
        CloseStep();
        CloseExamples();
        if (_background is not null)
        {
            Add(new Background(
                _background.Location, _background.Keyword, _background.Name, _background.Description, Take(_steps), newId()));
            _background = null;
        }

        if (_scenario is not null)
        {
            Add(new Scenario(
                _scenario.Location,
                MakeTags(_scenario),
                _scenario.Keyword,
                _scenario.Name,
                _scenario.Description,
                Take(_steps),
                Take(_allExamples),
                newId()));
            _scenario = null;
        }
    }

    private void Add(Background background)
    {
        if (_rule is null)
        {
            _featureChildren.Add(new FeatureChild(Background: background));
        }
        else
        {
            _ruleChildren.Add(new RuleChild(Background: background));
        }
    }

    private void Add(Scenario scenario)
    {
        if (_rule is null)
        {
            _featureChildren.Add(new FeatureChild(Scenario: scenario));
        }
        else
        {
            _ruleChildren.Add(new RuleChild(Scenario: scenario));
        }
    }

    private void CloseExamples()
    {
        if (_examples is null)
        {
            return;
        }

        var rows = MakeRows();
        _allExamples.Add(new Examples(
            _examples.Location,
            MakeTags(_examples),
            _examples.Keyword,
            _examples.Name,
            _examples.Description,
            rows.Length > 0 ? rows[0] : null,
            rows.Length > 1 ? rows[1..] : [],
            newId()));
        _examples = null;
    }

    private void CloseStep()
    {
        if (_step is null)
        {
            return;
        }

        var rows = MakeRows();
        var table = rows.Length > 0 ? new DataTable(rows[0].Location, rows) : null;
        _steps.Add(new Step(
            _step.Location, _step.Keyword.Text, _step.Keyword.StepType, _step.Text, _step.DocString, table, newId()));
        _step = null;
    }

    private TableRow[] MakeRows()
    {
        if (_rows.Count == 0)
        {
            return [];
        }

        var inconsistent = _rows.Find(row => row.Cells.Length != _rows[0].Cells.Length);
        if (inconsistent is not null)
        {
            errors.Add(ParseError.At(
                inconsistent.Location.Line, inconsistent.Location.Column, "inconsistent cell count within the table"));
        }

        var rows = new TableRow[_rows.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new TableRow(_rows[i].Location, _rows[i].Cells, newId());
        }

        _rows.Clear();
        return rows;
    }

    private Tag[] MakeTags(PendingSection section)
    {
        if (section.Tags.Count == 0)
        {
            return [];
        }

        var tags = new Tag[section.Tags.Count];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = new Tag(section.Tags[i].Location, section.Tags[i].Name, newId());
        }

        return tags;
    }
}
