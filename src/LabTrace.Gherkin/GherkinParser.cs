using LabTrace.Gherkin.Parsing;

namespace LabTrace.Gherkin;

/// <summary>Reads feature files.</summary>
public static class GherkinParser
{
    /// <summary>The most errors one file reports; a file with more is no feature file.</summary>
    public const int MaxErrors = 1000;

    /// <summary>Parses a feature file's text. Errors are returned, all of them, never thrown.</summary>
    /// <param name="uri">The path that the document and its pickles carry; one that ends in <c>.md</c> is read as Markdown.</param>
    /// <param name="text">The text; a byte order mark, CRLF and tabs are fine.</param>
    /// <param name="newId">Makes the next id of the message stream.</param>
    /// <param name="language">The dialect of a file that names none.</param>
    public static ParseResult Parse(string uri, ReadOnlySpan<char> text, Func<string> newId, string language = "en")
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(newId);

        return new FeatureReader(text, newId, isMarkdown: uri.EndsWith(".md", StringComparison.OrdinalIgnoreCase), language).Read(uri);
    }

    /// <summary>Parses a feature file's text. Errors are returned, all of them, never thrown.</summary>
    /// <param name="uri">The path that the document and its pickles carry; one that ends in <c>.md</c> is read as Markdown.</param>
    /// <param name="text">The text; a byte order mark, CRLF and tabs are fine.</param>
    /// <param name="newId">Makes the next id of the message stream.</param>
    /// <param name="language">The dialect of a file that names none.</param>
    public static ParseResult Parse(string uri, string text, Func<string> newId, string language = "en")
    {
        ArgumentNullException.ThrowIfNull(text);

        return Parse(uri, text.AsSpan(), newId, language);
    }
}
