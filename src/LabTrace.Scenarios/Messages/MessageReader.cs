using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Scenarios.Messages;

/// <summary>Reads a message stream back, ours or another Cucumber's.</summary>
public static class MessageReader
{
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
    /// <exception cref="MessageFormatException">A line before the last is no message.</exception>
    public static async IAsyncEnumerable<Envelope> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        var number = 0;
        var line = await reader.ReadLineAsync(cancellationToken);
        while (line is not null)
        {
            number++;
            var next = await reader.ReadLineAsync(cancellationToken);
            if (line.Length > 0)
            {
                Envelope? envelope = null;
                try
                {
                    envelope = Parse(System.Text.Encoding.UTF8.GetBytes(line), number);
                }
                catch (MessageFormatException) when (next is null && !line.EndsWith('}'))
                {
                }

                if (envelope is not null)
                {
                    yield return envelope;
                }
            }

            line = next;
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
