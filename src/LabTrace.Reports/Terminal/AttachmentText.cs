using System.Globalization;
using LabTrace.Reports.Record;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Terminal;

/// <summary>Shows what is attached to a scenario: texts in full, anything else by name and size.</summary>
internal static class AttachmentText
{
    private const int MaxLines = 200;
    private const int Indent = 3;

    /// <summary>Shows an attempt's attachments.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="told">What was told already; a text that it holds, evidence of a failed assertion, is not told twice.</param>
    public static void Write(ReportText text, AttemptRecord attempt, string told)
    {
        WriteAll(text, attempt.Attachments, attempt.Links, told);
        foreach (var step in attempt.Steps)
        {
            WriteAll(text, step.Attachments, step.Links, told);
        }
    }

    private static void WriteAll(ReportText text, IReadOnlyList<Attachment> attachments, IReadOnlyList<ExternalAttachment> links, string told)
    {
        foreach (var attachment in attachments.Where(attachment => !attachment.IsForReports))
        {
            Write(text, attachment, told);
        }

        foreach (var link in links.Where(link => !link.IsForReports))
        {
            text.Block($"attached: {link.Url} ({link.MediaType})", Indent, Colour.Faint);
        }
    }

    private static void Write(ReportText text, Attachment attachment, string told)
    {
        var name = attachment.FileName ?? attachment.MediaType;
        if (!attachment.IsText)
        {
            var bytes = attachment.ContentEncoding == AttachmentContentEncoding.Base64 ? attachment.Body.Length / 4L * 3 : attachment.Body.Length;
            text.Block(string.Create(CultureInfo.InvariantCulture, $"attached: {name} (about {bytes} bytes)"), Indent, Colour.Faint);
            return;
        }

        var body = attachment.Text();
        if (told.Contains(body.TrimEnd(), StringComparison.Ordinal))
        {
            return;
        }

        text.Block(attachment.IsLog ? "output:" : $"attached: {name}", Indent, Colour.Faint);
        text.Block(Cut(body), Indent + 2);
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
