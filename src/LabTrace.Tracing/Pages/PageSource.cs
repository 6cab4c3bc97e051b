namespace LabTrace.Tracing;

/// <summary>Hands out one cpu's sub-buffers from the first to the last, some at a time.</summary>
internal abstract class PageSource : IDisposable
{
    /// <summary>Whether what was handed out stays as it is; otherwise the next call reuses its memory.</summary>
    public abstract bool KeepsPages { get; }

    /// <summary>How many bytes there are; 0 when it is not known.</summary>
    public virtual long Bytes => 0;

    /// <summary>The next sub-buffers, whole ones unless the capture was cut; empty at the end.</summary>
    public abstract ArraySegment<byte> Next();

    /// <summary>Steps over everything but the last sub-buffers, which the next call then hands out.</summary>
    /// <exception cref="TraceFormatException">What lies between is broken.</exception>
    public abstract void SkipToLast();

    public abstract void Dispose();
}

/// <summary>Sub-buffers that are in memory.</summary>
internal sealed class MemoryPages : PageSource
{
    private readonly ArraySegment<byte> _pages;
    private ArraySegment<byte> _rest;

    public MemoryPages(ArraySegment<byte> pages) => _pages = _rest = pages;

    public override bool KeepsPages => true;

    public override long Bytes => _pages.Count;

    public static MemoryPages Of(ReadOnlyMemory<byte> pages) =>
        new(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(pages, out var segment) ? segment : pages.ToArray());

    public override ArraySegment<byte> Next()
    {
        var all = _rest;
        _rest = default;
        return all;
    }

    public override void SkipToLast() => _rest = _pages;

    public override void Dispose() => _rest = default;
}
