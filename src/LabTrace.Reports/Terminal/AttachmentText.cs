using System.Globalization;
using System.Text;
using LabTrace.Reports.Record;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Terminal;

/// <summary>Shows what is attached to a scenario: texts in full, anything else by name and size.</summary>
internal static class AttachmentText
{
    private const string LogMediaType = "text/x.cucumber.log+plain";
    private const int MaxLines = 200;
    private const int Indent = 3;

    /// <summary>Shows an attempt's attachments.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="told">What was told already; a text that it holds, evidence of a failed assertion, is not told twice.</param>
    public static void Write(ReportText text, AttemptRecord attempt, string told)
    {
        foreach (var step in attempt.Steps)
        {
            foreach (var attachment in step.Attachments)
            {
                Write(text, attachment, told);
            }

            foreach (var link in step.Links)
            {
                text.Block($"attached: {link.Url} ({link.MediaType})", Indent, Colour.Faint);
            }
        }
    }

    private static void Write(ReportText text, Attachment attachment, string told)
    {
        var name = attachment.FileName ?? attachment.MediaType;
        if (!attachment.MediaType.StartsWith("text/", StringComparison.Ordinal))
        {
            var bytes = attachment.ContentEncoding == AttachmentContentEncoding.Base64 ? attachment.Body.Length / 4L * 3 : attachment.Body.Length;
            text.Block(string.Create(CultureInfo.InvariantCulture, $"attached: {name} (about {bytes} bytes)"), Indent, Colour.Faint);
            return;
        }

        var body = BodyOf(attachment);
        if (told.Contains(body.TrimEnd(), StringComparison.Ordinal))
        {
            return;
        }

        text.Block(attachment.MediaType == LogMediaType ? "output:" : $"attached: {name}", Indent, Colour.Faint);
        text.Block(Cut(body), Indent + 2);
    }

    private static string BodyOf(Attachment attachment)
    {
        if (attachment.ContentEncoding == AttachmentContentEncoding.Identity)
        {
            return attachment.Body;
        }

        var bytes = new byte[attachment.Body.Length];
        return Convert.TryFromBase64String(attachment.Body, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : attachment.Body;
    }

    private static string Cut(string body)
    {
        var lines = body.TrimEnd().Split('\n');
        return lines.Length <= MaxLines
            ? body
            : string.Join('\n', lines.Take(MaxLines))
                + string.Create(CultureInfo.InvariantCulture, $"\n… {lines.Length - MaxLines} more lines are in the message stream");
    }
}
