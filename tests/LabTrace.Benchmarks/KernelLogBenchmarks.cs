using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using LabTrace.Tracing.KernelLog;

namespace LabTrace.Benchmarks;

/// <summary>A long night's kernel log with a few reports in it: how fast they are found.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public partial class KernelLogBenchmarks
{
    public const int Lines = 400_000;

    private byte[] _log = [];

    public static byte[] Input { get; } = Make();

    [GlobalSetup]
    public void Setup() => _log = Input;

    /// <summary>What a script does: every line against one expression.</summary>
    [Benchmark(Baseline = true)]
    public int ReadLineRegex()
    {
        using StreamReader reader = new(new MemoryStream(_log), Encoding.UTF8);
        var found = 0;
        while (reader.ReadLine() is { } line)
        {
            found += Suspicious().IsMatch(line) ? 1 : 0;
        }

        return found;
    }

    [Benchmark]
    public int LabTraceReader() => KernelLogReader.Read(_log).Count;

    private static byte[] Make()
    {
        StringBuilder text = new();
        for (var i = 0; i < Lines; i++)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"[{i / 100.0,12:F6}] ");
            _ = (i % 5) switch
            {
                0 => text.Append(CultureInfo.InvariantCulture, $"usb 1-{i % 7}: new high-speed USB device number {i % 127} using xhci_hcd\n"),
                1 => text.Append(CultureInfo.InvariantCulture, $"audit: type=1400 audit(1750305980.{i}:67): avc:  denied  {{ mount }} for  pid={i} comm=\"toy\"\n"),
                2 => text.Append(CultureInfo.InvariantCulture, $"EXT4-fs (sda{i % 9}): mounted filesystem with ordered data mode. Opts: (null). Quota mode: none.\n"),
                3 => text.Append(CultureInfo.InvariantCulture, $"IPv6: ADDRCONF(NETDEV_CHANGE): veth{i}: link becomes ready\n"),
                _ => text.Append(CultureInfo.InvariantCulture, $"ptp_ocp 0000:0b:00.0: PPS update event, seq {i}\n"),
            };
            if (i % 50_000 == 25_000)
            {
                _ = text.Append("[    1.000000] WARNING: CPU: 1 PID: 1 at a.c:1 toy_write+0x1/0x2\n[    1.000000] RIP: 0010:toy_write+0x1/0x2\n[    1.000000] Call Trace:\n[    1.000000]  vfs_write+0x1/0x2\n");
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    [GeneratedRegex("BUG: |WARNING: |INFO: (?:task|rcu|possible)|Unable to handle|general protection fault|Oops|Kernel panic|KASAN|UBSAN", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Suspicious();
}
