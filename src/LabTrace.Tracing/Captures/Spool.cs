using Microsoft.Win32.SafeHandles;

namespace LabTrace.Tracing;

/// <summary>Keeps the bytes of a stream so that they can be read anywhere.</summary>
internal static class Spool
{
    /// <summary>Up to here in memory, beyond in a temporary file that nobody else sees and that goes with its handle.</summary>
    private const int MaxInMemory = 16 << 20;

    /// <summary>Reads a stream to its end; one of the two results is not null.</summary>
    public static (ReadOnlyMemory<byte>? Memory, SafeFileHandle? File) Read(Stream stream)
    {
        var memory = new MemoryStream();
        var buffer = new byte[1 << 17];
        while (memory.Length <= MaxInMemory)
        {
            var read = stream.Read(buffer);
            if (read == 0)
            {
                return (memory.GetBuffer().AsMemory(0, (int)memory.Length), null);
            }

            memory.Write(buffer, 0, read);
        }

        var path = Path.Combine(Path.GetTempPath(), $"labtrace-{Path.GetRandomFileName()}");
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        try
        {
            // The name goes at once: a killed process leaves nothing behind.
            File.Delete(path);
            RandomAccess.Write(file, memory.GetBuffer().AsSpan(0, (int)memory.Length), 0);
            var offset = memory.Length;
            for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            {
                RandomAccess.Write(file, buffer.AsSpan(0, read), offset);
                offset += read;
            }

            return (null, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
