using System.Globalization;
using System.Text;

namespace LabTrace.Emulation.Bpf;

/// <summary>A bpftrace program as the emulated bpftrace understands it: probes on system calls, intervals, BEGIN and END, with filters, maps and printf.</summary>
/// <remarks>A part of the language, enough for one-liners; what is not understood is refused by its words.</remarks>
internal sealed class BpftraceScript
{
    private readonly string _text;
    private int _at;

    private BpftraceScript(string text) => _text = text;

    public List<BpftraceClause> Clauses { get; } = [];

    /// <summary>Reads a program.</summary>
    /// <exception cref="FormatException">It is none, or uses what is not understood; the message is in bpftrace's manner.</exception>
    public static BpftraceScript Parse(string text)
    {
        var script = new BpftraceScript(text);
        script.SkipBlanks();
        while (script._at < text.Length)
        {
            script.Clauses.Add(script.Clause());
            script.SkipBlanks();
        }

        return script.Clauses.Count > 0 ? script : throw new FormatException("syntax error, unexpected end of file");
    }

    private BpftraceClause Clause()
    {
        List<string> probes = [];
        do
        {
            SkipBlanks();
            var start = _at;
            while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or ':' or '*'))
            {
                _at++;
            }

            probes.Add(CheckProbe(_text[start.._at]));
        }
        while (TryTake(","));
        BpftraceExpression? filter = null;
        if (TryTake("/"))
        {
            filter = Or();
            Take("/");
        }

        Take("{");
        List<BpftraceStatement> statements = [];
        while (!TryTake("}"))
        {
            statements.Add(Statement());
            _ = TryTake(";");
        }

        return new BpftraceClause(probes, filter, statements);
    }

    private static string CheckProbe(string probe)
    {
        var parts = probe.Split(':');
        var isKnown = probe is "BEGIN" or "END" || (parts is ["interval", "s" or "ms" or "us", var every] && int.TryParse(every, out _))
            || parts is ["tracepoint", "raw_syscalls", "sys_enter" or "sys_exit"]
            || (parts is ["tracepoint", "syscalls", var call] && Tracing.SyscallTable.Find(call.Replace("sys_enter_", "", StringComparison.Ordinal).Replace("sys_exit_", "", StringComparison.Ordinal)) is not null);
        return isKnown ? probe : throw new FormatException(
            parts is ["tracepoint", var system, var name] ? $"tracepoint not found: {system}:{name}" : $"the emulated bpftrace has no probe '{probe}'");
    }

    private BpftraceStatement Statement()
    {
        SkipBlanks();
        if (TryTake("exit()"))
        {
            return new BpftraceStatement("exit", "", [], []);
        }

        if (TryTake("printf("))
        {
            var format = Quoted();
            List<BpftraceExpression> arguments = [];
            while (TryTake(","))
            {
                arguments.Add(Or());
            }

            Take(")");
            return new BpftraceStatement("printf", format, [], arguments);
        }

        var map = Map();
        List<BpftraceExpression> keys = [];
        if (TryTake("["))
        {
            do
            {
                keys.Add(Or());
            }
            while (TryTake(","));
            Take("]");
        }

        if (TryTake("++"))
        {
            return new BpftraceStatement("count", map, keys, []);
        }

        Take("=");
        foreach (var function in (string[])["count", "sum", "min", "max", "avg", "hist"])
        {
            if (TryTake(function + "("))
            {
                List<BpftraceExpression> values = function == "count" ? [] : [Or()];
                Take(")");
                return new BpftraceStatement(function, map, keys, values);
            }
        }

        return new BpftraceStatement("set", map, keys, [Or()]);
    }

    private string Map()
    {
        var start = _at;
        if (_at < _text.Length && _text[_at] == '@')
        {
            _at++;
            while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            {
                _at++;
            }

            return _text[start.._at];
        }

        throw Unexpected("a statement: @map = …, printf(…) or exit()");
    }

    private BpftraceExpression Or()
    {
        var left = And();
        while (TryTake("||"))
        {
            left = new BpftraceExpression.Both("||", left, And());
        }

        return left;
    }

    private BpftraceExpression And()
    {
        var left = Comparison();
        while (TryTake("&&"))
        {
            left = new BpftraceExpression.Both("&&", left, Comparison());
        }

        return left;
    }

    private BpftraceExpression Comparison()
    {
        var left = Value();
        foreach (var operation in (string[])["==", "!=", "<=", ">=", "<", ">"])
        {
            if (TryTake(operation))
            {
                return new BpftraceExpression.Both(operation, left, Value());
            }
        }

        return left;
    }

    private BpftraceExpression Value()
    {
        SkipBlanks();
        if (TryTake("("))
        {
            var inner = Or();
            Take(")");
            return inner;
        }

        if (_at < _text.Length && _text[_at] == '"')
        {
            return new BpftraceExpression.Text(Quoted());
        }

        var start = _at;
        _at += _at < _text.Length && _text[_at] == '-' ? 1 : 0;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_' || (_text[_at] is '-' or '>' && _text.AsSpan(start).StartsWith("args->"))))
        {
            _at++;
            if (_text.AsSpan(start, _at - start).SequenceEqual("args") && _text.AsSpan(_at).StartsWith("->"))
            {
                _at += 2;
            }
        }

        var word = _text[start.._at];
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return new BpftraceExpression.Number(number);
        }

        return word is "pid" or "tid" or "cpid" or "comm" or "cpu" or "nsecs" || word.StartsWith("args->", StringComparison.Ordinal)
            ? new BpftraceExpression.Variable(word)
            : throw Unexpected("a value");
    }

    private string Quoted()
    {
        SkipBlanks();
        Take("\"");
        var text = new StringBuilder();
        while (_at < _text.Length && _text[_at] != '"')
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length)
            {
                _at++;
                _ = text.Append(_text[_at] switch { 'n' => '\n', 't' => '\t', var other => other });
            }
            else
            {
                _ = text.Append(_text[_at]);
            }

            _at++;
        }

        Take("\"");
        return text.ToString();
    }

    private bool TryTake(string word)
    {
        SkipBlanks();
        if (!_text.AsSpan(Math.Min(_at, _text.Length)).StartsWith(word, StringComparison.Ordinal))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private void Take(string word)
    {
        if (!TryTake(word))
        {
            throw Unexpected(word);
        }
    }

    private FormatException Unexpected(string expected) =>
        new($"syntax error at column {_at + 1}, unexpected '{(_at < _text.Length ? _text[_at..Math.Min(_text.Length, _at + 12)] : "end of file")}', expecting {expected}");

    private void SkipBlanks()
    {
        while (_at < _text.Length && (char.IsWhiteSpace(_text[_at]) || _text.AsSpan(_at).StartsWith("//")))
        {
            var end = _text[_at] == '/' ? _text.IndexOf('\n', _at) : _at;
            _at = end < 0 ? _text.Length : end + 1;
        }
    }
}

