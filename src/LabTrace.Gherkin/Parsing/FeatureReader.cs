using System.Text;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Parsing;

/// <summary>Reads a feature file line by line. A line that does not fit is reported and left out, and reading goes on as if it were not there.</summary>
internal ref struct FeatureReader
{
    private const int MaxQuoted = 200;

    private readonly List<ParseError> _errors = [];
    private readonly DocumentBuilder _builder;
    private readonly bool _isMarkdown;
    private Dialect _dialect = Dialect.English;
    private ParserState _state = ParserState.Start;
    private LineCursor _lines;

    public FeatureReader(ReadOnlySpan<char> text, Func<string> newId, bool isMarkdown, string language)
    {
        _isMarkdown = isMarkdown;
        _lines = new LineCursor(text);
        _builder = new DocumentBuilder(newId, _errors);
        if (Dialects.Find(language) is { } dialect)
        {
            _dialect = dialect;
            _builder.Language = language;
        }
    }

    public ParseResult Read(string uri)
    {
        while (_errors.Count < GherkinParser.MaxErrors && _lines.TryNext(out var line))
        {
            if (_isMarkdown)
            {
                TakeMarkdown(line);
            }
            else
            {
                var kind = Classify(line, out var keyword);
                Take(line, kind, keyword);
            }
        }

        if (!Grammar.Accepts(_state, TokenKind.EOF) && _errors.Count < GherkinParser.MaxErrors)
        {
            _errors.Add(ParseError.At(_lines.Count + 1, 0, $"unexpected end of file, expected: {Expected()}"));
        }

        var document = _builder.Finish(uri);
        return _errors.Count == 0
            ? new ParseResult(document, [])
            : new ParseResult(null, [.. _errors.OrderBy(error => error.Location.Line)]);
    }

    /// <summary>In Markdown the first line names the feature when no title does, and tables and code may stand anywhere.</summary>
    private void TakeMarkdown(Line line)
    {
        var kind = MarkdownLine.Classify(ref line, _dialect, out var keyword);
        if (kind == TokenKind.Empty && !line.Trimmed.IsEmpty && Grammar.Accepts(_state, TokenKind.FeatureLine))
        {
            kind = TokenKind.FeatureLine;
            keyword = new Keyword("", TokenKind.FeatureLine, StepKeywordType.Unknown);
        }

        // A second title of a feature is text, as tables and code are where none can be.
        if (kind is TokenKind.TableRow or TokenKind.DocStringSeparator or TokenKind.FeatureLine && !Grammar.Accepts(_state, kind))
        {
            kind = TokenKind.Empty;
        }

        Take(line, kind, keyword);
    }

    private void Take(in Line line, TokenKind kind, Keyword? keyword)
    {
        if (!Grammar.Accepts(_state, kind))
        {
            if (!Grammar.Accepts(_state, TokenKind.Other))
            {
                Reject(line);
                return;
            }

            kind = TokenKind.Other;
        }

        switch (kind)
        {
            case TokenKind.Comment:
                _builder.AddComment(line);
                _state = DescriptionAfter(_state);
                break;
            case TokenKind.Language:
                TakeLanguage(line);
                break;
            case TokenKind.TagLine:
                _state = TagsState();
                ReadTags(line);
                break;
            case TokenKind.FeatureLine:
                _builder.OpenFeature(line, keyword!);
                _state = ParserState.Header;
                break;
            case TokenKind.RuleLine:
                _builder.OpenRule(line, keyword!);
                _state = ParserState.Header;
                break;
            case TokenKind.BackgroundLine:
                _builder.OpenBackground(line, keyword!);
                _state = ParserState.Background;
                break;
            case TokenKind.ScenarioLine:
                _builder.OpenScenario(line, keyword!);
                _state = ParserState.Scenario;
                break;
            case TokenKind.ExamplesLine:
                _builder.OpenExamples(line, keyword!);
                _state = ParserState.Examples;
                break;
            case TokenKind.StepLine:
                _builder.OpenStep(line, keyword!);
                _state = InScenario(_state) ? ParserState.ScenarioStep : ParserState.BackgroundStep;
                break;
            case TokenKind.TableRow:
                _builder.AddRow(line);
                _state = TableAfter(_state);
                break;
            case TokenKind.DocStringSeparator:
                TakeDocString(line);
                break;
            case TokenKind.Other:
                _builder.AddDescription(line);
                _state = DescriptionAfter(_state);
                break;
        }
    }

    private readonly TokenKind Classify(in Line line, out Keyword? keyword)
    {
        keyword = null;
        var text = line.Trimmed;
        if (text.IsEmpty)
        {
            return TokenKind.Empty;
        }

        switch (text[0])
        {
            case '#':
                return _state == ParserState.Start && LanguageReader.TryRead(text, out _) ? TokenKind.Language : TokenKind.Comment;
            case '@':
                return TokenKind.TagLine;
            case '|':
                return TokenKind.TableRow;
            case '"' when text.StartsWith("\"\"\""):
            case '`' when text.StartsWith("```"):
                return TokenKind.DocStringSeparator;
            default:
                keyword = _dialect.Find(text, stepsFirst: Grammar.Accepts(_state, TokenKind.StepLine));
                return keyword?.Kind ?? TokenKind.Other;
        }
    }

    private void TakeLanguage(in Line line)
    {
        LanguageReader.TryRead(line.Trimmed, out var span);
        var name = span.ToString();
        if (Dialects.Find(name) is { } dialect)
        {
            _dialect = dialect;
            _builder.Language = name;
            _state = ParserState.Language;
        }
        else
        {
            _errors.Add(ParseError.At(line.Number, line.Column, $"Language not supported: {name}"));
            _builder.AddComment(line);
        }
    }

    private readonly void ReadTags(in Line line)
    {
        if (_isMarkdown)
        {
            MarkdownLine.ReadTags(line, _builder.Tags);
        }
        else
        {
            TagReader.Read(line, _builder.Tags, _errors);
        }
    }

    /// <summary>Where tags lead is told by the first line behind them that is neither tag, comment nor empty.</summary>
    private readonly ParserState TagsState()
    {
        switch (_state)
        {
            case ParserState.Start or ParserState.Language or ParserState.FeatureTags:
                return ParserState.FeatureTags;
            case ParserState.ScenarioTags or ParserState.ExamplesTags or ParserState.RuleTags:
                return _state;
        }

        var ahead = _lines;
        while (ahead.TryNext(out var line))
        {
            if (line.Trimmed.IsEmpty || (!_isMarkdown && line.Trimmed[0] is '#' or '@'))
            {
                continue;
            }

            var kind = _isMarkdown
                ? MarkdownLine.Classify(ref line, _dialect, out _)
                : _dialect.Find(line.Trimmed, stepsFirst: false)?.Kind ?? TokenKind.Other;
            switch (kind)
            {
                case TokenKind.Empty or TokenKind.TagLine:
                    continue;
                case TokenKind.ExamplesLine when Grammar.Accepts(_state, TokenKind.ExamplesLine):
                    return ParserState.ExamplesTags;
                case TokenKind.ScenarioLine:
                    return ParserState.ScenarioTags;
                default:
                    return ParserState.RuleTags;
            }
        }

        return ParserState.RuleTags;
    }

    private void TakeDocString(in Line opening)
    {
        var delimiter = _isMarkdown ? MarkdownLine.FenceOf(opening.Trimmed).ToString() : opening.Trimmed[0] == '"' ? "\"\"\"" : "```";
        var escaped = opening.Trimmed[0] == '"' ? "\\\"\\\"\\\"" : "\\`\\`\\`";
        var mediaType = opening.Trimmed[delimiter.Length..].Trim();
        var location = new Location(opening.Number, opening.Column);
        var content = new StringBuilder();
        var isFirst = true;
        while (_lines.TryNext(out var line))
        {
            if (_isMarkdown ? line.Trimmed.TrimEnd().SequenceEqual(delimiter) : line.Trimmed.StartsWith(delimiter))
            {
                var text = (_isMarkdown ? content : content.Replace(escaped, delimiter)).ToString();
                _builder.AddDocString(new DocString(location, mediaType.IsEmpty ? null : mediaType.ToString(), text, delimiter));
                _state = DocStringAfter(_state);
                return;
            }

            if (!isFirst)
            {
                content.Append('\n');
            }

            isFirst = false;
            content.Append(opening.Indent > line.Indent ? line.Trimmed : line.Text[opening.Indent..]);
        }

        _state = ParserState.InDocString;
    }

    private readonly void Reject(in Line shifted)
    {
        var line = new Line(shifted.Text, shifted.Number);
        var found = line.Trimmed.TrimEnd();
        var quoted = found.Length <= MaxQuoted ? found.ToString() : string.Concat(found[..MaxQuoted], "…");
        _errors.Add(ParseError.At(line.Number, line.Column, $"expected: {Expected()}, got '{quoted}'"));
    }

    private readonly string Expected() => string.Join(", ", Grammar.Expected(_state).Select(kind => $"#{kind}"));

    private static bool InScenario(ParserState state) => state is >= ParserState.Scenario and <= ParserState.ScenarioDocStringTable;

    private static ParserState DescriptionAfter(ParserState state) => state switch
    {
        ParserState.Header => ParserState.HeaderDescription,
        ParserState.Background => ParserState.BackgroundDescription,
        ParserState.Scenario => ParserState.ScenarioDescription,
        ParserState.Examples => ParserState.ExamplesDescription,
        _ => state,
    };

    private static ParserState TableAfter(ParserState state) => state switch
    {
        ParserState.BackgroundStep => ParserState.BackgroundTable,
        ParserState.BackgroundDocString => ParserState.BackgroundDocStringTable,
        ParserState.ScenarioStep => ParserState.ScenarioTable,
        ParserState.ScenarioDocString => ParserState.ScenarioDocStringTable,
        ParserState.Examples or ParserState.ExamplesDescription => ParserState.ExamplesTable,
        _ => state,
    };

    private static ParserState DocStringAfter(ParserState state) => state switch
    {
        ParserState.BackgroundStep => ParserState.BackgroundDocString,
        ParserState.BackgroundTable => ParserState.BackgroundTableDocString,
        ParserState.ScenarioStep => ParserState.ScenarioDocString,
        _ => ParserState.ScenarioTableDocString,
    };
}
