using System.Security.Cryptography;
using System.Text;

namespace LabTrace.Reports.Html;

/// <summary>The page around the data: markup, style and program, which are the same for every run.</summary>
/// <remarks>
/// Nothing of a run is ever written as markup. Data are base64 in script elements of a type that no browser runs, so no text can end
/// them, and the program shows text as text. The content security policy names the style and the program by their hashes and allows
/// nothing else: no network, no further script.
/// </remarks>
internal static class HtmlPage
{
    private static readonly string[] Programs =
        ["text.js", "data.js", "dom.js", "search.js", "tree.js", "overview.js", "detail.js", "attachments.js", "timeline-model.js", "timeline.js", "plot.js", "app.js"];

    /// <summary>Everything in front of the data.</summary>
    public static string Head { get; } = Make();

    private static string Make()
    {
        var style = Read("report.css");
        var program = "(() => {\n'use strict';\n" + string.Concat(Programs.Select(Read)) + "})();\n";
        return Read("report.html")
            .Replace("{policy}", $"default-src 'none'; script-src '{Hash(program)}'; style-src '{Hash(style)}'; img-src data:; base-uri 'none'; form-action 'none'")
            .Replace("{style}", style)
            .Replace("{program}", program);
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Read(string name)
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream($"LabTrace.Reports.Html.{name}")
            ?? throw new InvalidOperationException($"the report's '{name}' is not in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
