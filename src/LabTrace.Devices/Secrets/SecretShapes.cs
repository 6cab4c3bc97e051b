using System.Buffers;
using System.Text.RegularExpressions;

namespace LabTrace.Devices;

/// <summary>Secrets that are known by their looks: key blocks, tokens of well-known issuers, passwords in URLs, headers, assignments and options.</summary>
/// <remarks>Linear in the text: no pattern repeats what another repetition in it may also take. A text without a trigger costs one scan.</remarks>
internal static partial class SecretShapes
{
    /// <summary>The name of the group that is replaced.</summary>
    public const string Group = "secret";

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Milliseconds = 5000;

    private const string Names =
        "passwords?|passwd|passphrase|passwort|pwd|secrets?|secret[_-]?key|tokens?|credentials?|api[_-]?keys?|auth[_-]?keys?|access[_-]?keys?|private[_-]?keys?|encryption[_-]?keys?|signing[_-]?keys?";

    // Long enough that such a word in prose or a counter of that name is none.
    private const int ShortestGuess = 6;

    /// <summary>One of these is in every text that has such a secret.</summary>
    public static IReadOnlyList<string> Triggers { get; } =
    [
        "-----BEGIN", "://", "pass", "pwd", "secret", "token", "credential", "key", "authorization", "bearer", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
        "github_pat_", "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-", "gloas-", "glimt-", "glffct-", "AKIA", "ASIA", "xox",
        "eyJ", "AIza", "npm_", "pypi-", "dckr_pat_", "hf_", "sk-", "sk_live", "$1$", "$2", "$5$", "$6$", "$y$", "$7$", "$gy$", " -u", "--user", "--proxy-user",
    ];

    /// <summary>Replaces them.</summary>
    public static string Replace(string text, string replacement)
    {
        text = WholeKey().Replace(text, match => Replaced(match, replacement));
        text = CutKey().Replace(text, match => Replaced(match, replacement));
        text = Issued().Replace(text, match => Replaced(match, replacement));
        text = Header().Replace(text, match => Replaced(match, replacement));
        text = InUrl().Replace(text, match => Replaced(match, replacement));
        text = Login().Replace(text, match => Replaced(match, replacement));
        text = CryptHash().Replace(text, match => Replaced(match, replacement));
        text = InOption().Replace(text, match => IsNoSecret(match.Groups[Group].ValueSpan) ? match.Value : Replaced(match, replacement));
        return Assigned().Replace(text, match => IsGuess(match) ? Replaced(match, replacement) : match.Value);
    }

    /// <summary>A match with its secret replaced.</summary>
    public static string Replaced(Match match, string replacement)
    {
        var secret = match.Groups[Group];
        return secret.Success
            ? string.Concat(match.Value.AsSpan(0, secret.Index - match.Index), replacement, match.Value.AsSpan(secret.Index - match.Index + secret.Length))
            : replacement;
    }

