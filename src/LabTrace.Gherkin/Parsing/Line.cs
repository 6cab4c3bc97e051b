namespace LabTrace.Gherkin.Parsing;

/// <summary>A line of a feature file, without its line end.</summary>
internal readonly ref struct Line
{
    public Line(ReadOnlySpan<char> text, int number)
    {
        Text = text;
        Number = number;
        Trimmed = text.TrimStart();
        Indent = text.Length - Trimmed.Length;
    }

    private Line(ReadOnlySpan<char> text, int number, int indent)
    {
        Text = text;
        Number = number;
        Trimmed = text[indent..];
        Indent = indent;
    }

    public ReadOnlySpan<char> Text { get; }

    /// <summary>One-based.</summary>
    public int Number { get; }

    /// <summary>The text from its first non-blank character.</summary>
    public ReadOnlySpan<char> Trimmed { get; }

    /// <summary>Number of blanks before <see cref="Trimmed"/>.</summary>
    public int Indent { get; }

    public int Column => Indent + 1;

    /// <summary>The line as if what stands before its keyword were blank.</summary>
    public Line Skip(int length) => new(Text, Number, Indent + length);
}
