using System.Diagnostics;
using System.Globalization;
using LabTrace.Devices;
using LabTrace.Tracing;

namespace LabTrace.Benchmarks.Bpf;

/// <summary>The measurements of bpf.sh: the syscalls program on this machine's kernel, its records decoded in this process.</summary>
internal static class BpfTasks
{
    public static async Task<int> RunAsync(string[] task)
    {
        await using var target = new LocalTarget("bench");
        switch (task)
        {
            case ["attach", var rounds]:
                await AttachAsync(target, int.Parse(rounds, CultureInfo.InvariantCulture));
                return 0;
            case ["record", var mode, var ring, .. var command]:
                await RecordAsync(target, mode, int.Parse(ring, CultureInfo.InvariantCulture) * 1024, command);
                return 0;
            default:
                await Console.Error.WriteLineAsync("usage: bpf attach ROUNDS | bpf record pairs|whole|plain|slow RING_KIB COMMAND…");
                return 2;
        }
    }

    private static async Task AttachAsync(LocalTarget target, int rounds)
    {
        var times = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            await using var session = await target.StartBpfAsync(new BpfRequest("syscalls"), CancellationToken.None);
            times.Add(session.Report.Elapsed.TotalMilliseconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first {times[0]:F1} ms, median {times.Order().ElementAt(times.Count / 2):F1} ms, longest {times.Max():F1} ms, of {rounds}"));
    }

    private static async Task RecordAsync(LocalTarget target, string mode, int ring, string[] command)
    {
        await using var process = await target.StartAsync(new Command(command[0], command[1..]) { HeldAtStart = true }, CancellationToken.None);
        var request = new BpfRequest("syscalls") { Tgid = process.Pid, WholeCalls = mode == "whole", Texts = mode != "plain", RingBytes = ring };
        await using var session = await target.StartBpfAsync(request, CancellationToken.None);
        var reading = Task.Run(() => DecodeAsync(session.Capture, isSlow: mode == "slow"));
        var self = Process.GetCurrentProcess();
        var (used, begun) = (self.TotalProcessorTime, Stopwatch.GetTimestamp());
        await process.ReleaseAsync(CancellationToken.None);
        var result = await process.WaitAsync(CancellationToken.None);
        var (elapsed, cpu) = (Stopwatch.GetElapsedTime(begun), (self.TotalProcessorTime - used).TotalSeconds);
        await session.StopAsync(CancellationToken.None);
        var (events, span, sum, summary, lost) = await reading;
        var rate = span > 0 ? events / (span / 1e9) : 0;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.OutputText.Trim()}; {events:N0} events at {rate / 1e6:F3} M/s, dropped {summary.Dropped:N0} of {summary.Records:N0} made (read + dropped - made = {events + summary.Dropped - summary.Records}, by gaps {lost:N0}), reader {cpu / elapsed.TotalSeconds:P1} of a core, sum of results {sum}"));
    }

    /// <summary>Every event decoded: its time, thread, name, and a field of it.</summary>
    private static async Task<(long Events, ulong Span, long Sum, BpfSummary Summary, long Lost)> DecodeAsync(Stream capture, bool isSlow)
    {
        var decoder = new BpfStreamDecoder();
        var buffer = new byte[1 << 18];
        var (first, last, sum) = (0UL, 0UL, 0L);
        while (await capture.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
        {
            decoder.Append(buffer.AsSpan(0, count));
            while (decoder.TryRead(out var item))
            {
                first = first == 0 ? item.Time.Nanoseconds : first;
                last = Math.Max(last, item.Time.Nanoseconds);
                sum += item.TryGetField("nr", out var number) && number.TryGetInteger(out var value) ? (long)value + item.Pid - item.Pid : 0;
            }

            if (isSlow)
            {
                await Task.Delay(20, CancellationToken.None);
            }
        }

        return (decoder.Count, last - first, sum, decoder.Summary, decoder.Lost);
    }
}
