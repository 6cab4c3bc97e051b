namespace LabTrace.Devices;

/// <summary>The compiled programs, which are part of the assembly.</summary>
internal static class BpfObjectFiles
{
    /// <summary>Names a directory of other objects, such as those just compiled.</summary>
    public const string DirectoryVariable = "LABTRACE_BPF_OBJECTS";

    /// <summary>Reads a program's object.</summary>
    /// <exception cref="LabConfigException">The directory of other objects lacks it.</exception>
    public static byte[] Read(string program)
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } directory)
        {
            var file = Path.Combine(directory, $"{program}.bpf.o");
            return File.Exists(file)
                ? File.ReadAllBytes(file)
                : throw new LabConfigException($"{DirectoryVariable} names {directory}, and there is no {program}.bpf.o", "compile it: src/LabTrace.Devices/Bpf/Programs/build.sh DIRECTORY");
        }

        using var stream = typeof(BpfObjectFiles).Assembly.GetManifestResourceStream($"LabTrace.Devices.Bpf.{program}.bpf.o")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
