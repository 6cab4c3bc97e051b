using System.Collections.Concurrent;
using System.Globalization;

namespace LabTrace.Scenarios.Running;

/// <summary>The cultures that arguments of features are converted with: <c>3,5</c> and <c>21.11.2026</c> in a German one.</summary>
/// <remarks>
/// Where .NET runs without culture data, as <c>labtrace</c> does to need nothing installed, it takes every culture for the invariant
/// one and would read <c>3,5</c> as 35. So that none is misread, the separators and the order of dates are kept here, as CLDR has them.
/// </remarks>
internal static class FeatureCultures
{
    private const string NoBreakSpace = "\u00A0";

    private static readonly string[] Conventions =
    [
        ", _ yyyy-MM-dd af eo lt sv",
        ". , dd/MM/yyyy am ar bm cy-GB ga hi kn ml mr pa ta th ur",
        ", . dd/MM/yyyy an ast ca el es gl id it lu pt vi",
        ", . dd.MM.yyyy az bs da de hr is mk-Cyrl mk-Latn ro sl sr-Cyrl sr-Latn tr",
        ", _ dd.MM.yyyy be bg cs et fi ka lv no pl ru sk tt uk",
        ". , yyyy/MM/dd fa ja ne zh-CN zh-TW",
        ", _ dd/MM/yyyy fr uz",
        ". , dd.MM.yyyy he",
        ", _ yyyy.MM.dd hu",
        ", . dd-MM-yyyy jv nl",
        ". , yyyy.MM.dd ko mn",
        ". , dd-MM-yyyy te",
    ];

    private static readonly ConcurrentDictionary<string, CultureInfo> Known = new(StringComparer.Ordinal);

    /// <param name="language">A language of Gherkin, or the name of a culture.</param>
    public static CultureInfo Of(string language) => Known.GetOrAdd(language, Make);

    private static CultureInfo Make(string language)
    {
        var culture = Find(language);
        var convention = Array.Find(Conventions, line => line.Split(' ').AsSpan(3).Contains(language))
            ?? Array.Find(Conventions, line => line.Split(' ').AsSpan(3).Contains(language.Split('-')[0]));
        if (convention is null || HasData(culture))
        {
            return culture;
        }

        var parts = convention.Split(' ');
        var made = (CultureInfo)culture.Clone();
        made.NumberFormat.NumberDecimalSeparator = made.NumberFormat.CurrencyDecimalSeparator = parts[0];
        made.NumberFormat.NumberGroupSeparator = made.NumberFormat.CurrencyGroupSeparator = parts[1] == "_" ? NoBreakSpace : parts[1];
        made.DateTimeFormat.ShortDatePattern = parts[2];
        made.DateTimeFormat.DateSeparator = parts[2].TrimStart('d', 'y')[..1];
        return CultureInfo.ReadOnly(made);
    }

    private static bool HasData(CultureInfo culture) =>
        culture.NumberFormat.NumberDecimalSeparator != CultureInfo.InvariantCulture.NumberFormat.NumberDecimalSeparator
        || culture.DateTimeFormat.ShortDatePattern != CultureInfo.InvariantCulture.DateTimeFormat.ShortDatePattern;

    private static CultureInfo Find(string language)
    {
        try
        {
            return CultureInfo.GetCultureInfo(language);
        }
        catch (CultureNotFoundException)
        {
            return CultureInfo.InvariantCulture;
        }
    }
}