/// <summary>What is done at some probes, when a filter lets it.</summary>
internal sealed record BpftraceClause(IReadOnlyList<string> Probes, BpftraceExpression? Filter, IReadOnlyList<BpftraceStatement> Statements);

/// <summary>One thing that is done.</summary>
/// <param name="Function">exit, printf, set, or what a map gathers: count, sum, min, max, avg, hist.</param>
/// <param name="Subject">The map, or the format.</param>
/// <param name="Keys">The map's key.</param>
/// <param name="Values">What is gathered or printed.</param>
internal sealed record BpftraceStatement(string Function, string Subject, IReadOnlyList<BpftraceExpression> Keys, IReadOnlyList<BpftraceExpression> Values);

/// <summary>Something that has a value at a probe: a number, or a text.</summary>
internal abstract record BpftraceExpression
{
    /// <summary>Its value, given those of the variables.</summary>
    public abstract object Of(Func<string, object> variables);

    public sealed record Number(long Value) : BpftraceExpression
    {
        public override object Of(Func<string, object> variables) => Value;
    }

    public sealed record Text(string Value) : BpftraceExpression
    {
        public override object Of(Func<string, object> variables) => Value;
    }

    public sealed record Variable(string Name) : BpftraceExpression
    {
        public override object Of(Func<string, object> variables) => variables(Name);
    }

    public sealed record Both(string Operation, BpftraceExpression Left, BpftraceExpression Right) : BpftraceExpression
    {
        public override object Of(Func<string, object> variables)
        {
            var left = Left.Of(variables);
            if (Operation is "&&" or "||")
            {
                return (Operation == "&&") == IsTrue(left) ? IsTrue(Right.Of(variables)) ? 1L : 0L : IsTrue(left) ? 1L : 0L;
            }

            var right = Right.Of(variables);
            var order = left is long a && right is long b ? a.CompareTo(b) : string.CompareOrdinal(left.ToString(), right.ToString());
            return Operation switch { "==" => order == 0, "!=" => order != 0, "<" => order < 0, ">" => order > 0, "<=" => order <= 0, _ => order >= 0 } ? 1L : 0L;
        }

        private static bool IsTrue(object value) => value is long number ? number != 0 : value is string { Length: > 0 };
    }
}
