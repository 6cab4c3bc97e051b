namespace LabTrace.Reports.ReportPortal.Configuration;

/// <summary>An attribute of a launch or item.</summary>
/// <param name="Key">Its key, or null.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsSystem">Not shown to people.</param>
internal sealed record PortalAttribute(string? Key, string Value, bool IsSystem = false)
{
    /// <summary>Reads <c>key:value</c>, parted at the first colon, or a value alone.</summary>
    public static PortalAttribute Parse(string text)
    {
        var colon = text.IndexOf(':');
        var (key, value) = colon < 0 ? ("", text.Trim()) : (text[..colon].Trim(), text[(colon + 1)..].Trim());
        return value.Length == 0 ? new PortalAttribute(null, key) : new PortalAttribute(key.Length == 0 ? null : key, value);
    }
}
