using Microsoft.Win32.SafeHandles;

namespace LabTrace.Tracing;

/// <summary>Collects bytes that are wanted later in one piece: a little in memory, more in a temporary file that goes with its handle.</summary>
internal sealed class SpoolFile : IDisposable
{
    private const int MaxInMemory = 1 << 20;

    private readonly MemoryStream _memory = new();
    private SafeFileHandle? _file;
    private long _inFile;

    public long Length => _inFile + _memory.Length;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _memory.Write(bytes);
        if (_memory.Length >= MaxInMemory)
        {
            ToFile();
        }
    }

    public void CopyTo(Stream output)
    {
        var buffer = new byte[1 << 16];
        for (long at = 0; at < _inFile;)
        {
            var read = RandomAccess.Read(_file!, buffer, at);
            output.Write(buffer, 0, read);
            at += read;
        }

        output.Write(_memory.GetBuffer(), 0, (int)_memory.Length);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _memory.Dispose();
    }

    private void ToFile()
    {
        if (_file is null)
        {
            var path = Path.Combine(Path.GetTempPath(), $"labtrace-{Path.GetRandomFileName()}");
            _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);

            // The name goes at once: a killed process leaves nothing behind.
            File.Delete(path);
        }

        RandomAccess.Write(_file, _memory.GetBuffer().AsSpan(0, (int)_memory.Length), _inFile);
        _inFile += _memory.Length;
        _memory.SetLength(0);
    }
}
