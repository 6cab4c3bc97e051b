using System.Text;

namespace LabTrace.Tracing;

/// <summary>One conversion of a printf template, with the literal text before it.</summary>
internal sealed record PrintfPart(string Literal, string Flags, int Width, int Precision, string Length, char Conversion, string Extension)
{
    /// <summary>A width or precision that is an argument of its own.</summary>
    public const int FromArgument = -2;

    public const int None = -1;

    /// <summary>The literal as it is written.</summary>
    public byte[] LiteralBytes { get; } = Encoding.UTF8.GetBytes(Literal);

    /// <summary>Whether there is nothing to pad, to cut or to mark.</summary>
    public bool IsPlain { get; } = Flags.Length == 0 && Width == None && Precision == None;

    /// <summary>Bytes of the number, 0 for those of a long.</summary>
    public int IntegerSize { get; } = Length switch
    {
        "hh" => 1,
        "h" => 2,
        "ll" or "L" or "q" or "j" => 8,
        "l" or "z" or "Z" or "t" => 0,
        _ => 4,
    };

    public bool Has(char flag) => Flags.Contains(flag, StringComparison.Ordinal);
}
