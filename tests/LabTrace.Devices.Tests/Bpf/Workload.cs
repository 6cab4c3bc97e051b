using System.Diagnostics;
using LabTrace.TestKit;

namespace LabTrace.Devices.Tests.Bpf;

/// <summary>The program whose every call is known, compiled once.</summary>
internal static class Workload
{
    private static readonly Lazy<string> Compiled = new(Compile);

    public static string Path => Compiled.Value;

    /// <summary>Root, libbpf, a kernel with its types, and a C compiler.</summary>
    public static void Require()
    {
        RealKernel.Require(Environment.UserName == "root" && File.Exists("/sys/kernel/btf/vmlinux"), "root and a kernel with BTF");
        RealKernel.Require(LibBpf.IsThere, "libbpf.so.1");
        RealKernel.Require(File.Exists("/usr/bin/gcc") || File.Exists("/usr/bin/cc"), "a C compiler");
    }

    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
    }

    private static string Compile()
    {
        var directory = Directory.CreateTempSubdirectory("labtrace-workload-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        var program = System.IO.Path.Combine(directory, "labtrace-workload");
        var source = System.IO.Path.Combine(Root(), "fixtures", "bpf", "labtrace-workload.c");
        _ = Run("cc", "-O1", "-fno-inline", "-fno-omit-frame-pointer", "-rdynamic", "-o", program, source);
        return program;
    }

    public static string Root()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(at, "LabTrace.sln")))
        {
            at = System.IO.Path.GetDirectoryName(at.TrimEnd('/'))!;
        }

        return at;
    }
}
