using System.Text;

namespace LabTrace.Tracing;

/// <summary>What explains pages that this machine's running kernel recorded: its formats, names, symbols and trace clock.</summary>
internal static class RunningKernel
{
    private static readonly string[] Mounts = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

    /// <summary>Reads tracefs; null where it is not mounted or may not be read.</summary>
    /// <param name="onBroken">Told of formats that make no sense.</param>
    public static RawRecording? Explain(Action<string> onBroken)
    {
        try
        {
            var mount = Array.Find(Mounts, m => File.Exists(m + "/events/header_page"));
            if (mount is null)
            {
                return null;
            }

            var layout = SubBufferLayout.Parse(File.ReadAllText(mount + "/events/header_page"), !BitConverter.IsLittleEndian);
            var sources = Directory.EnumerateDirectories(mount + "/events").SelectMany(system => Directory.EnumerateDirectories(system)
                .Where(e => File.Exists(e + "/format"))
                .Select(e => new FormatSource(Path.GetFileName(system), File.ReadAllBytes(e + "/format"))));
            return new RawRecording
            {
                Layout = layout,
                Formats = EventFormats.Deferred(sources, source => Parse(source, layout, onBroken)),
                Cpus = [],
                ClockName = ClockOf(File.ReadAllText(mount + "/trace_clock")),
                Comms = CommTable.Parse(File.ReadAllBytes(mount + "/saved_cmdlines")),
                Symbols = SymbolTable.Deferred(() => File.ReadAllBytes("/proc/kallsyms")),
                PrintkFormats = PrintkFormats.Parse(Encoding.UTF8.GetString(File.ReadAllBytes(mount + "/printk_formats"))),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or TraceFormatException)
        {
            return null;
        }
    }

    private static EventFormat? Parse(FormatSource source, SubBufferLayout layout, Action<string> onBroken)
    {
        try
        {
            return EventFormat.Parse(source.System, source.Text.Span, layout.IsBigEndian, layout.LongSize);
        }
        catch (TraceFormatException error)
        {
            onBroken(error.Message.Split('\n')[0]);
            return null;
        }
    }

    private static string ClockOf(string clocks)
    {
        var (open, close) = (clocks.IndexOf('[', StringComparison.Ordinal), clocks.IndexOf(']', StringComparison.Ordinal));
        return open >= 0 && close > open ? clocks[(open + 1)..close] : "local";
    }
}
