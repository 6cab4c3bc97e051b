namespace LabTrace.Tracing;

/// <summary>One ring buffer of the file: the top one, or an instance.</summary>
internal sealed class BufferPages(string name, SubBufferLayout layout, PageCompressor compressor) : IDisposable
{
    private readonly SortedDictionary<int, CpuPages> _cpus = [];

    public string Name { get; } = name;

    /// <summary>Its cpus, ascending.</summary>
    public IReadOnlyDictionary<int, CpuPages> Cpus => _cpus;

    /// <summary>A cpu's pages; events without a cpu go to cpu 0, which is all that the format can say.</summary>
    public CpuPages Cpu(int cpu)
    {
        cpu = Math.Max(cpu, 0);
        if (!_cpus.TryGetValue(cpu, out var pages))
        {
            _cpus[cpu] = pages = new CpuPages(layout, compressor);
        }

        return pages;
    }

    public void Complete()
    {
        foreach (var cpu in _cpus.Values)
        {
            cpu.Complete();
        }
    }

    public void Dispose()
    {
        foreach (var cpu in _cpus.Values)
        {
            cpu.Dispose();
        }
    }
}
