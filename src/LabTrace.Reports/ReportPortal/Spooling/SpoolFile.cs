using System.Text.Json;

namespace LabTrace.Reports.ReportPortal.Spooling;

/// <summary>A file that goes with a log.</summary>
/// <param name="Path">Where it is, from the spool's directory.</param>
/// <param name="Name">What it is called in the report.</param>
/// <param name="MediaType">For example <c>application/octet-stream</c>.</param>
internal sealed record SpoolFile(string Path, string Name, string MediaType)
{
    /// <summary>Reads the object a reader stands at, and leaves it at its end.</summary>
    public static SpoolFile Parse(ref Utf8JsonReader json)
    {
        var (path, name, type) = ("", "", "");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var property = json.GetString();
            _ = json.Read();
            switch (property)
            {
                case "path":
                    path = json.GetString() ?? "";
                    break;
                case "name":
                    name = json.GetString() ?? "";
                    break;
                case "type":
                    type = json.GetString() ?? "";
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return new SpoolFile(path, name, type);
    }
}
