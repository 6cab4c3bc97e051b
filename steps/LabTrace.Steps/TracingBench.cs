using System.Text;
using LabTrace.Devices;
using LabTrace.Tracing;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>What the tracing steps of one scenario share: its trace instance, what it recorded, and the command it ran.</summary>
public sealed partial class TracingBench(ScenarioPlace place, IReqnrollOutputHelper output)
{
    private readonly Dictionary<string, TraceInstance> instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Trace> recordedWith = new(StringComparer.Ordinal);
    private Tracefs? tracefs;
    private TraceInstance? own;
    private RanCommand? command;
    private string? bootedKernel;

    /// <summary>The last command that ran.</summary>
    public RanCommand Command => command ?? throw new InvalidOperationException("no command has run in this scenario; use a step such as `When I run \"true\"` first");

    private CancellationToken Cancellation => place.Cancellation;

    public async Task EnableAsync(string pattern, string? filter) =>
        await (await InstanceAsync()).EnableEventAsync(EventName.Parse(pattern), filter, Cancellation);

    public async Task SetTriggerAsync(string name, string trigger) =>
        await (await InstanceAsync()).SetTriggerAsync(EventName.Parse(name), trigger, Cancellation);

    public async Task SetClockAsync(string clock) => await (await InstanceAsync()).SetClockAsync(clock, Cancellation);

    public async Task SetTracerAsync(string tracer) => await (await InstanceAsync()).SetTracerAsync(tracer, Cancellation);

    public async Task TraceOnlyFunctionsAsync(string pattern) => await (await InstanceAsync()).SetFunctionsAsync(pattern, Cancellation);

    /// <summary>The main buffer, which some tracers of older kernels need, is everybody's: only a throw-away machine gives it away.</summary>
    public async Task UseMainBufferAsync()
    {
        if ((await place.OpenAsync()).Target is not IBootableTarget { IsDisposable: true })
        {
            throw new NUnit.Framework.IgnoreException($"place '{place.Lab.Place.Name}' keeps its main trace buffer for others; try: a place of kind vm");
        }

        own = (await TracefsAsync()).MainBuffer();
    }

    public async Task<string> ReadHistogramAsync(string name) => await (await InstanceAsync()).ReadHistogramAsync(EventName.Parse(name), Cancellation);

    public async Task SetOptionAsync(string option, bool on) => await (await InstanceAsync()).SetOptionAsync(option, on, Cancellation);

    public async Task SetBufferSizeAsync(int kibibytes) => await (await InstanceAsync()).SetBufferSizeAsync(kibibytes, Cancellation);

    public async Task TraceOnlyCpuAsync(int cpu) => await (await InstanceAsync()).SetCpusAsync([cpu], Cancellation);

    public async Task ProbeAsync(string name, string function, string library, bool onReturn) =>
        await (await InstanceAsync()).AddUserProbeAsync(new UserProbe(name, library, function) { IsReturn = onReturn }, Cancellation);

    public async Task KernelProbeAsync(string name, string function, bool onReturn) =>
        await (await InstanceAsync()).AddKernelProbeAsync(new KernelProbe(name, function) { IsReturn = onReturn }, Cancellation);

    public async Task MarkAsync(string text) => await (await InstanceAsync()).MarkAsync(text, Cancellation);

    public async Task MarkRawAsync(int id, string content) =>
        await (await InstanceAsync()).MarkRawAsync(checked((uint)id), Encoding.UTF8.GetBytes(content), Cancellation);

    public async Task MakeInstanceAsync(string name) =>
        instances.Add(name, await (await TracefsAsync()).CreateInstanceAsync(name, Cancellation));

    public async Task MakeInstanceAgainAsync(string name) =>
        _ = await (await TracefsAsync()).CreateInstanceNamedAsync(instances[name].Name, Cancellation);

    public async Task RemoveBusyInstanceAsync(string name)
    {
        await using var pipe = await instances[name].OpenPipeAsync(Cancellation);
        await instances[name].RemoveAsync(Cancellation);
    }

    /// <summary>The target was booted: instances and what was set in them are gone.</summary>
    public void Forget()
    {
        instances.Clear();
        (own, tracefs) = (null, null);
    }

    /// <summary>A machine with another kernel took this one's place: what was recorded with the kernel before it is kept under that one's name.</summary>
    public void ForgetForKernel(string kernel)
    {
        Forget();
        if (bootedKernel is not null && recording is not null)
        {
            recordedWith[bootedKernel] = Trace;
        }

        (bootedKernel, recording, trace, snapshot) = (kernel, null, null, null);
    }

    /// <summary>The last recording that was made with a kernel which the scenario booted before the present one.</summary>
    public Trace RecordedWith(string kernel) => recordedWith.GetValueOrDefault(kernel) ?? throw new InvalidOperationException(
        $"nothing was recorded with the kernel \"{kernel}\" in this scenario{NearestNames.Clause(kernel, recordedWith.Keys)}; boot it first with `Given the kernel \"{kernel}\" is booted`, and record");

    public async Task RunAsync(string line)
    {
        await using var process = await (await place.OpenAsync()).Changes.StartAsync(CommandLine.Parse(line), Cancellation);
        await process.ReleaseAsync(Cancellation);
        command = new RanCommand(process.Pid, await process.WaitAsync(Cancellation));
    }

    private async Task<Tracefs> TracefsAsync() => tracefs ??= await Tracefs.OpenAsync((await place.OpenAsync()).Changes, Cancellation);

    private async Task<TraceInstance> InstanceAsync() => own ??= await (await TracefsAsync()).CreateInstanceAsync(label: null, Cancellation);
}
