using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Steps;

/// <summary>What the BPF steps of one scenario share: what is to be recorded, and what was.</summary>
public sealed class BpfBench(ScenarioPlace place, TracingBench tracing)
{
    private const string FaultDirectory = "/sys/kernel/debug/labtrace/bpf";
    private BpfRequest? request;
    private BpfRecording? recording;
    private BpftraceRecording? bpftrace;

    private CancellationToken Cancellation => place.Cancellation;

    private BpfRequest Request => request ?? throw new InvalidOperationException("no BPF program was chosen; use a step such as `Given the BPF program \"syscalls\"` first");

    private BpfRecording Recording =>
        recording ?? throw new InvalidOperationException("nothing was recorded with BPF in this scenario; use a step such as `When I record \"true\" with BPF` first");

    private BpftraceOutput Printed =>
        bpftrace?.Output ?? throw new InvalidOperationException("bpftrace did not run in this scenario; use a step such as `When I run bpftrace \"BEGIN { exit(); }\"` first");

    public void Choose(string program) => request = new BpfRequest(program);

    public void Change(Func<BpfRequest, BpfRequest> change) => request = change(Request);

    public async Task TimeAsync(string patterns)
    {
        var target = (await place.OpenAsync()).Target;
        var functions = await BpfFunctions.FindAsync(target, Words(patterns), Cancellation);
        request = (request ?? new BpfRequest("function_latency")) with { Functions = functions };
    }

    public void OnlyCalls(string names) => Change(r => r with
    {
        Calls = [.. Words(names).Select(n => SyscallTable.Find(n)?.Number ?? throw new InvalidOperationException($"x86-64 has no system call '{n}'"))],
    });

    public async Task SetFaultAsync(string name, int value) =>
        await (await place.OpenAsync()).Changes.SetAttributeAsync($"{FaultDirectory}/{name}", $"{value}", restoreValue: null, Cancellation);

    public async Task RecordAsync(string line, bool onlyCommand)
    {
        recording = await BpfRecorder.RecordAsync((await place.OpenAsync()).Changes, Request, CommandLine.Parse(line), onlyCommand, Cancellation);
        await tracing.UseAsync(recording.Trace, $"{Request.Program}.bpf", recording.Bytes, recording.Pid, recording.Result);
    }

    public async Task RecordForAsync(Duration length)
    {
        var lab = await place.OpenAsync();
        recording = await BpfRecorder.RecordAsync(lab.Changes, Request, token => Task.Delay(length.ToTimeSpan(), lab.Target.Time, token), Cancellation);
        await tracing.UseAsync(recording.Trace, $"{Request.Program}.bpf", recording.Bytes, 0, null);
    }

    public async Task TryAsync(string program)
    {
        var asked = new BpfRequest(program);
        if (program == "function_latency")
        {
            asked = asked with { Functions = [new BpfFunction("schedule")] };
        }

        await using var session = await BpfRecorder.StartAsync((await place.OpenAsync()).Changes, asked, Cancellation);
    }

    public async Task RunBpftraceAsync(string script, string? line, Duration? time, bool isJson)
    {
        bpftrace = await Bpftrace.RunAsync(
            (await place.OpenAsync()).Changes,
            new BpftraceRun(script) { Json = isJson, Command = line is null ? null : CommandLine.Parse(line), Timeout = time?.ToTimeSpan() },
            Cancellation);
        await tracing.UseAsync(bpftrace.Trace, isJson ? "bpftrace.json" : "bpftrace.txt", bpftrace.Bytes, 0, bpftrace.Result);
    }

