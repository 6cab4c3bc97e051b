namespace LabTrace.Gherkin.Expressions;

/// <summary>Parses a cucumber expression: <c>( alternation | optional | parameter | text )*</c>.</summary>
internal sealed class ExpressionParser
{
    /// <summary>Optionals may not nest at all; deeper than this they are refused before they exhaust the stack.</summary>
    private const int MaxDepth = 64;

    private readonly string _expression;
    private readonly List<Token> _tokens;
    private int _current = 1;
    private int _depth;
    private int _noAlternationBefore;

    private ExpressionParser(string expression)
    {
        _expression = expression;
        _tokens = Tokenizer.Tokenize(expression);
    }

    private Token Current => _tokens[_current];

    public static Node Parse(string expression)
    {
        var parser = new ExpressionParser(expression);
        return parser.ParseExpression();
    }

    private Node ParseExpression()
    {
        var nodes = new List<Node>();
        while (Current.Type != TokenType.EndOfLine)
        {
            nodes.Add(TryParseAlternation() ?? ParseOne());
        }

        return new Node(NodeType.Expression, nodes, "", 0, _expression.Length);
    }

    /// <summary>Parses <c>a/b/c</c> between boundaries: blank, start or <c>}</c> to its left, blank, end or <c>{</c> to its right.</summary>
    private Node? TryParseAlternation()
    {
        if (_current < _noAlternationBefore
            || _tokens[_current - 1].Type is not (TokenType.StartOfLine or TokenType.WhiteSpace or TokenType.EndParameter))
        {
            return null;
        }

        var first = _current;
        var start = Current.Start;
        var alternatives = new List<Node>();
        var parts = new List<Node>();
        while (Current.Type is not (TokenType.WhiteSpace or TokenType.EndOfLine or TokenType.BeginParameter))
        {
            if (Current.Type == TokenType.Alternation)
            {
                alternatives.Add(new Node(NodeType.Alternative, parts, "", start, Current.Start));
                start = Current.End;
                parts = [];
                _current++;
            }
            else
            {
                parts.Add(ParseOne());
            }
        }

        if (alternatives.Count == 0)
        {
            _noAlternationBefore = _current;
            _current = first;
            return null;
        }

        alternatives.Add(new Node(NodeType.Alternative, parts, "", start, Current.Start));
        return new Node(NodeType.Alternation, alternatives, "", _tokens[first].Start, Current.Start);
    }

    private Node ParseOne() => Current.Type switch
    {
        TokenType.BeginOptional => ParseOptional(),
        TokenType.BeginParameter => ParseParameter(),
        TokenType.Alternation => throw Problems.AlternationNotAllowedInOptional(Current, _expression),
        _ => ParseText(),
    };

    private Node ParseText()
    {
        var token = _tokens[_current++];
        return new Node(NodeType.Text, [], token.Text, token.Start, token.End);
    }

    private Node ParseOptional()
    {
        var begin = _tokens[_current++];
        if (++_depth > MaxDepth)
        {
            throw Problems.OptionalIsNotAllowedInOptional(begin.Start, begin.End, _expression);
        }

        var nodes = new List<Node>();
        while (Current.Type is not (TokenType.EndOptional or TokenType.EndOfLine))
        {
            nodes.Add(ParseOne());
        }

        _depth--;
        return Close(NodeType.Optional, begin, nodes, TokenType.EndOptional, ')', "optional text");
    }

    private Node ParseParameter()
    {
        var begin = _tokens[_current++];
        var nodes = new List<Node>();
        while (Current.Type is not (TokenType.EndParameter or TokenType.EndOfLine))
        {
            if (Current.Type is not (TokenType.WhiteSpace or TokenType.Text))
            {
                throw Problems.InvalidParameterTypeName(Current, _expression);
            }

            nodes.Add(ParseText());
        }

        return Close(NodeType.Parameter, begin, nodes, TokenType.EndParameter, '}', "a parameter");
    }

    private Node Close(NodeType type, Token begin, List<Node> nodes, TokenType end, char symbol, string purpose)
    {
        if (Current.Type != end)
        {
            throw Problems.MissingEnd(begin, symbol, purpose, _expression);
        }

        return new Node(type, nodes, "", begin.Start, _tokens[_current++].End);
    }
}
