using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using LabTrace.Devices;

namespace LabTrace.Benchmarks.TimeCards;

/// <summary>One attribute at a time through the local target, beside the BCL and beside nothing but the kernel's calls.</summary>
[MemoryDiagnoser]
public partial class LocalAttributeBenchmarks
{
    private const int ReadOnly = 0x80800; // O_RDONLY | O_NONBLOCK | O_CLOEXEC
    private const int WriteOnly = 0x80201; // O_WRONLY | O_TRUNC | O_CLOEXEC
    private readonly LocalTarget _local = new();
    private readonly byte[] _buffer = new byte[4096];
    private byte[] _content = [];

    /// <summary>Attributes of sysfs and procfs that read what was written; a file in memory.</summary>
    [Params("/sys/kernel/mm/ksm/sleep_millisecs", "/proc/self/oom_score_adj", "/dev/shm/labtrace-benchmark")]
    public string Attribute { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        if (Attribute.StartsWith("/dev/shm", StringComparison.Ordinal))
        {
            File.WriteAllText(Attribute, "1234\n");
        }

        _content = System.Text.Encoding.UTF8.GetBytes(File.ReadAllText(Attribute));
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        if (Attribute.StartsWith("/dev/shm", StringComparison.Ordinal))
        {
            File.Delete(Attribute);
        }
    }

    /// <summary>open, read, read to its end, close: what the kernel takes.</summary>
    [Benchmark(Baseline = true)]
    public nint ReadByTheKernelAlone()
    {
        var fd = Open(Attribute, ReadOnly, 0);
        var got = Read(fd, _buffer, _buffer.Length);
        _ = Read(fd, _buffer.AsSpan((int)got), _buffer.Length - got);
        _ = Close(fd);
        return got;
    }

    [Benchmark]
    public async Task<int> ReadByTheTarget() => (await _local.ReadAsync(Attribute, CancellationToken.None)).Length;

    [Benchmark]
    public int ReadByTheBcl() => File.ReadAllText(Attribute).Length;

    /// <summary>open, write, close.</summary>
    [Benchmark]
    public nint WriteByTheKernelAlone()
    {
        var fd = Open(Attribute, WriteOnly, 0);
        var took = Write(fd, _content, _content.Length);
        _ = Close(fd);
        return took;
    }

    [Benchmark]
    public async Task WriteByTheTarget() => await _local.WriteAsync(Attribute, _content, WriteMode.Truncate, CancellationToken.None);

    [Benchmark]
    public void WriteByTheBcl() => File.WriteAllBytes(Attribute, _content);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int fd, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int fd, ReadOnlySpan<byte> buffer, nint count);
}
