namespace LabTrace.Devices;

/// <summary>Reads tracefs' <c>error_log</c>: the last eight refusals, oldest first.</summary>
/// <remarks>
/// kernel/trace/trace.c, tracing_log_err: <c>[seconds] SOURCE: error: MESSAGE</c>, <c>  Command: TEXT</c>, and a caret that
/// is indented by the same twelve blanks. A command with newlines spans lines.
/// </remarks>
internal static class KernelErrorLog
{
    private const string CommandLabel = "  Command: ";
    private const string ErrorLabel = ": error: ";

    public static IReadOnlyList<KernelError> Parse(string text)
    {
        var errors = new List<KernelError>();
        var lines = text.Split('\n');
        for (var i = 0; i + 1 < lines.Length; i++)
        {
            var (head, command) = (lines[i], lines[i + 1]);
            var label = head.IndexOf(ErrorLabel, StringComparison.Ordinal);
            var stamp = head.IndexOf("] ", StringComparison.Ordinal);
            if (head is not ['[', ..] || stamp < 0 || label < stamp || !command.StartsWith(CommandLabel, StringComparison.Ordinal))
            {
                continue;
            }

            var caret = -1;
            if (i + 2 < lines.Length && lines[i + 2].TrimStart(' ') == "^")
            {
                caret = Math.Max(0, lines[i + 2].Length - 1 - CommandLabel.Length);
                i++;
            }

            i++;
            errors.Add(new KernelError(head[(stamp + 2)..label], head[(label + ErrorLabel.Length)..], command[CommandLabel.Length..].TrimEnd(), caret));
        }

        return errors;
    }

    /// <summary>The newest refusal of a command; others write to the same log.</summary>
    public static KernelError? Find(string log, string command) =>
        Parse(log).LastOrDefault(e => e.Command == command.Trim());
}

/// <summary>One refusal in tracefs' <c>error_log</c>, with the kernel's caret under the culprit.</summary>
/// <param name="Source">Who refused, for example <c>event filter parse error</c> or <c>trace_uprobe</c>.</param>
/// <param name="Message">What is wrong, in the kernel's words.</param>
/// <param name="Command">What was written.</param>
/// <param name="Column">Where in the command the caret stands, from zero; -1 when the kernel shows none.</param>
public sealed record KernelError(string Source, string Message, string Command, int Column)
{
    /// <summary>Three lines as the kernel lays them out: the message, the command, the caret.</summary>
    public override string ToString() =>
        $"{Source}: {Message}\n  {Command}" + (Column < 0 ? "" : $"\n  {new string(' ', Column)}^");
}