    /// <summary>Runs a script that lies beside the features, wherever the target is.</summary>
    public async Task RunBpftraceFileAsync(string file, string line)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"there is no script '{file}' in {Directory.GetCurrentDirectory()}\n  try: a path from the directory in which labtrace runs");
        }

        await RunBpftraceAsync(await File.ReadAllTextAsync(file, Cancellation), line, null, isJson: true);
    }

    public void ShouldBeAttachedBy(string mechanisms) => Words(mechanisms).Should().Contain(
        Recording.Report.Mechanism, "it was attached as {0}, after {1}", string.Join(", ", Recording.Report.Attached), string.Join("; ", Recording.Report.Refused));

    public void AttachingShouldHaveTaken(Duration most) => Recording.Report.Elapsed.Should().BeLessThanOrEqualTo(most.ToTimeSpan());

    /// <summary>What the kernel made is what was read and what it dropped: nothing goes without a trace.</summary>
    public void CountsShouldAgree()
    {
        var summary = Recording.Summary;
        var read = Recording.Trace.Events.Count;
        (read + summary.Dropped).Should().Be(summary.Records, "{0} events were read and the kernel counted {1} dropped of {2} made", read, summary.Dropped, summary.Records);
        Recording.Trace.Tally.LostTotal.Should().Be(summary.Dropped + summary.Missed, "what is lost is told by gaps in the numbers and by the kernel's counters alike");
    }

    public void ShouldHaveDropped(int least) => Recording.Summary.Dropped.Should().BeGreaterThanOrEqualTo(least);

    public void ShouldHaveNoUnmatched() => Recording.Summary.Counters.Sum(c => c.Unmatched).Should().Be(0);

    public BpfFunctionTimes Times(string function)
    {
        var found = Recording.Summary.Times.FirstOrDefault(t => t.Function == function);
        if (found is null)
        {
            Assert.Fail($"expected: times of {function}\n  found:    {string.Join(", ", Recording.Summary.Times.Select(t => t.Function))}");
        }

        return found!;
    }

    public void ShouldHaveCalled(string function, int count) => Times(function).Count.Should().Be(count, "{0} was called so often", function);

    public void ShouldHaveTaken(string function, string which, bool isAtMost, Duration bound)
    {
        var times = Times(function);
        var ns = which switch { "shortest" => times.ShortestNs, "longest" => times.LongestNs, _ => times.AverageNs };
        var holds = isAtMost ? ns <= bound.Nanoseconds : ns >= bound.Nanoseconds;
        holds.Should().BeTrue("the {0} of {1} calls of {2} took {3} ns, expected at {4} {5} ns", which, times.Count, function, ns, isAtMost ? "most" : "least", bound.Nanoseconds);
    }

    public void HistogramShouldCount(string function, int count, Duration least)
    {
        var bucket = Math.Max(0, (int)Math.Log2(Math.Max(1, least.Nanoseconds)));
        Times(function).Log2.Skip(bucket).Sum().Should().Be(count, "so many calls of {0} took 2^{1} ns or more", function, bucket);
    }

    public void MapShouldBe(string map, string key, int value) =>
        ((Printed.Map(map) ?? Missing(map))[key]?.Integer).Should().Be(value, "of {0}, whose keys are {1}", map, string.Join(", ", Printed.Map(map)!.Entries.Select(e => e.Key)));

    public void HistogramShouldCount(string map, int count) => (Printed.Map(map) ?? Missing(map)).Entries.Sum(e => e.Buckets.Sum(b => b.Count)).Should().Be(count);

    public void ShouldHavePrinted(string line) => Printed.Lines.Should().Contain(line);

    /// <summary>Runs the recorded command again under strace, and compares call by call, as the multiset that a run has whatever its order between threads.</summary>
    public async Task StraceShouldAgreeAsync()
    {
        var command = (Recording.Result ?? throw new InvalidOperationException("no command was recorded")).Command;
        var result = (await (await place.OpenAsync()).Changes.RunAsync(
            new Command("strace", ["-f", "-o", "/dev/stderr", command.Program, .. command.Arguments]), Cancellation)).EnsureSuccess();
        var expected = StraceText.Calls(result.ErrorText);
        var found = StraceText.Calls(Recording.Trace);
        var differences = expected.Keys.Union(found.Keys).Where(k => expected.GetValueOrDefault(k) != found.GetValueOrDefault(k))
            .Select(k => $"  {k}: strace {expected.GetValueOrDefault(k)}, capture {found.GetValueOrDefault(k)}").Order(StringComparer.Ordinal).ToList();
        if (differences.Count > 0)
        {
            Assert.Fail($"expected the capture of `{command}` to have the calls that strace -f has, but:\n{string.Join('\n', differences)}");
        }
    }

    /// <summary>Counts the recorded command's calls with bpftrace, and compares by number.</summary>
    public async Task BpftraceShouldCountAsync()
    {
        var command = (Recording.Result ?? throw new InvalidOperationException("no command was recorded")).Command;
        var comm = command.Program[(command.Program.LastIndexOf('/') + 1)..];
        comm = comm.Length > 15 ? comm[..15] : comm;
        var counted = await Bpftrace.RunAsync(
            (await place.OpenAsync()).Changes,
            new BpftraceRun($"tracepoint:raw_syscalls:sys_enter /comm == \"{comm}\"/ {{ @calls[args->id] = count(); }}") { Command = command },
            Cancellation);
        var expected = (counted.Output.Map("@calls") ?? Missing("@calls")).Entries.ToDictionary(e => e.Key, e => e.Integer ?? 0);
        var found = Recording.Trace.Of(EventName.Parse("bpf:syscall_enter")).Where(e => e.Comm == comm)
            .GroupBy(e => e.TryGetField("nr", out var nr) ? nr.ToRawText() : "?").ToDictionary(g => g.Key, g => (long)g.Count());
        found.Should().BeEquivalentTo(expected, "bpftrace counts the same calls by number");
    }

    private static string[] Words(string list) => list.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);

    private BpftraceMap Missing(string map)
    {
        Assert.Fail($"expected: the map {map}\n  found:    {(bpftrace is null ? "" : string.Join(", ", Printed.Maps.Select(m => m.Name)))}");
        return null!;
    }
}
