using System.Text.Json;

namespace LabTrace.Tracing;

/// <summary>Field values as JSON: numbers as numbers, arrays as arrays, bytes in hexadecimal, everything else as text.</summary>
internal static class FieldJson
{
    public static void Write(Utf8JsonWriter json, in FieldValue value)
    {
        switch (value.Shape)
        {
            case FieldShape.Integer:
                WriteInteger(json, value[0]);
                break;
            case FieldShape.Array:
                json.WriteStartArray();
                for (var i = 0; i < value.Count; i++)
                {
                    WriteInteger(json, value[i]);
                }

                json.WriteEndArray();
                break;
            case FieldShape.Text when value.TryGetInteger(out var number) && IsPlain(value.ToRawText(), number):
                WriteInteger(json, number);
                break;
            default:
                json.WriteStringValue(value.ToRawText());
                break;
        }
    }

    private static void WriteInteger(Utf8JsonWriter json, Int128 value)
    {
        if (value >= 0 && value <= ulong.MaxValue)
        {
            json.WriteNumberValue((ulong)value);
        }
        else
        {
            json.WriteNumberValue((long)value);
        }
    }

    /// <summary>Text captures hold numbers as text; 007 or 0x1f would be another text when written as a number.</summary>
    private static bool IsPlain(string text, Int128 number) =>
        number >= long.MinValue && number <= ulong.MaxValue
        && string.Equals(number.ToString(System.Globalization.CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
}
