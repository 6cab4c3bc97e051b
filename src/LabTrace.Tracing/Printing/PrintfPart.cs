namespace LabTrace.Tracing;

/// <summary>One conversion of a printf template, with the literal text before it.</summary>
internal sealed record PrintfPart(string Literal, string Flags, int Width, int Precision, string Length, char Conversion, string Extension)
{
    /// <summary>A width or precision that is an argument of its own.</summary>
    public const int FromArgument = -2;

    public const int None = -1;

    public bool Has(char flag) => Flags.Contains(flag, StringComparison.Ordinal);
}
