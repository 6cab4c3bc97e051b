using System.Text;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>What reports ask of an attachment.</summary>
public static class AttachmentExtensions
{
    /// <summary>The media type of what steps write as output.</summary>
    public const string LogMediaType = "text/x.cucumber.log+plain";

    extension(Attachment attachment)
    {
        /// <summary>It is output of a step, no attached data.</summary>
        public bool IsLog => attachment.MediaType == LogMediaType;

        /// <summary>It is text that may be shown to people.</summary>
        public bool IsText => attachment.MediaType.StartsWith("text/", StringComparison.Ordinal);

        /// <summary>It is meant for reports and told there in their own way: the environment, a measurement.</summary>
        public bool IsForReports => attachment.MediaType.StartsWith("application/vnd.labtrace.", StringComparison.Ordinal);

        /// <summary>Its body as text, decoded if it is base64; the body as it is when it is not.</summary>
        public string Text()
        {
            if (attachment.ContentEncoding == AttachmentContentEncoding.Identity)
            {
                return attachment.Body;
            }

            var bytes = new byte[attachment.Body.Length];
            return Convert.TryFromBase64String(attachment.Body, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : attachment.Body;
        }

        /// <summary>Its body as bytes, decoded if it is base64; the text's UTF-8 when it is not.</summary>
        public byte[] Bytes()
        {
            if (attachment.ContentEncoding == AttachmentContentEncoding.Identity)
            {
                return Encoding.UTF8.GetBytes(attachment.Body);
            }

            var bytes = new byte[attachment.Body.Length];
            return Convert.TryFromBase64String(attachment.Body, bytes, out var count) ? bytes[..count] : Encoding.UTF8.GetBytes(attachment.Body);
        }
    }

    extension(ExternalAttachment link)
    {
        /// <summary>It is meant for reports and told there in their own way: a timeline.</summary>
        public bool IsForReports => link.MediaType.StartsWith("application/vnd.labtrace.", StringComparison.Ordinal);
    }
}
