using System.Globalization;

namespace LabTrace.Tracing;

/// <summary>Texts that trace_printk records refer to by address, as tracefs' <c>printk_formats</c> lists them.</summary>
public sealed class PrintkFormats
{
    private readonly Dictionary<ulong, string> _texts = [];

    private PrintkFormats(string source) => Source = source;

    internal string Source { get; }

    /// <summary>Reads <c>0xADDRESS : "TEXT"</c> lines; lines that are none are ignored.</summary>
    public static PrintkFormats Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var formats = new PrintkFormats(text);
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            var line = raw.Trim();
            var colon = line.IndexOf(" : ");
            if (colon > 2 && line.StartsWith("0x") && line.Length > colon + 4
                && ulong.TryParse(line[2..colon].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address))
            {
                formats._texts[address] = CText.Unescape(line[(colon + 3)..].Trim().Trim('"').ToString());
            }
        }

        return formats;
    }

    /// <summary>The text at an address, null when unknown.</summary>
    public string? this[ulong address] => _texts.GetValueOrDefault(address);
}
