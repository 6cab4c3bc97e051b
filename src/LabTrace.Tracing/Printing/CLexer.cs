using System.Globalization;
using System.Text;

namespace LabTrace.Tracing;

/// <summary>Splits the C text of a print format into tokens.</summary>
internal static class CLexer
{
    private const int MaxTokens = 50_000;

    private static readonly string[] Symbols =
    [
        "->", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "?", ":", "(", ")", "[",
        "]", "{", "}", ",", ";", "=", ".",
    ];

    public static List<CToken> Split(string source, int longSize)
    {
        var tokens = new List<CToken>();
        for (var i = 0; i < source.Length;)
        {
            var c = source[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }

            if (tokens.Count == MaxTokens)
            {
                throw new PrintSyntaxException("the print format is too long");
            }

            tokens.Add(c switch
            {
                '"' => Quoted(source, ref i, '"'),
                '\'' => Character(source, ref i),
                >= '0' and <= '9' => NumberToken(source, ref i, longSize),
                '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => Word(source, ref i),
                _ => SymbolToken(source, ref i),
            });
        }

        tokens.Add(new CToken(CTokenKind.End, "", default));
        return tokens;
    }

    private static CToken Quoted(string source, ref int i, char quote)
    {
        var text = new StringBuilder();
        var start = ++i;
        while (i < source.Length && source[i] != quote)
        {
            i += source[i] == '\\' ? 2 : 1;
        }

        if (i >= source.Length)
        {
            throw new PrintSyntaxException("a text has no closing quote");
        }

        _ = text.Append(CText.Unescape(source[start..i]));
        i++;
        return new CToken(CTokenKind.Text, text.ToString(), default);
    }

    private static CToken Character(string source, ref int i)
    {
        var text = Quoted(source, ref i, '\'').Text;
        return text.Length == 1
            ? new CToken(CTokenKind.Number, text, CValue.Of(CType.Int, text[0]))
            : throw new PrintSyntaxException("a character constant is not one character");
    }

    private static CToken Word(string source, ref int i)
    {
        var start = i;
        while (i < source.Length && (char.IsAsciiLetterOrDigit(source[i]) || source[i] == '_'))
        {
            i++;
        }

        return new CToken(CTokenKind.Word, source[start..i], default);
    }

    private static CToken NumberToken(string source, ref int i, int longSize)
    {
        var start = i;
        while (i < source.Length && char.IsAsciiLetterOrDigit(source[i]))
        {
            i++;
        }

        var text = source.AsSpan(start, i - start);
        var digits = text.TrimEnd("uUlL");
        var suffix = text[digits.Length..];
        bool isNumber;
        ulong value;
        var isDecimal = false;
        if (digits.StartsWith("0x") || digits.StartsWith("0X"))
        {
            isNumber = ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            isNumber = TryOctal(digits[1..], out value);
        }
        else
        {
            isDecimal = true;
            isNumber = ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }

        if (!isNumber)
        {
            throw new PrintSyntaxException($"'{text}' is no number");
        }

        return new CToken(CTokenKind.Number, text.ToString(), CValue.Of(TypeOf(value, suffix, isDecimal, longSize), value));
    }

    private static bool TryOctal(ReadOnlySpan<char> digits, out ulong value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7' || value > ulong.MaxValue >> 3)
            {
                return false;
            }

            value = value << 3 | (uint)(digit - '0');
        }

        return true;
    }

    private static CType TypeOf(ulong value, ReadOnlySpan<char> suffix, bool isDecimal, int longSize)
    {
        var isUnsigned = suffix.ContainsAny('u', 'U');
        var longs = suffix.Count('l') + suffix.Count('L');
        if (longs == 2 || (longs == 1 && longSize == 8) || value > uint.MaxValue || (isDecimal && !isUnsigned && value > int.MaxValue))
        {
            return isUnsigned || value > long.MaxValue ? CType.ULong : CType.Long;
        }

        return isUnsigned || value > int.MaxValue ? CType.UInt : CType.Int;
    }

    private static CToken SymbolToken(string source, ref int i)
    {
        foreach (var symbol in Symbols)
        {
            if (source.AsSpan(i).StartsWith(symbol))
            {
                i += symbol.Length;
                return new CToken(CTokenKind.Symbol, symbol, default);
            }
        }

        throw new PrintSyntaxException($"'{source[i]}' has no meaning in a print format");
    }
}

internal enum CTokenKind
{
    End,
    Number,
    Text,
    Word,
    Symbol,
}

internal readonly record struct CToken(CTokenKind Kind, string Text, CValue Value);
