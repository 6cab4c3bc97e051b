namespace LabTrace.Tracing;

/// <summary>Compiles the C text of a print format: the format string and its arguments.</summary>
internal sealed partial class PrintParser
{
    private const int MaxNesting = 200;

    private readonly EventFormat _format;
    private readonly List<CToken> _tokens;
    private readonly Dictionary<string, PrintNode> _locals = new(StringComparer.Ordinal);
    private int _at;
    private int _nesting;
    private bool _isInTable;

    private PrintParser(EventFormat format)
    {
        _format = format;
        _tokens = CLexer.Split(format.PrintFormat, format.Layout.LongSize);
    }

    private CToken Current => _tokens[_at];

    /// <exception cref="PrintSyntaxException">The text holds something that is not understood.</exception>
    public static (string Template, PrintNode[] Arguments) Parse(EventFormat format)
    {
        var parser = new PrintParser(format);
        if (parser.Current.Kind != CTokenKind.Text)
        {
            throw new PrintSyntaxException("the print format does not start with a text");
        }

        var template = parser.Texts();
        var arguments = new List<PrintNode>();
        while (parser.TrySymbol(","))
        {
            arguments.Add(parser.Expression());
        }

        return parser.Current.Kind == CTokenKind.End
            ? (template, [.. arguments])
            : throw new PrintSyntaxException($"'{parser.Current.Text}' follows the last argument");
    }

    private string Texts()
    {
        var text = "";
        while (Current.Kind == CTokenKind.Text)
        {
            text += _tokens[_at++].Text;
        }

        return text;
    }

    private bool IsSymbol(string symbol, int ahead = 0) =>
        _at + ahead < _tokens.Count && _tokens[_at + ahead] is { Kind: CTokenKind.Symbol } token && token.Text == symbol;

    private bool TrySymbol(string symbol)
    {
        var isIt = IsSymbol(symbol);
        _at += isIt ? 1 : 0;
        return isIt;
    }

    private void Expect(string symbol)
    {
        if (!TrySymbol(symbol))
        {
            throw new PrintSyntaxException($"expected '{symbol}', found '{Current.Text}'");
        }
    }

    private string ExpectWord()
    {
        return Current.Kind == CTokenKind.Word
            ? _tokens[_at++].Text
            : throw new PrintSyntaxException($"expected a name, found '{Current.Text}'");
    }

    private PrintNode Expression()
    {
        if (++_nesting > MaxNesting)
        {
            throw new PrintSyntaxException("the expression is nested too deeply");
        }

        var condition = Binary(0);
        if (TrySymbol("?"))
        {
            var whenTrue = IsSymbol(":") ? condition : Expression();
            Expect(":");
            condition = Folded(new ConditionalNode(condition, whenTrue, Expression()));
        }

        _nesting--;
        return condition;
    }

    private PrintNode Binary(int minimum)
    {
        var left = Unary();
        while (Current.Kind == CTokenKind.Symbol && Precedence(Current.Text) is var precedence && precedence > minimum)
        {
            var op = _tokens[_at++].Text;
            var right = Binary(precedence);
            left = Folded(op is "&&" or "||" ? new LogicalNode(op == "&&", left, right) : new BinaryNode(op, left, right));
        }

        return left;
    }

    private static int Precedence(string op) => op switch
    {
        "*" or "/" or "%" => 10,
        "+" or "-" => 9,
        "<<" or ">>" => 8,
        "<" or ">" or "<=" or ">=" => 7,
        "==" or "!=" => 6,
        "&" => 5,
        "^" => 4,
        "|" => 3,
        "&&" => 2,
        "||" => 1,
        _ => 0,
    };

    private PrintNode Unary()
    {
        if (++_nesting > MaxNesting)
        {
            throw new PrintSyntaxException("the expression is nested too deeply");
        }

        var node = UnaryCore();
        _nesting--;
        return node;
    }

    private PrintNode UnaryCore()
    {
        if (Current is { Kind: CTokenKind.Symbol, Text: "!" or "~" or "-" or "+" })
        {
            var op = _tokens[_at++].Text[0];
            return Folded(new UnaryNode(op, Unary()));
        }

        if (TrySymbol("*"))
        {
            return new IndexNode(Unary(), Zero);
        }

        if (TrySymbol("&"))
        {
            // The address of a field is the place in the record, which is what arrays evaluate to.
            var operand = Unary();
            return operand is FieldNode { Field: var field } ? new AddressNode(field) : operand;
        }

        if (IsSymbol("(") && IsSymbol("{", 1))
        {
            return Postfix(Statements());
        }

        if (IsSymbol("(") && _tokens[_at + 1] is { Kind: CTokenKind.Word } word && CTypeName.IsTypeWord(word.Text))
        {
            _at++;
            var type = TypeName();
            Expect(")");
            return Folded(new CastNode(Unary(), type));
        }

        return Postfix(Primary());
    }

