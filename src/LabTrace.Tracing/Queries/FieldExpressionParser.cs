namespace LabTrace.Tracing.Queries;

/// <summary>Reads field expressions by descent: or, and, not, brackets, conditions.</summary>
internal sealed class FieldExpressionParser(string text, int start)
{
    /// <summary>Brackets and nots deeper than this are no question that anybody asks.</summary>
    private const int MaxDepth = 64;

    private static readonly (FieldOperator Operator, string Words, string Sign)[] OperatorsLongestFirst =
        [.. FieldOperators.All.OrderByDescending(o => o.Sign.Length)];

    private int _at = start;
    private int _depth;

    public FieldExpression Parse()
    {
        var whole = Or();
        return _at < text.Length ? throw Expected("' and ' or ' or '") : whole;
    }

    private FieldExpression Or()
    {
        List<FieldExpression> parts = [And()];
        while (TryWord("or"))
        {
            parts.Add(And());
        }

        return parts.Count == 1 ? parts[0] : new FieldExpression.Any([.. parts]);
    }

    private FieldExpression And()
    {
        List<FieldExpression> parts = [Term()];
        while (TryWord("and"))
        {
            parts.Add(Term());
        }

        return parts.Count == 1 ? parts[0] : new FieldExpression.All([.. parts]);
    }

    private FieldExpression Term()
    {
        if (++_depth > MaxDepth)
        {
            throw new FormatException($"the expression \"{text}\" is nested deeper than {MaxDepth}");
        }

        SkipBlanks();
        FieldExpression term;
        if (IsWordAt(_at, "not"))
        {
            _at += 3;
            term = new FieldExpression.Not(Term());
        }
        else if (_at < text.Length && text[_at] == '(')
        {
            var open = _at++;
            term = Or();
            SkipBlanks();
            if (_at >= text.Length || text[_at] != ')')
            {
                throw new FormatException($"the ( at column {open + 1} of \"{text}\" is not closed");
            }

            _at++;
        }
        else
        {
            term = new FieldExpression.Single(Condition());
        }

        _depth--;
        return term;
    }

    private FieldCondition Condition()
    {
        var begin = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
        {
            _at++;
        }

        var field = text[begin.._at];
        SkipBlanks();
        var rest = text[_at..];
        var found = OperatorsLongestFirst.FirstOrDefault(o => rest.StartsWith(o.Sign, StringComparison.Ordinal));
        if (field.Length == 0 || found.Sign is null)
        {
            throw new FormatException(
                $"no condition at column {begin + 1} of \"{text}\", found '{text[begin..]}'; "
                + $"write FIELD OPERATOR VALUE, the operator one of: {string.Join(' ', FieldOperators.All.Select(o => o.Sign))}");
        }

        _at += found.Sign.Length;
        SkipBlanks();
        return new FieldCondition(field, found.Operator, _at < text.Length && text[_at] == '\'' ? Quoted() : Bare());
    }

    private string Quoted()
    {
        var close = text.IndexOf('\'', _at + 1);
        if (close < 0)
        {
            throw new FormatException($"the ' at column {_at + 1} of \"{text}\" is not closed");
        }

        var value = text[(_at + 1)..close];
        _at = close + 1;
        return _at < text.Length && text[_at] is not (' ' or ')') ? throw Expected("' and ', ' or ' or the end") : value;
    }

    /// <summary>A value without quotes: up to <c> and </c>, <c> or </c>, or a bracket that closes one from before it.</summary>
    private string Bare()
    {
        var begin = _at;
        var open = 0;
        while (_at < text.Length && !(text[_at] == ' ' && (IsWordAt(_at + 1, "and") || IsWordAt(_at + 1, "or"))))
        {
            open += text[_at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (open < 0)
            {
                break;
            }

            _at++;
        }

        var value = text[begin.._at].Trim();
        return value.Length == 0
            ? throw new FormatException($"a value is missing at column {begin + 1} of \"{text}\"; write '' for an empty one")
            : value;
    }

    private bool TryWord(string word)
    {
        SkipBlanks();
        if (!IsWordAt(_at, word))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private bool IsWordAt(int at, string word) =>
        text.AsSpan(Math.Min(at, text.Length)).StartsWith(word, StringComparison.Ordinal)
        && (at + word.Length == text.Length || text[at + word.Length] is ' ' or '(');

    private void SkipBlanks()
    {
        while (_at < text.Length && text[_at] == ' ')
        {
            _at++;
        }
    }

    private FormatException Expected(string what) => new($"expected {what} at column {_at + 1} of \"{text}\", found '{text[_at..]}'");
}
