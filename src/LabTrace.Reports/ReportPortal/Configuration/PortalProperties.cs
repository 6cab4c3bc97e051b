using System.Globalization;

namespace LabTrace.Reports.ReportPortal.Configuration;

/// <summary>The properties of all sources in one: keys such as <c>Server:Url</c>, in any case, the last source's value.</summary>
/// <remarks>The rules are those of the .NET agents: <c>++</c> appends, lists are parted by <c>;</c>.</remarks>
internal sealed class PortalProperties
{
    private const string Appends = "++";
    private readonly Dictionary<string, (string Value, string Source)> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes over a source's property, or appends it to what an earlier source said.</summary>
    /// <param name="key">For example <c>Launch:Attributes</c>.</param>
    /// <param name="value">Its text; one that starts with <c>++</c> is appended.</param>
    /// <param name="source">Where it stands, for errors.</param>
    public void Add(string key, string value, string source)
    {
        var text = value;
        if (value.StartsWith(Appends, StringComparison.Ordinal))
        {
            text = _values.GetValueOrDefault(key).Value + value[Appends.Length..];
        }

        _values[key] = (text, source);
    }

    /// <summary>The value of the first of some keys that has one, or null.</summary>
    public string? Text(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (_values.TryGetValue(key, out var found) && found.Value.Length > 0)
            {
                return found.Value;
            }
        }

        return null;
    }

    /// <exception cref="ReportException">It is no word for yes or no.</exception>
    public bool Flag(string key, bool usual) => Text(key)?.Trim().ToLowerInvariant() switch
    {
        null => usual,
        "true" or "yes" or "y" or "1" => true,
        "false" or "no" or "n" or "0" => false,
        _ => throw Wrong(key, "true or false"),
    };

    /// <exception cref="ReportException">It is no number of that range.</exception>
    public double Number(string key, double usual, double least, double most)
    {
        if (Text(key) is not { } text)
        {
            return usual;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));
    }

    /// <exception cref="ReportException">It is no whole number of that range.</exception>
    public int Count(string key, int usual, int least, int most)
    {
        var number = Number(key, usual, least, most);
        return number == Math.Truncate(number) ? (int)number : throw Wrong(key, "a whole number");
    }

    /// <summary>A list, its items parted by semicolons.</summary>
    public IReadOnlyList<string> List(string key) =>
        Text(key)?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>The error for a value that does not fit; a secret's value is not told.</summary>
    public ReportException Wrong(string key, string expected)
    {
        var (value, source) = _values.GetValueOrDefault(key);
        return new ReportException($"ReportPortal: {key} is '{value}' in {source}, expected {expected}", $"correct {key} there");
    }
}