    private static bool IsGuess(Match match)
    {
        var value = match.Groups[Group].ValueSpan;
        if (IsNoSecret(value))
        {
            return false;
        }

        var name = match.Groups["name"].ValueSpan;
        if (name.Contains("pass", StringComparison.OrdinalIgnoreCase) || name.Contains("pwd", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // A token or key may also be a field of an event or a word of a parser's message.
        if (value.Length < ShortestGuess || IsNumber(value))
        {
            return false;
        }

        var isStrong = match.Groups["sign"].ValueSpan.Contains('=') || match.Groups["quote"].Success;
        return isStrong || (value.Length >= 8 && value.ContainsAnyInRange('0', '9')) || value.Length >= 20;
    }

    /// <summary>What stands for a value instead of being one.</summary>
    private static bool IsNoSecret(ReadOnlySpan<char> value) =>
        value.Length == 0
        || value[0] is '<' or '$' or '{' or '%' or '['
        || value is "***" or "null" or "none" or "None" or "true" or "false" or "yes" or "no" or "-"
        || value.TrimStart('*').IsEmpty;

    /// <summary>A number as events show them, a pointer among them, which the kernel prints without 0x.</summary>
    private static bool IsNumber(ReadOnlySpan<char> value)
    {
        var isMarked = value.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var digits = isMarked ? value[2..] : value;
        return !digits.ContainsAnyExcept(Decimal)
            || ((isMarked || digits.Length is 8 or 16) && !digits.ContainsAnyExcept(Hexadecimal));
    }

    private static readonly SearchValues<char> Decimal = SearchValues.Create("0123456789.,:-+ ");
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    [GeneratedRegex(@"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----(?<secret>[^-]*(-(?!----(END|BEGIN))[^-]*)*)-----END [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----", Options, Milliseconds)]
    private static partial Regex WholeKey();

    // Cut off: what still looks like the key's lines.
    [GeneratedRegex(@"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY( BLOCK)?-----(?<secret>([\s""'>|#+,]|\\[nr])*[A-Za-z0-9+/=]{8,}(([\s""'>|#+,]|\\[nr])+[A-Za-z0-9+/=]{8,})*)", Options, Milliseconds)]
    private static partial Regex CutKey();

    [GeneratedRegex(
        @"(?<![A-Za-z0-9])(gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|gl(pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt|ffct)-[A-Za-z0-9_.\-]{16,}"
        + @"|(AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|xox[abeprs]-[A-Za-z0-9\-]{10,}|AIza[A-Za-z0-9_\-]{30,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_\-]{20,}"
        + @"|dckr_pat_[A-Za-z0-9_\-]{16,}|hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_\-]{20,}|sk_live_[A-Za-z0-9]{16,}"
        + @"|eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Milliseconds)]
    private static partial Regex Issued();

    [GeneratedRegex(
        @"\bauthorization\b[""']?\s{0,8}[:=]\s{0,8}[""']?((bearer|basic|token|apikey|negotiate|digest)\s{1,8})?(?<secret>[A-Za-z0-9._~+/=\-]{3,})"
        + @"|\bbearer\s{1,8}(?<secret>(?=[A-Za-z._~+/=\-]{0,64}[0-9]|[A-Za-z._~+/=\-]{20})[A-Za-z0-9._~+/=\-]{8,})",
        Options,
        Milliseconds)]
    private static partial Regex Header();

    [GeneratedRegex(@"(?<=[a-z0-9+.\-]://)([^\s/:@""'<>]{0,256}:(?<secret>[^\s/""'<>]{1,256})@|(?<secret>[^\s/:@""'<>]{16,256})@)", Options, Milliseconds)]
    private static partial Regex InUrl();

    [GeneratedRegex(@"(?<=\s)(-u|--user|--proxy-user)[\s=]\s{0,8}[""']?[^\s:""'=/]{1,64}:(?<secret>[^\s""'/][^\s""']*)|\bsshpass\s{1,8}-p\s{0,8}(?<secret>[^\s]+)", Options, Milliseconds)]
    private static partial Regex Login();

    [GeneratedRegex(@"(?<secret>\$(1|2[abxy]?|5|6|7|y|gy)\$[A-Za-z0-9./$=,]{20,})", Options, Milliseconds)]
    private static partial Regex CryptHash();

    [GeneratedRegex(@"(?<![\w\-])--[a-z0-9\-]{0,32}(" + Names + @")(\s{1,8}|=)(""(?<secret>[^""\n]*)""|'(?<secret>[^'\n]*)'|(?<secret>[^\s""'\-][^\s""']*))", Options, Milliseconds)]
    private static partial Regex InOption();

    [GeneratedRegex(
        @"(?<name>" + Names + @")\\?[""']?\s{0,8}(?<sign>=>|:=|==?|:(?!//))\s{0,8}((?<quote>\\?"")(?<secret>[^""\n\\]*)|(?<quote>')(?<secret>[^'\n]*)|(?<secret>[^\s&;,""'}\])\\|]+))",
        Options,
        Milliseconds)]
    private static partial Regex Assigned();
}
