namespace Reqnroll.Assist.ValueRetrievers;

/// <summary>Reads Guids; a short one is filled up with zeros, as in <c>1</c> for <c>10000000-0000-…</c>.</summary>
public class GuidValueRetriever : StructRetriever<Guid>
{
    private const string Zeros = "00000000-0000-0000-0000-000000000000";

    /// <inheritdoc/>
    protected override Guid GetNonEmptyValue(string value) => Parse(value);

    internal static Guid Parse(string text)
    {
        if (Guid.TryParse(text, out var whole))
        {
            return whole;
        }

        var digits = text.Trim('{', '}').Replace("-", string.Empty);
        return digits.Length is > 0 and < 32 && Guid.TryParseExact(digits.PadRight(32, '0'), "N", out var padded)
            ? padded
            : throw new FormatException($"'{text}' is no Guid, expected {Zeros}");
    }
}
