using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Scenarios.Messages;

/// <summary>Reads a message stream back, ours or another Cucumber's.</summary>
public static class MessageReader
{
    private const int InitialBytes = 64 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads one line of the stream.</summary>
    /// <exception cref="MessageFormatException">The line is no message.</exception>
    public static Envelope Parse(ReadOnlySpan<byte> line, int lineNumber = 1)
    {
        try
        {
            return JsonSerializer.Deserialize(line, MessageJsonContext.Default.Envelope)
                ?? throw new MessageFormatException($"line {lineNumber} of the message stream is null, expected a JSON object");
        }
        catch (JsonException error)
        {
            throw new MessageFormatException($"line {lineNumber} of the message stream is no message: {error.Message}", error);
        }
    }

    /// <summary>Reads a stream's messages in order. A last line that was cut short (the run was killed) ends it.</summary>
    /// <exception cref="MessageFormatException">A line that is whole is no message.</exception>
    public static async IAsyncEnumerable<Envelope> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);

        var buffer = new byte[InitialBytes];
        var (start, end, number) = (0, 0, 0);
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                number++;
                if (ParseLine(buffer.AsSpan(start, length), number, isWhole: true) is { } envelope)
                {
                    yield return envelope;
                }

                start += length + 1;
                continue;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (count == 0)
            {
                break;
            }

            end += count;
        }

        if (ParseLine(buffer.AsSpan(0, end), number + 1, isWhole: false) is { } last)
        {
            yield return last;
        }
    }

    private static Envelope? ParseLine(ReadOnlySpan<byte> line, int number, bool isWhole)
    {
        line = (number == 1 && line.StartsWith(ByteOrderMark) ? line[ByteOrderMark.Length..] : line).TrimEnd("\r "u8);
        if (line.IsEmpty)
        {
            return null;
        }

        try
        {
            return Parse(line, number);
        }
        catch (MessageFormatException) when (!isWhole)
        {
            return null;
        }
    }
}

/// <summary>A message stream does not hold what it should.</summary>
public sealed class MessageFormatException : Exception
{
    /// <summary>Says what was found on which line.</summary>
    public MessageFormatException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters =
    [
        typeof(CapitalsConverter<TestStepResultStatus>),
        typeof(CapitalsConverter<StepDefinitionPatternType>),
        typeof(CapitalsConverter<HookMessageType>),
        typeof(CapitalsConverter<AttachmentContentEncoding>),
        typeof(JsonStringEnumConverter<StepKeywordType>),
        typeof(JsonStringEnumConverter<PickleStepType>),
    ])]
[JsonSerializable(typeof(Envelope))]
internal sealed partial class MessageJsonContext : JsonSerializerContext;

internal sealed class CapitalsConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseUpper)
    where T : struct, Enum;
