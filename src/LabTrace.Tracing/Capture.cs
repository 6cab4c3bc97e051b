using System.IO.Compression;

namespace LabTrace.Tracing;

/// <summary>The raw bytes of a recording. It owns them: events of a trace read from it are valid while it is open.</summary>
public sealed class Capture : IDisposable
{
    /// <summary>Larger captures are refused: they do not fit one array.</summary>
    private const long MaxBytes = 0x7fff_f000;

    private ReadOnlyMemory<byte> _bytes;
    private bool _isDisposed;

    private Capture(string name, ReadOnlyMemory<byte> bytes)
    {
        Name = name;
        _bytes = bytes;
    }

    /// <summary>What messages call it: the file's name.</summary>
    public string Name { get; }

    /// <summary>The bytes, decompressed.</summary>
    /// <exception cref="ObjectDisposedException">The capture was closed.</exception>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _bytes;
        }
    }

    /// <summary>A capture of bytes in memory; gzip is decompressed.</summary>
    /// <param name="bytes">The bytes; they are not copied and must not change.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="TraceFormatException">The bytes are damaged gzip.</exception>
    public static Capture Of(ReadOnlyMemory<byte> bytes, string name = "memory") => new(name, Decompressed(bytes, name));

    /// <summary>Reads a file whole; gzip is decompressed.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="TraceFormatException">The file is damaged gzip, or larger than 2 GiB.</exception>
    public static Capture Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = Path.GetFileName(path);
        if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
        {
            TraceFormatException.Throw($"capture '{name}' is larger than 2 GiB", "cut it with `trace-cmd split`");
        }

        return Of(File.ReadAllBytes(path), name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _bytes = default;
    }

    private static ReadOnlyMemory<byte> Decompressed(ReadOnlyMemory<byte> bytes, string name)
    {
        if (!bytes.Span.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
        {
            return bytes;
        }

        var output = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(new MemoryStream(bytes.ToArray(), writable: false), CompressionMode.Decompress);
            var buffer = new byte[1 << 16];
            for (var read = gzip.Read(buffer); read > 0; read = gzip.Read(buffer))
            {
                output.Write(buffer, 0, read);
                if (output.Length > MaxBytes)
                {
                    TraceFormatException.Throw($"capture '{name}' is larger than 2 GiB when decompressed", "cut it with `trace-cmd split`");
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new TraceFormatException($"capture '{name}' is damaged gzip: {error.Message}", "copy it again", inner: error);
        }

        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }
}
