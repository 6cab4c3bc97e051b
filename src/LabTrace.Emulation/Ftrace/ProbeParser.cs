using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <summary>Reads a probe definition such as <c>p:group/name /path:0x1234 arg1=%di</c> with the kernel's checks, in its order.</summary>
internal sealed class ProbeParser
{
    private const int MaxNameLength = 63;
    private const string DefaultGroup = "uprobes";
    private readonly string _line;
    private readonly Action<string, int> _explain;

    private ProbeParser(string line, Action<string, int> explain)
    {
        _line = line;
        _explain = explain;
    }

    /// <param name="line">One definition.</param>
    /// <param name="tree">Where the probed file stands.</param>
    /// <param name="explain">Takes an explanation and the place of its caret.</param>
    /// <exception cref="Refusal">The definition is refused.</exception>
    public static ParsedProbe Parse(string line, FileTree tree, Action<string, int> explain) => new ProbeParser(line, explain).Parse(tree);

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private ParsedProbe Parse(FileTree tree)
    {
        var words = Words();
        var head = words[0].Text;
        if (head[0] is not ('p' or 'r') || words.Count < 2)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var colon = head.IndexOf(':', StringComparison.Ordinal);
        var place = words[1];
        var split = place.Text.LastIndexOf(':');
        if (!place.Text.StartsWith('/') || split < 0)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var path = place.Text[..split];
        var file = FindFile(tree, path, place.At);
        var offsetText = place.Text[(split + 1)..];
        var isReturn = head[0] == 'r';
        if (offsetText.EndsWith("%return", StringComparison.Ordinal))
        {
            offsetText = offsetText[..^"%return".Length];
            isReturn = true;
        }

        if (!TryOffset(offsetText, out var offset))
        {
            Refusal.Throw(Errno.EINVAL);
        }

        // A number behind the letter (r3:…) makes the kernel overlook the name.
        var (group, name) = Name(colon == 1 ? head[2..] : "", 2, path, offset);
        var arguments = new List<ProbeArgument>();
        foreach (var word in words.Skip(2))
        {
            arguments.Add(ProbeArgument.Parse(word.Text, arguments, isReturn, (reason, at) => Refuse(reason, word.At + at)));
        }

        return new ParsedProbe(group, name, path, file, offset, isReturn, arguments);
    }

    private static bool TryOffset(string text, out long offset) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out offset) && offset >= 0
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out offset);

    private List<(string Text, int At)> Words()
    {
        var words = new List<(string Text, int At)>();
        for (var i = 0; i < _line.Length;)
        {
            var end = _line.AsSpan(i).IndexOfAny(' ', '\t') is >= 0 and var length ? i + length : _line.Length;
            if (end > i)
            {
                words.Add((_line[i..end], i));
            }

            i = end + 1;
        }

        return words;
    }

    private Node FindFile(FileTree tree, string path, int at)
    {
        var node = tree.Find(path);
        if (node is null)
        {
            _explain("Failed to find the given file", at);
            throw new Refusal(Errno.ENOENT);
        }

        if (node is not OrdinaryFile)
        {
            Refuse("Not a regular file", at);
        }

        return node;
    }

    private (string Group, string Name) Name(string text, int at, string path, long offset)
    {
        var slash = text.IndexOfAny(['/', '.']);
        var group = slash < 0 ? DefaultGroup : text[..slash];
        var name = text[(slash + 1)..];
        if (slash >= 0)
        {
            CheckName(group, at, "Group");
        }

        if (name.Length > 0)
        {
            CheckName(name, at + slash + 1, "Event");
            return (group, name);
        }

        var file = path[(path.LastIndexOf('/') + 1)..];
        var end = file.AsSpan().IndexOfAny('.', '-', '_');
        var stem = end < 0 ? file : file[..end];
        return (group, string.Create(CultureInfo.InvariantCulture, $"p_{stem}_0x{offset:x}"));
    }

    private void CheckName(string name, int at, string what)
    {
        if (name.Length > MaxNameLength)
        {
            Refuse($"{what} name is too long", at);
        }

        if (!IsIdentifier(name))
        {
            Refuse($"{what} name must follow the same rules as C identifiers", at);
        }
    }

    private void Refuse(string reason, int at)
    {
        _explain(reason, at);
        Refusal.Throw(Errno.EINVAL);
    }
}

/// <summary>A definition that was read.</summary>
internal sealed record ParsedProbe(
    string Group, string Name, string Path, Node File, long Offset, bool IsReturn, IReadOnlyList<ProbeArgument> Arguments)
{
    public EmulatedEvent ToEvent(int id)
    {
        var end = 8;
        var fields = new List<EmulatedField>();
        string[] fixedFields = IsReturn ? ["unsigned long __probe_func", "unsigned long __probe_ret_ip"] : ["unsigned long __probe_ip"];
        fields.AddRange(fixedFields.Select(f => EmulatedField.Parse(f, ref end)));
        fields.AddRange(Arguments.Select(a => EmulatedField.Parse(a.Declaration, ref end, isPacked: true) is var field && a.IsText
            ? field with { IsSigned = true }
            : field));
        var formats = string.Concat(Arguments.Select(a => $" {a.Name}={a.PrintFormat}"));
        var values = string.Concat(Arguments.Select(a => a.IsText ? $", __get_str({a.Name})" : $", REC->{a.Name}"));
        var print = IsReturn
            ? $"\"(%lx <- %lx){formats}\", REC->__probe_func, REC->__probe_ret_ip{values}"
            : $"\"(%lx){formats}\", REC->__probe_ip{values}";
        return EmulatedEvent.Probe(Group, Name, id, fields, print, end);
    }
}
