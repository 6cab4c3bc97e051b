using System.Text.Encodings.Web;
using System.Text.Json;

namespace LabTrace.Cli.Commands.Bpf;

/// <summary>JSON on standard output, with a newline behind it.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Action<Utf8JsonWriter> write)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, Options))
        {
            write(json);
        }

        output.WriteByte((byte)'\n');
        using var standard = Console.OpenStandardOutput();
        standard.Write(output.GetBuffer().AsSpan(0, (int)output.Length));
    }
}
