namespace LabTrace.Devices;

/// <summary>A probe on a function of a program or library: an event of its own each time the function is entered, or returns.</summary>
/// <param name="Name">The event's name: letters, digits and <c>_</c>.</param>
/// <param name="Binary">A path on the target, a program in its PATH, or a library such as <c>libc.so.6</c>.</param>
/// <param name="Function">A function, a function plus bytes (<c>main+0x10</c>), or an offset in the file (<c>0x2000</c>).</param>
public sealed record UserProbe(string Name, string Binary, string Function)
{
    /// <summary>The place where a program starts, for <see cref="Function"/>: found in the file's header, so it needs no symbol.</summary>
    public const string EntryPoint = "<entry>";

    /// <summary>It happens when the function returns.</summary>
    public bool IsReturn { get; init; }

    /// <summary>What to fetch, as the kernel writes it: <c>fd=%di:s32</c>, <c>path=+0(%si):string</c>, <c>ret=$retval</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}

/// <summary>A probe on a function of the kernel.</summary>
/// <param name="Name">The event's name: letters, digits and <c>_</c>.</param>
/// <param name="Function">A function in <c>/proc/kallsyms</c>, with <c>+offset</c> if wanted.</param>
public sealed record KernelProbe(string Name, string Function)
{
    /// <summary>It happens when the function returns.</summary>
    public bool IsReturn { get; init; }

    /// <summary>What to fetch, as the kernel writes it: <c>len=%dx:u64</c>, <c>ret=$retval</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
