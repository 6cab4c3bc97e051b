using System.Text.RegularExpressions;

namespace LabTrace.Devices;

/// <summary>An entry of a place's <c>secrets</c>: a reference to a secret, or a regular expression for what is one.</summary>
public static class SecretPattern
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Reads an entry and tells it to a redactor.</summary>
    /// <param name="text"><c>${env:NAME}</c>, <c>${file:PATH}</c>, or a regular expression; its group <c>secret</c>, if it has one, is what is replaced.</param>
    /// <param name="redactor">Told it.</param>
    /// <exception cref="LabConfigException">It is neither, or matches nothing at all; or the reference leads nowhere.</exception>
    public static void Add(string text, SecretRedactor redactor)
    {
        ArgumentNullException.ThrowIfNull(redactor);
        if (SecretReference.TryParse(text, out var reference))
        {
            redactor.Add(reference.Resolve());
            return;
        }

        Regex pattern;
        try
        {
            // Matches in linear time, whatever the expression; lookaround and back references are not to be had.
            pattern = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limit);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new LabConfigException($"'{text}' is no regular expression for secrets: {e.Message}", "write one without lookaround and back references, or ${env:NAME}", e);
        }

        if (pattern.IsMatch(""))
        {
            throw new LabConfigException($"'{text}' matches the empty text, and would be found everywhere", "write what a secret has at least, for example LAB-[0-9a-f]{16}");
        }

        redactor.Add(pattern);
    }
}
