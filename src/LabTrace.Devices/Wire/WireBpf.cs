using LabTrace.Tracing;

namespace LabTrace.Devices.Wire;

/// <summary>What is asked of a BPF program, how it was attached and what it counted, as messages.</summary>
internal static class WireBpf
{
    private const byte Started = 0;
    private const byte Refused = 1;
    private const byte Unavailable = 2;
    private const byte Wrong = 3;

    public static void Write(WireWriter message, BpfRequest request)
    {
        _ = message.Text(request.Program).Int32(request.Tgid).Int32(request.Pid);
        Numbers(message, request.Commands);
        _ = message.Int64(unchecked((long)request.Cgroup)).Text(request.Comm);
        Numbers(message, request.Calls);
        _ = message.Int64(request.MinDuration.Ticks).Flag(request.WholeCalls).Flag(request.Texts).Byte(request.IoctlType).Int32(request.Functions.Count);
        foreach (var function in request.Functions)
        {
            _ = message.Text(function.Name).Text(function.Binary).Int64(function.Offset);
        }

        _ = message.Flag(request.HistogramsOnly).Flag(request.WithRecorder).Int32((int)request.Stacks).Int32(request.RingBytes).Text(request.Mechanism);
    }

    public static BpfRequest ReadRequest(ref WireReader message)
    {
        var request = new BpfRequest(message.Text()) { Tgid = message.Int32(), Pid = message.Int32() };
        request = request with { Commands = Numbers(ref message) };
        request = request with { Cgroup = unchecked((ulong)message.Int64()), Comm = message.OptionalText() };
        request = request with { Calls = Numbers(ref message) };
        request = request with
        {
            MinDuration = TimeSpan.FromTicks(message.Int64()),
            WholeCalls = message.Flag(),
            Texts = message.Flag(),
            IoctlType = message.Byte(),
        };
        var functions = new BpfFunction[message.Count(12)];
        for (var i = 0; i < functions.Length; i++)
        {
            functions[i] = new BpfFunction(message.Text(), message.OptionalText(), message.Int64());
        }

        return request with
        {
            Functions = functions,
            HistogramsOnly = message.Flag(),
            WithRecorder = message.Flag(),
            Stacks = (BpfStacks)message.Int32(),
            RingBytes = message.Int32(),
            Mechanism = message.OptionalText(),
        };
    }

    public static void WriteStarted(WireWriter message, int handle, BpfAttachReport report)
    {
        _ = message.Byte(Started).Int32(handle).Text(report.Mechanism);
        Texts(message, report.Attached);
        Texts(message, report.Refused);
        _ = message.Int64(report.Elapsed.Ticks);
    }

    /// <summary>Tells why it did not start; the caller raises the same error.</summary>
    public static void WriteError(WireWriter message, LabException error)
    {
        switch (error)
        {
            case BpfRefusedException refused:
                Texts(message.Byte(Refused), refused.Refusals);
                _ = message.Text(refused.VerifierLog).Text(refused.Hint);
                break;
            case BpfUnavailableException unavailable:
                _ = message.Byte(Unavailable).Text(unavailable.Missing).Text(unavailable.Hint);
                break;
            default:
                _ = message.Byte(Wrong).Text(error.Message.Split('\n')[0]).Text(error.Hint);
                break;
        }
    }

    public static (int Handle, BpfAttachReport Report) ReadStarted(string target, string program, ref WireReader message)
    {
        switch (message.Byte())
        {
            case Started:
                return (message.Int32(), new BpfAttachReport(message.Text(), Texts(ref message), Texts(ref message), TimeSpan.FromTicks(message.Int64())));
            case Refused:
                var refusals = Texts(ref message);
                throw new BpfRefusedException(target, program, refusals, message.Text(), message.OptionalText());
            case Unavailable:
                throw new BpfUnavailableException(target, message.Text(), message.OptionalText() ?? "");
            default:
                throw new LabConfigException(message.Text(), message.OptionalText() ?? "");
        }
    }

    public static void Write(WireWriter message, BpfStatus status)
    {
        _ = message.Int64(status.Missed).Int32(status.Counters.Count);
        foreach (var cpu in status.Counters)
        {
            _ = message.Int32(cpu.Cpu).Int64(cpu.Records).Int64(cpu.Dropped).Int64(cpu.Unmatched).Int64(cpu.Overflow).Int64(cpu.Unread);
        }

        _ = message.Int32(status.Times.Count);
        foreach (var times in status.Times)
        {
            _ = message.Text(times.Function).Int64(times.Count).Int64(times.TotalNs).Int64(times.ShortestNs).Int64(times.LongestNs).Int32(times.Log2.Count);
            foreach (var bucket in times.Log2)
            {
                _ = message.Int64(bucket);
            }
        }
    }

    public static BpfStatus ReadStatus(ref WireReader message)
    {
        var missed = message.Int64();
        var counters = new BpfCounters[message.Count(44)];
        for (var i = 0; i < counters.Length; i++)
        {
            counters[i] = new BpfCounters(message.Int32(), message.Int64(), message.Int64(), message.Int64(), message.Int64(), message.Int64());
        }

        var times = new BpfFunctionTimes[message.Count(40)];
        for (var i = 0; i < times.Length; i++)
        {
            var (name, count, total, shortest, longest) = (message.Text(), message.Int64(), message.Int64(), message.Int64(), message.Int64());
            var log2 = new long[message.Count(8)];
            for (var bucket = 0; bucket < log2.Length; bucket++)
            {
                log2[bucket] = message.Int64();
            }

            times[i] = new BpfFunctionTimes(name, count, total, shortest, longest, log2);
        }

        return new BpfStatus(counters, times, missed);
    }

    private static void Numbers(WireWriter message, IReadOnlyList<int> numbers)
    {
        _ = message.Int32(numbers.Count);
        foreach (var number in numbers)
        {
            _ = message.Int32(number);
        }
    }

    private static int[] Numbers(ref WireReader message)
    {
        var numbers = new int[message.Count(4)];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = message.Int32();
        }

        return numbers;
    }

    private static void Texts(WireWriter message, IReadOnlyList<string> texts)
    {
        _ = message.Int32(texts.Count);
        foreach (var text in texts)
        {
            _ = message.Text(text);
        }
    }

    private static string[] Texts(ref WireReader message)
    {
        var texts = new string[message.Count(4)];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = message.Text();
        }

        return texts;
    }
}
