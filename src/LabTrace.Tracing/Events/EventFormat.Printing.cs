using System.Text;

namespace LabTrace.Tracing;

/// <content>Printing records.</content>
public sealed partial class EventFormat
{
    internal string LinePrefix => Name.Name + ": ";

    /// <summary>Prints a record as ftrace does behind <c>event: </c>, with addresses as numbers.</summary>
    /// <param name="payload">The record from its common fields on.</param>
    public string Format(ReadOnlyMemory<byte> payload) => Format(payload, PrintContext.None);

    /// <summary>Prints a record as ftrace does behind <c>event: </c>.</summary>
    /// <param name="payload">The record from its common fields on.</param>
    /// <param name="context">Symbols and texts that records refer to.</param>
    public string Format(ReadOnlyMemory<byte> payload, PrintContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Dump(payload);
    }

    internal string? LabelOf(string field, ReadOnlyMemory<byte> payload, PrintContext context) => null;

    private string Dump(ReadOnlyMemory<byte> payload)
    {
        var text = new StringBuilder();
        foreach (var field in Fields)
        {
            if (FieldValue.TryRead(field, payload, Layout.IsBigEndian, out var value))
            {
                _ = text.Append(text.Length == 0 ? "" : " ").Append(field.Name).Append('=').Append(value.ToRawText());
            }
        }

        return text.ToString();
    }
}
