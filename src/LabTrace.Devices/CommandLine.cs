using System.Text;

namespace LabTrace.Devices;

/// <summary>Command lines as people write them in a scenario, split into words by the shell's quoting rules and nothing else of a shell.</summary>
public static class CommandLine
{
    /// <summary>Splits a line into a command: blanks separate words; single quotes, double quotes and backslash quote as in sh.</summary>
    /// <exception cref="FormatException">The line is empty, a quote is not closed, or an unquoted shell operator would silently be an argument.</exception>
    public static Command Parse(string line)
    {
        var words = Split(line);
        return words.Count == 0
            ? throw new FormatException("the command is empty; write a program and its arguments, for example \"sleep 0.05\"")
            : new Command(words[0], words.Skip(1).ToArray());
    }

    /// <summary>Joins words so that <see cref="Parse"/> and a POSIX shell give them back.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%^".Contains(c, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            switch (c)
            {
                case ' ' or '\t' or '\n' or '\r':
                    if (inWord)
                    {
                        words.Add(word.ToString());
                        _ = word.Clear();
                        inWord = false;
                    }

                    break;
                case '\'':
                    var close = line.IndexOf('\'', i + 1);
                    if (close < 0)
                    {
                        throw Unclosed('\'', i, line);
                    }

                    _ = word.Append(line, i + 1, close - i - 1);
                    i = close;
                    inWord = true;
                    break;
                case '"':
                    i = AppendDoubleQuoted(line, i, word);
                    inWord = true;
                    break;
                case '\\' when i + 1 < line.Length:
                    _ = word.Append(line[++i]);
                    inWord = true;
                    break;
                case '|' or ';' or '&' or '<' or '>' or '`':
                    throw new FormatException(
                        $"'{c}' at column {i + 1} of \"{line}\" is a shell operator, and no shell runs the command; quote it, or run \"sh -c '…'\"");
                default:
                    _ = word.Append(c);
                    inWord = true;
                    break;
            }
        }

        if (inWord)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private static int AppendDoubleQuoted(string line, int open, StringBuilder word)
    {
        for (var i = open + 1; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                return i;
            }

            if (line[i] == '\\' && i + 1 < line.Length && line[i + 1] is '"' or '\\' or '$' or '`')
            {
                i++;
            }

            _ = word.Append(line[i]);
        }

        throw Unclosed('"', open, line);
    }

    private static FormatException Unclosed(char quote, int at, string line) =>
        new($"the {quote} at column {at + 1} of \"{line}\" is not closed");
}