    private CTypeName TypeName()
    {
        var words = new List<string>();
        while (Current.Kind == CTokenKind.Word)
        {
            words.Add(ExpectWord());
        }

        var stars = 0;
        while (IsSymbol("*") || Current is { Kind: CTokenKind.Word, Text: "const" or "__seg_gs" })
        {
            stars += IsSymbol("*") ? 1 : 0;
            _at++;
        }

        return CTypeName.Of(words, stars, _format.Layout.LongSize);
    }

    /// <summary><c>({ int x = a; int y = b; x &lt; y ? x : y; })</c>, what the kernel's min() leaves.</summary>
    private PrintNode Statements()
    {
        Expect("(");
        Expect("{");
        while (Current is { Kind: CTokenKind.Word } word && CTypeName.IsTypeWord(word.Text))
        {
            var words = new List<string>();
            while (Current.Kind == CTokenKind.Word)
            {
                words.Add(ExpectWord());
            }

            var type = CTypeName.Of(words.GetRange(0, words.Count - 1), 0, _format.Layout.LongSize);
            Expect("=");
            _locals[words[^1]] = new CastNode(Expression(), type);
            Expect(";");
        }

        var value = Expression();
        _ = TrySymbol(";");
        Expect("}");
        Expect(")");
        return value;
    }

    private PrintNode Postfix(PrintNode node)
    {
        while (IsSymbol("[") || IsSymbol(".") || IsSymbol("->"))
        {
            if (!TrySymbol("["))
            {
                throw new PrintSyntaxException("members of structures are not known to the format");
            }

            node = new IndexNode(node, Expression());
            Expect("]");
        }

        return node;
    }

    private PrintNode Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case CTokenKind.Number:
                _at++;
                return new ConstantNode(token.Value);
            case CTokenKind.Text:
                return new ConstantNode(CValue.Of(Texts()));
            case CTokenKind.Symbol when TrySymbol("("):
                if (Current is { Kind: CTokenKind.Word, Text: "REC" } && IsSymbol(")", 1))
                {
                    _at += 2;
                    return Record();
                }

                var inner = Expression();
                Expect(")");
                return inner;
            case CTokenKind.Word when token.Text == "REC":
                _at++;
                return Record();
            case CTokenKind.Word when token.Text == "sizeof":
                _at++;
                return Sizeof();
            case CTokenKind.Word when IsSymbol("(", 1):
                _at++;
                return Call(token.Text);
            case CTokenKind.Word when _locals.TryGetValue(token.Text, out var local):
                _at++;
                return local;
            case CTokenKind.Word when KernelConstants.TryGet(token.Text, out var value):
                _at++;
                return new ConstantNode(CValue.Of(value > uint.MaxValue ? CType.ULong : CType.Int, value));
            case CTokenKind.Word when _isInTable:
                // An enumerator that the format does not define: a number nobody knows.
                _at++;
                return new UnknownNode();
            default:
                throw new PrintSyntaxException($"'{token.Text}' is not known");
        }
    }

    private PrintNode Record()
    {
        Expect("->");
        var name = ExpectWord();
        if (_format.TryGetField(name, out var field))
        {
            return new FieldNode(field);
        }

        const string Location = "__data_loc_";
        if (name.StartsWith(Location, StringComparison.Ordinal) && _format.TryGetField(name[Location.Length..], out field))
        {
            return new LocationWordNode(field);
        }

        throw new PrintSyntaxException($"the event has no field '{name}'");
    }

    private ConstantNode Sizeof()
    {
        Expect("(");
        long size;
        if (Current is { Kind: CTokenKind.Word } word && CTypeName.IsTypeWord(word.Text))
        {
            size = TypeName().Size;
        }
        else
        {
            size = Expression() is FieldNode { Field: { Place: FieldPlace.Fixed } field } ? field.Size : 0;
        }

        Expect(")");
        return size > 0
            ? new ConstantNode(CValue.Of(_format.Layout.LongSize == 8 ? CType.ULong : CType.UInt, (ulong)size))
            : throw new PrintSyntaxException("the size of a type is not known");
    }

    private static ConstantNode Zero { get; } = new(CValue.Of(CType.Int, 0));

    private static PrintNode Folded(PrintNode node)
    {
        if (!node.IsConstant)
        {
            return node;
        }

        var frame = new PrintFrame(default, PrintContext.None, RecordLayout.Linux(isBigEndian: false, 8));
        var value = node.Evaluate(ref frame);
        return frame.HasFailed ? throw new PrintSyntaxException("a constant cannot be computed") : new ConstantNode(value);
    }
}
