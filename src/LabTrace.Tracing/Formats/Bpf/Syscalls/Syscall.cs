namespace LabTrace.Tracing;

/// <summary>A system call of x86-64.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name, for example <c>openat</c>.</param>
/// <param name="Arguments">Its arguments in order; six without meaning when they are not known.</param>
public sealed record Syscall(int Number, string Name, IReadOnlyList<SyscallArgument> Arguments)
{
    /// <summary>Bit n is set when argument n is a path or another text of the caller.</summary>
    public byte TextArguments { get; } = (byte)Arguments.Index().Where(a => a.Item.Kind == 's').Aggregate(0, (mask, a) => mask | 1 << a.Index);
}

/// <summary>An argument of a system call.</summary>
/// <param name="Kind">How it is printed; the letters are explained in SyscallArguments.cs.</param>
/// <param name="Name">Its name in the kernel.</param>
public readonly record struct SyscallArgument(char Kind, string Name);
