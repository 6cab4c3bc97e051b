using LabTrace.Devices;

namespace LabTrace.Emulation.Ftrace;

/// <summary>
/// Reads a filter as the kernel does: first quotes, parentheses and terms are counted, then terms are read from left to
/// right. The order of the checks decides which error a filter with several of them gets, and where its caret stands.
/// </summary>
internal sealed class FilterParser(EmulatedEvent of, string text, int cpus)
{
    private int _at;
    private int _terms;
    private int _termsSeen;

    /// <exception cref="FilterException">The filter is refused.</exception>
    public Func<FilterInput, bool> Parse()
    {
        _terms = CountTerms();
        if (_terms == 0)
        {
            throw new FilterException(null, 0, Errno.EINVAL);
        }

        return ParseAlternatives(depth: 0);
    }

    private static FilterException Refuse(string reason, int position, Errno errno) => new(reason, position, errno);

    private int CountTerms()
    {
        var (quote, quoteAt, terms, isTerm) = ('\0', 0, 0, false);
        var open = new Stack<int>();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != 0)
            {
                quote = c == quote ? '\0' : quote;
                continue;
            }

            if (char.IsWhiteSpace(c))
            {
                continue;
            }

            switch (c)
            {
                case '\'' or '"':
                    (quote, quoteAt) = (c, i);
                    break;
                case '|' or '&' when i + 1 < text.Length && text[i + 1] == c:
                    i++;
                    isTerm = false;
                    continue;
                case '(':
                    open.Push(i);
                    isTerm = false;
                    continue;
                case ')':
                    if (open.Count == 0)
                    {
                        throw Refuse("Too few '('", i, Errno.EPERM);
                    }

                    _ = open.Pop();
                    isTerm = false;
                    continue;
            }

            terms += isTerm ? 0 : 1;
            isTerm = true;
        }

        if (quote != 0)
        {
            throw Refuse("Missing matching quote", quoteAt, Errno.ESRCH);
        }

        return open.Count == 0 ? terms : throw Refuse("Too many '('", open.Peek(), Errno.ENOENT);
    }

    private Func<FilterInput, bool> ParseAlternatives(int depth)
    {
        var any = new List<Func<FilterInput, bool>>();
        while (true)
        {
            var all = new List<Func<FilterInput, bool>>();
            char next;
            do
            {
                if (ParseOperand(depth) is not { } operand)
                {
                    // An operator with nothing behind it is let pass.
                    next = '\0';
                    break;
                }

                all.Add(operand);
                next = ParseOperator(depth);
            }
            while (next == '&');

            if (all.Count > 0)
            {
                any.Add(Join(all, isAnd: true));
            }

            if (next != '|')
            {
                return any.Count == 0 ? _ => true : Join(any, isAnd: false);
            }
        }
    }

    private static Func<FilterInput, bool> Join(List<Func<FilterInput, bool>> parts, bool isAnd) => parts switch
    {
        [var one] => one,
        _ when isAnd => input => parts.TrueForAll(p => p(input)),
        _ => input => parts.Exists(p => p(input)),
    };

    private Func<FilterInput, bool>? ParseOperand(int depth)
    {
        var isNot = false;
        while (_at < text.Length)
        {
            var c = text[_at];
            if (char.IsWhiteSpace(c))
            {
                _at++;
            }
            else if (c == '!' && !(_at + 1 < text.Length && text[_at + 1] is '=' or '~'))
            {
                isNot = !isNot;
                _at++;
            }
            else if (c == '(')
            {
                _at++;
                var inner = ParseAlternatives(depth + 1);
                return isNot ? input => !inner(input) : inner;
            }
            else
            {
                if (++_termsSeen > _terms)
                {
                    throw Refuse(FilterTerm.TooManyTerms, _at, Errno.EPERM);
                }

                var (term, length) = FilterTerm.Parse(of, text, _at, cpus);
                _at += length;
                return isNot ? input => !term(input) : term;
            }
        }

        return null;
    }

    private char ParseOperator(int depth)
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        if (_at >= text.Length)
        {
            return '\0';
        }

        var c = text[_at];
        if (c == ')' && depth > 0)
        {
            _at++;
            return ')';
        }

        if (c is '&' or '|' && _at + 1 < text.Length && text[_at + 1] == c)
        {
            _at += 2;
            return c;
        }

        throw Refuse(FilterTerm.TooManyTerms, _at, Errno.EPERM);
    }
}
