using System.Diagnostics;
using System.Text;

namespace LabTrace.Tracing.Tests.Kernel;

/// <summary>A recording of this machine's kernel through an instance of its own: the text of <c>trace</c>, then the raw pages of the same buffer.</summary>
internal sealed class KernelRecording : IDisposable
{
    private const string Mount = "/sys/kernel/tracing";

    private readonly string _instance;

    public KernelRecording(string name)
    {
        _instance = $"{Mount}/instances/labtrace_test_{name}_{Environment.ProcessId}";
        Directory.CreateDirectory(_instance);
        Write("tracing_on", "0");

        // Plain pointers are hashed in the text with a key nobody knows; the record holds the pointer.
        Write("options/hash-ptr", "0");
    }

    public static EventFormats ReadFormats(params string[] systems) => new(systems.SelectMany(system =>
        Directory.GetDirectories($"{Mount}/events/{system}")
            .Where(folder => File.Exists($"{folder}/format"))
            .Select(folder => EventFormat.Parse(system, File.ReadAllBytes($"{folder}/format")))));

    public static IEnumerable<string> AllFormatFiles() =>
        Directory.GetDirectories($"{Mount}/events").SelectMany(Directory.GetDirectories).Select(f => f + "/format").Where(File.Exists);

    public void Write(string file, string value) => File.WriteAllText($"{_instance}/{file}", value);

    public void WriteRaw(string file, byte[] value)
    {
        using var stream = new FileStream($"{_instance}/{file}", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(value);
    }

    public void Record(IEnumerable<string> enable, Action workload)
    {
        foreach (var item in enable)
        {
            Write($"events/{item}/enable", "1");
        }

        Write("tracing_on", "1");
        workload();
        Write("tracing_on", "0");
        Write("events/enable", "0");
    }

    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        _ = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
    }

    public byte[] ReadText() => File.ReadAllBytes($"{_instance}/trace");

    public CommTable ReadComms() => CommTable.Parse(File.ReadAllBytes($"{Mount}/saved_cmdlines"));

    public RawRecording ReadRaw(EventFormats formats, string clock = "local")
    {
        var cpus = Directory.GetDirectories($"{_instance}/per_cpu").Select(f => int.Parse(Path.GetFileName(f)[3..])).Order().ToArray();
        return new RawRecording
        {
            Layout = SubBufferLayout.Parse(File.ReadAllText($"{Mount}/events/header_page")),
            Formats = formats,
            Cpus = [.. cpus.Select(cpu => new RawCpu(cpu, ReadPages(cpu)))],
            Stats = [.. cpus.Select(cpu => CpuStats.Parse(cpu, File.ReadAllText($"{_instance}/per_cpu/cpu{cpu}/stats")))],
            ClockName = clock,
            Comms = ReadComms(),
            Symbols = SymbolTable.Parse(File.ReadAllBytes("/proc/kallsyms")),
            PrintkFormats = PrintkFormats.Parse(File.ReadAllText($"{Mount}/printk_formats")),
        };
    }

    public void Dispose()
    {
        Write("tracing_on", "0");
        Write("events/enable", "0");
        Directory.Delete(_instance);
    }

    /// <summary>dd reads without blocking, which no BCL stream does.</summary>
    private byte[] ReadPages(int cpu)
    {
        var start = new ProcessStartInfo("dd", [$"if={_instance}/per_cpu/cpu{cpu}/trace_pipe_raw", "bs=4096", "iflag=nonblock"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using var dd = Process.Start(start)!;
        var pages = new MemoryStream();
        dd.StandardOutput.BaseStream.CopyTo(pages);
        _ = dd.StandardError.ReadToEnd();
        dd.WaitForExit();
        return pages.ToArray();
    }
}
