using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LabTrace.TestKit.Portal;

/// <summary>What the server knows, as text to compare: everything but the order in which it came.</summary>
public static class PortalTree
{
    public static string Render(PortalModel model, bool withTimes = true)
    {
        var text = new StringBuilder();
        foreach (var launch in model.Launches.OrderBy(launch => launch.StartTime).ThenBy(launch => launch.Uuid, StringComparer.Ordinal))
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"launch '{launch.Name}' {launch.Status}{Times(launch.StartTime, launch.EndTime)} [{string.Join(", ", launch.Attributes)}] {launch.Description}\n");
            Logs(launch.Logs, "  ");
            Items(launch.Roots, "  ");
        }

        return string.Join('\n', text.ToString().Split('\n').Select(line => line.TrimEnd()));

        string Times(long start, long? end) => withTimes ? string.Create(CultureInfo.InvariantCulture, $" {start}-{end}") : "";

        void Items(IEnumerable<PortalItem> items, string indent)
        {
            foreach (var item in items.OrderBy(item => item.StartTime).ThenBy(item => item.Uuid, StringComparer.Ordinal))
            {
                var stats = item.HasStats ? "" : " nested";
                var issue = item.Issue is null ? "" : $" {item.Issue}";
                var retry = item.RetryOf is null ? "" : $" retry of '{item.RetryOf.Name}' {item.RetryOf.Status}";
                var retried = item.IsRetried ? " retried" : "";
                _ = text.Append(CultureInfo.InvariantCulture, $"{indent}{item.Type}{stats} '{item.Name}' {item.Status}{issue}{retry}{retried}{Times(item.StartTime, item.EndTime)}");
                _ = text.Append(CultureInfo.InvariantCulture, $" {item.CodeRef} {item.TestCaseId} ({string.Join(", ", item.Parameters)}) [{string.Join(", ", item.Attributes)}] {item.Description}\n");
                Logs(item.Logs, indent + "  ");
                Items(item.Children, indent + "  ");
            }
        }

        void Logs(List<PortalLog> logs, string indent)
        {
            foreach (var log in logs.OrderBy(log => log.Time).ThenBy(log => log.Level, StringComparer.Ordinal).ThenBy(log => log.Message, StringComparer.Ordinal))
            {
                var file = log.File is null ? "" : $" <{log.FileName} {log.File.Length} {Convert.ToHexStringLower(SHA256.HashData(log.File))[..8]}>";
                _ = text.Append(indent).Append("- ").Append(log.Level).Append(' ').Append(log.Message.ReplaceLineEndings("\\n")).Append(file).Append('\n');
            }
        }
    }
}
