using System.Buffers;
using System.Collections;
using System.Text;
using System.Text.RegularExpressions;

namespace LabTrace.Devices;

/// <summary>Takes secrets out of texts: those it was told, those that match patterns it was told, and those known by their looks.</summary>
/// <remarks>Thread-safe. A text that has none costs one scan and is returned as it is.</remarks>
public sealed partial class SecretRedactor
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Replacement = "[redacted]";

    /// <summary>A shorter value is left alone: it would be found in the middle of other words.</summary>
    private const int ShortestLiteral = 4;

    private readonly Lock _gate = new();
    private State _state = new([], []);

    /// <summary>The process's own: places, reports and the environment tell it their secrets.</summary>
    public static SecretRedactor Process { get; } = new();

    /// <summary>Tells it a secret: also found escaped as in URLs and JSON, in base64, and line by line.</summary>
    /// <param name="secret">The secret; one of fewer than 4 characters is left alone.</param>
    public void Add(string? secret)
    {
        if (string.IsNullOrWhiteSpace(secret))
        {
            return;
        }

        // So few digits are in every trace's times.
        const int fewDigits = 8;
        var whole = secret.Trim();
        if (whole.Length < fewDigits && !whole.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return;
        }

        var forms = new HashSet<string>(StringComparer.Ordinal)
        {
            whole,
            Uri.EscapeDataString(whole),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(whole)),
            whole.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal),
        };
        const int shortestLine = 12;
        forms.UnionWith(whole.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length >= shortestLine && !line.StartsWith("-----", StringComparison.Ordinal)));
        lock (_gate)
        {
            var added = forms.Where(form => form.Length >= ShortestLiteral && !_state.Literals.Contains(form)).ToList();
            if (added.Count > 0)
            {
                // The longest first: one may be a part of another.
                _state = new State([.. _state.Literals.Concat(added).OrderByDescending(form => form.Length)], _state.Patterns);
            }
        }
    }

    /// <summary>Tells it a pattern.</summary>
    /// <param name="pattern">What matches is replaced, or only its group <c>secret</c> when it has one.</param>
    public void Add(Regex pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        lock (_gate)
        {
            if (!_state.Patterns.Any(known => known.ToString() == pattern.ToString()))
            {
                _state = new State(_state.Literals, [.. _state.Patterns, pattern]);
            }
        }
    }

    /// <summary>Tells it the values of variables whose names say that they are secrets: <c>…_TOKEN</c>, <c>…PASSWORD</c>, <c>…_KEY</c> and the like.</summary>
    /// <param name="environment">Names and values.</param>
    public void AddEnvironment(IDictionary environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        const int shortest = 6;
        foreach (DictionaryEntry variable in environment)
        {
            if (variable is { Key: string name, Value: string { Length: >= shortest } value } && SecretName().IsMatch(name) && value.AsSpan().ContainsAnyExceptInRange('0', '9'))
            {
                Add(value);
            }
        }
    }

    /// <summary>The text without its secrets; a text that takes too long to search is left out as a whole.</summary>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return Redact(text, _state);
        }
        catch (RegexMatchTimeoutException)
        {
            return $"{Replacement}: a text of {text.Length} characters that took too long to search for secrets";
        }
    }

    private static string Redact(string text, State state)
    {
        if (state.IsSuspicious(text))
        {
            foreach (var literal in state.Literals)
            {
                text = text.Replace(literal, Replacement, StringComparison.Ordinal);
            }

            text = SecretShapes.Replace(text, Replacement);
        }

        foreach (var pattern in state.Patterns)
        {
            text = pattern.Replace(text, match => SecretShapes.Replaced(match, Replacement));
        }

        return text;
    }

    [GeneratedRegex(
        @"(TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIALS?|API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|AUTH_?KEY|ENCRYPTION_?KEY|_PWD|_PAT)(_?[0-9]+|_BASE64)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex SecretName();

    private sealed class State(IReadOnlyList<string> literals, IReadOnlyList<Regex> patterns)
    {
        public IReadOnlyList<string> Literals => literals;

        public IReadOnlyList<Regex> Patterns => patterns;

        // Two sets, for a set looks for as many letters of each of its values as the shortest has: with "$2" among all the others that is found everywhere.
        private readonly SearchValues<string> _short = SearchValues.Create([.. SecretShapes.Triggers.Where(t => t.Length < ShortestLiteral)], StringComparison.OrdinalIgnoreCase);

        private readonly SearchValues<string> _long =
            SearchValues.Create([.. SecretShapes.Triggers.Where(t => t.Length >= ShortestLiteral), .. literals], StringComparison.OrdinalIgnoreCase);

        public bool IsSuspicious(ReadOnlySpan<char> text) => text.ContainsAny(_short) || text.ContainsAny(_long);
    }
}
