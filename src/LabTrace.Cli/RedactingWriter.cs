using System.Text;
using LabTrace.Devices;

namespace LabTrace.Cli;

/// <summary>A console that shows no secrets: what is written in one go is redacted in one go.</summary>
internal sealed class RedactingWriter(TextWriter inner, SecretRedactor redactor) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Puts one before standard output and one before standard error.</summary>
    public static void Install(SecretRedactor redactor)
    {
        Console.SetOut(new RedactingWriter(Console.Out, redactor));
        Console.SetError(new RedactingWriter(Console.Error, redactor));
    }

    public override void Write(char value) => inner.Write(value);

    public override void Write(char[] buffer, int index, int count) => inner.Write(redactor.Redact(new string(buffer, index, count)));

    public override void Write(ReadOnlySpan<char> buffer) => inner.Write(redactor.Redact(buffer.ToString()));

    public override void Write(string? value) => inner.Write(value is null ? null : redactor.Redact(value));

    public override void WriteLine(string? value) => inner.WriteLine(value is null ? null : redactor.Redact(value));

    public override void WriteLine(ReadOnlySpan<char> buffer) => inner.WriteLine(redactor.Redact(buffer.ToString()));

    public override Task WriteAsync(string? value) => inner.WriteAsync(value is null ? null : redactor.Redact(value));

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(redactor.Redact(buffer.ToString()).AsMemory(), cancellationToken);

    public override Task WriteLineAsync(string? value) => inner.WriteLineAsync(value is null ? null : redactor.Redact(value));

    public override Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteLineAsync(redactor.Redact(buffer.ToString()).AsMemory(), cancellationToken);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
}
