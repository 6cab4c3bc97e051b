using System.Globalization;
using BenchmarkDotNet.Running;
using LabTrace.Benchmarks;
using LabTrace.Benchmarks.Bpf;
using LabTrace.Benchmarks.Places;
using LabTrace.Benchmarks.TraceDat;
using LabTrace.Tracing;

// The input of text.sh.
if (args is ["text", var path, var events])
{
    using var file = File.Create(path);
    TraceDatWriter.Write(file, TraceGenerator.Recording(seed: 1, int.Parse(events, CultureInfo.InvariantCulture)));
    return 0;
}

// The inputs of grtrace.sh.
if (args is ["grt", var stream, var count])
{
    using var file = File.Create(stream);
    GrtGenerator.Write(file, long.Parse(count, CultureInfo.InvariantCulture));
    return 0;
}

if (args is ["timeline", var gpu, var cpu, var gpuBytes, var cpuBytes])
{
    using var gpuFile = File.Create(gpu);
    using var cpuFile = new BufferedStream(File.Create(cpu), 1 << 16);
    GrtGenerator.WriteTimeline(gpuFile, cpuFile, long.Parse(gpuBytes, CultureInfo.InvariantCulture), long.Parse(cpuBytes, CultureInfo.InvariantCulture));
    return 0;
}

// The tasks of trace-dat.sh.
if (args is ["trace", .. var task])
{
    return TraceTasks.Run(task);
}

// The tasks of bpf.sh.
if (args is ["bpf", .. var measured])
{
    return await BpfTasks.RunAsync(measured);
}

// The tasks of places.sh.
if (args is ["places", .. var at])
{
    return await PlaceTasks.RunAsync(at);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
