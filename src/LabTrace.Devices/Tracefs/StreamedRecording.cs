using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>A recording whose pages went to disk while they were made.</summary>
/// <param name="Files">Each cpu's pages, one file a cpu, named <c>cpuN.raw</c>.</param>
/// <param name="Explanation">What explains the pages: layout, formats, names, clock; its own pages are already in the files.</param>
/// <param name="Stats">The kernel's counts when all was read.</param>
public sealed record StreamedRecording(IReadOnlyList<StreamedCpu> Files, RawRecording Explanation, BufferStats Stats)
{
    /// <summary>Reads the files back into memory.</summary>
    /// <exception cref="IOException">A file cannot be read, or has 2 GiB or more.</exception>
    public RawRecording Load() =>
        Explanation with { Cpus = Files.Select(f => new RawCpu(f.Cpu, File.ReadAllBytes(f.Path))).ToArray() };
}

/// <summary>One cpu's pages on disk.</summary>
/// <param name="Cpu">The cpu, from zero.</param>
/// <param name="Path">The file on the machine LabTrace runs on.</param>
/// <param name="Length">Bytes.</param>
public sealed record StreamedCpu(int Cpu, string Path, long Length);
