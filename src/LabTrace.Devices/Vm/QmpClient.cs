using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LabTrace.Devices.Vm;

/// <summary>QEMU's machine protocol: one command at a time, each with its answer; events are passed over.</summary>
/// <remarks>QEMU: docs/interop/qmp-spec.</remarks>
internal sealed class QmpClient : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly StreamReader _reader;
    private readonly SemaphoreSlim _gate = new(1, 1);

    private QmpClient(Stream stream) => (_stream, _reader) = (stream, new StreamReader(stream, Encoding.UTF8, leaveOpen: true));

    /// <summary>Reads the greeting and takes up commands.</summary>
    /// <exception cref="IOException">QEMU ended.</exception>
    public static async Task<QmpClient> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        var client = new QmpClient(stream);
        _ = await client._reader.ReadLineAsync(cancellationToken) ?? throw new EndOfStreamException("QEMU ended before it greeted");
        _ = await client.ExecuteAsync("qmp_capabilities", null, cancellationToken);
        return client;
    }

    /// <summary>Runs a command.</summary>
    /// <returns>What it returns.</returns>
    /// <exception cref="IOException">QEMU refused it or ended.</exception>
    public async Task<JsonNode?> ExecuteAsync(string command, JsonObject? arguments, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var request = new JsonObject { ["execute"] = command };
            if (arguments is not null)
            {
                request["arguments"] = arguments;
            }

            await _stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"), cancellationToken);
            while (await _reader.ReadLineAsync(cancellationToken) is { } line)
            {
                var answer = Parse(line);
                if (answer["error"] is { } error)
                {
                    throw new IOException($"QEMU refused {command}: {error["desc"]}");
                }

                if (answer.ContainsKey("return"))
                {
                    return answer["return"];
                }
            }

            throw new EndOfStreamException($"QEMU ended during {command}");
        }
        finally
        {
            _ = _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _stream.DisposeAsync();
        _gate.Dispose();
    }

    private static JsonObject Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject ?? throw new IOException($"QEMU said '{line}'");
        }
        catch (JsonException e)
        {
            throw new IOException($"QEMU said '{line}'", e);
        }
    }
}
