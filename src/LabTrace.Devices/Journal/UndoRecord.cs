using System.Text.Json.Serialization;

namespace LabTrace.Devices;

/// <summary>How to undo one change of a target, as data: a journal outlives the process that made the change.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(WriteBack), "write")]
[JsonDerivedType(typeof(WriteBytes), "bytes")]
[JsonDerivedType(typeof(Exchange), "exchange")]
[JsonDerivedType(typeof(AppendLine), "append")]
[JsonDerivedType(typeof(RemoveDirectory), "rmdir")]
[JsonDerivedType(typeof(RemoveFile), "remove")]
[JsonDerivedType(typeof(KillProcess), "kill")]
[JsonDerivedType(typeof(UnloadModule), "unload")]
[JsonDerivedType(typeof(RunCommand), "run")]
internal abstract record UndoRecord
{
    /// <summary>A reboot of the target undoes the change too.</summary>
    public abstract bool IsUndoneByBoot();

    // What stands in a file system of the kernel's own is gone with the kernel.
    protected static bool IsKernelFile(string path) =>
        path.StartsWith("/sys/", StringComparison.Ordinal)
        || path.StartsWith("/proc/", StringComparison.Ordinal)
        || path.StartsWith("/dev/", StringComparison.Ordinal)
        || path.StartsWith("/run/", StringComparison.Ordinal);

    /// <summary>Write what an attribute held before.</summary>
    public sealed record WriteBack(string Path, string Value) : UndoRecord
    {
        public override bool IsUndoneByBoot() => IsKernelFile(Path);

        public override string ToString() => $"write '{Value}' to {Path}";
    }

    /// <summary>Write the bytes that a memory held before. It holds them without power: no boot undoes that.</summary>
    public sealed record WriteBytes(string Path, byte[] Content) : UndoRecord
    {
        public override bool IsUndoneByBoot() => false;

        public override string ToString() => $"write {Content.Length} bytes to {Path}";
    }

    /// <summary>Write a value that takes another one back, as <c>bind</c> does <c>unbind</c>, unless a file is there that shows it was taken back.</summary>
    public sealed record Exchange(string Path, string Value, string ShownBy) : UndoRecord
    {
        public override bool IsUndoneByBoot() => IsKernelFile(Path);

        public override string ToString() => $"write '{Value}' to {Path}";
    }

    /// <summary>Append a line that takes another one back, as <c>-:group/name</c> does in uprobe_events.</summary>
    public sealed record AppendLine(string Path, string Line) : UndoRecord
    {
        public override bool IsUndoneByBoot() => IsKernelFile(Path);

        public override string ToString() => $"append '{Line}' to {Path}";
    }

    /// <summary>Remove a directory that was made.</summary>
    public sealed record RemoveDirectory(string Path) : UndoRecord
    {
        public override bool IsUndoneByBoot() => IsKernelFile(Path);

        public override string ToString() => $"rmdir {Path}";
    }

    /// <summary>Remove a file that was made.</summary>
    public sealed record RemoveFile(string Path) : UndoRecord
    {
        public override bool IsUndoneByBoot() => IsKernelFile(Path);

        public override string ToString() => $"remove {Path}";
    }

    /// <summary>Kill a process that was started, if the pid is still the one that started then.</summary>
    /// <param name="Pid">Its pid on the target.</param>
    /// <param name="StartTicks">Field 22 of /proc/PID/stat, or 0 where the target has none.</param>
    /// <param name="Command">What it runs, for messages.</param>
    public sealed record KillProcess(int Pid, long StartTicks, string Command) : UndoRecord
    {
        public override bool IsUndoneByBoot() => true;

        public override string ToString() => $"kill {Pid} (`{Command}`)";
    }

    /// <summary>Unload a module that was loaded.</summary>
    /// <param name="Name">Its name in /sys/module.</param>
    /// <param name="WithDependencies">It was loaded by modprobe, which takes its dependencies along.</param>
    public sealed record UnloadModule(string Name, bool WithDependencies) : UndoRecord
    {
        public override bool IsUndoneByBoot() => true;

        public override string ToString() => $"unload module {Name}";
    }

    /// <summary>Run a program that takes back what another did.</summary>
    public sealed record RunCommand(string Program, IReadOnlyList<string> Arguments, bool Volatile) : UndoRecord
    {
        public override bool IsUndoneByBoot() => Volatile;

        public override string ToString() => $"run `{CommandLine.Join([Program, .. Arguments])}`";
    }
}
