using System.Globalization;
using System.Text;

namespace LabTrace.Emulation.Ftrace;

/// <summary>The <c>error_log</c> file: the last eight explanations of refused commands.</summary>
internal sealed class ErrorLog(VirtualTime time)
{
    private const int Limit = 8;
    private readonly Queue<string> _entries = new();

    public string Text => string.Concat(_entries);

    /// <summary>Adds an explanation.</summary>
    /// <param name="source">Who complains, for example <c>trace_uprobe</c>.</param>
    /// <param name="reason">What is wrong.</param>
    /// <param name="command">What was written.</param>
    /// <param name="position">Where the caret goes.</param>
    public void Add(string source, string reason, string command, int position)
    {
        if (_entries.Count == Limit)
        {
            _ = _entries.Dequeue();
        }

        var micros = time.NowNs / 1000;
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"[{micros / 1_000_000,5}.{micros % 1_000_000:D6}] {source}: error: {reason}\n")
            .Append(CultureInfo.InvariantCulture, $"  Command: {command}\n")
            .Append(' ', "  Command: ".Length + position).Append("^\n");
        _entries.Enqueue(text.ToString());
    }

    public void Clear() => _entries.Clear();
}
