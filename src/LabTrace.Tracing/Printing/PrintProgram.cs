namespace LabTrace.Tracing;

/// <summary>A print format, compiled once per event.</summary>
internal sealed class PrintProgram
{
    private readonly List<PrintfPart> _parts;
    private readonly PrintNode[] _arguments;
    private readonly Dictionary<string, (int First, int Last)> _labels = new(StringComparer.Ordinal);

    private PrintProgram(List<PrintfPart> parts, PrintNode[] arguments)
    {
        _parts = parts;
        _arguments = arguments;
    }

    /// <summary>Compiles; null when the format holds something that is not understood.</summary>
    public static PrintProgram? TryCompile(EventFormat format)
    {
        try
        {
            var (template, arguments) = PrintParser.Parse(format);
            template = ProbeTemplate(template, arguments);
            var parts = Printf.Split(template);
            var needed = parts.Sum(p => p.Conversion == '\0' ? 0 : 1 + Stars(p));
            if (needed > arguments.Length)
            {
                return null;
            }

            var program = new PrintProgram(parts, arguments);
            program.FindLabels(format);
            return program;
        }
        catch (PrintSyntaxException)
        {
            return null;
        }
    }

    /// <summary>Prints a record; false when a value cannot be had.</summary>
    public bool TryPrint(ref PrintFrame frame, Utf8Text text) => TryPrint(ref frame, text, 0, _parts.Count, hasLiteral: true);

    /// <summary>What is printed for a field whose value is shown by name; null for fields that are printed as they are.</summary>
    public string? LabelOf(string field, ref PrintFrame frame)
    {
        if (!_labels.TryGetValue(field, out var range))
        {
            return null;
        }

        var text = new Utf8Text();
        return TryPrint(ref frame, text, range.First, range.Last + 1, hasLiteral: false) ? text.ToString() : null;
    }

    /// <summary>Appends what <see cref="LabelOf"/> gives; false when there is no label.</summary>
    public bool AppendLabel(string field, ref PrintFrame frame, Utf8Text text) =>
        _labels.TryGetValue(field, out var range) && TryPrint(ref frame, text, range.First, range.Last + 1, hasLiteral: false);

    /// <summary>Probes are printed by code of the kernel's own: the place with 0x or as a symbol, and a return as <c>(to &lt;- function)</c>,
    /// the other way round than their print format says.</summary>
    private static string ProbeTemplate(string template, PrintNode[] arguments)
    {
        const string Enter = "(%lx)";
        const string Return = "(%lx <- %lx)";
        if (template.StartsWith(Enter, StringComparison.Ordinal) && arguments is [FieldNode { OnlyField: "__probe_ip" }, ..])
        {
            return string.Concat("(%pP)", template.AsSpan(Enter.Length));
        }

        if (template.StartsWith(Return, StringComparison.Ordinal)
            && arguments is [FieldNode { OnlyField: "__probe_func" }, FieldNode { OnlyField: "__probe_ret_ip" }, ..])
        {
            (arguments[0], arguments[1]) = (arguments[1], arguments[0]);
            return string.Concat("(%pP <- %ps)", template.AsSpan(Return.Length));
        }

        return template;
    }

    private static int Stars(PrintfPart part) =>
        (part.Width == PrintfPart.FromArgument ? 1 : 0) + (part.Precision == PrintfPart.FromArgument ? 1 : 0);

    private bool TryPrint(ref PrintFrame frame, Utf8Text text, int from, int to, bool hasLiteral)
    {
        var argument = 0;
        for (var i = 0; i < to; i++)
        {
            var part = _parts[i];
            if (i < from)
            {
                argument += 1 + Stars(part);
                continue;
            }

            if (hasLiteral)
            {
                text.Append(part.LiteralBytes);
            }

            if (part.Conversion == '\0')
            {
                break;
            }

            var width = part.Width == PrintfPart.FromArgument ? (int)_arguments[argument++].Evaluate(ref frame).Bits : part.Width;
            var precision = part.Precision == PrintfPart.FromArgument ? (int)_arguments[argument++].Evaluate(ref frame).Bits : part.Precision;
            if (frame.HasFailed || !Printf.TryAppend(part, width, precision, _arguments[argument++], ref frame, text))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Finds the conversions that show one number by name: the first %s computed from that field alone, and the %s that follow it
    /// without text between (sched_switch shows prev_state as "R" and "+"), or an address printed as a symbol.</summary>
    private void FindLabels(EventFormat format)
    {
        var argument = 0;
        for (var i = 0; i < _parts.Count && _parts[i].Conversion != '\0'; i++)
        {
            var part = _parts[i];
            argument += Stars(part);
            var node = _arguments[argument++];
            var isSymbol = part.Conversion == 'p' && part.Extension is ['s' or 'S' or 'f' or 'F' or 'B', ..];
            if ((!isSymbol && (part.Conversion != 's' || node is FieldNode)) || node.OnlyField is not { } name
                || !format.TryGetField(name, out var field) || field.Shape != FieldShape.Integer)
            {
                continue;
            }

            if (_labels.TryGetValue(name, out var range) && (range.Last != i - 1 || part.Literal.Length > 0))
            {
                continue;
            }

            _labels[name] = _labels.TryGetValue(name, out range) ? (range.First, i) : (i, i);
        }
    }
}
