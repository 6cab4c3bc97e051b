using System.CommandLine;
using System.Globalization;
using LabTrace.Cli.Commands.GpuRings;
using LabTrace.Cli.Commands.Traces;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Timelines;

/// <summary>The two recordings of a timeline and how their clocks are brought together.</summary>
internal sealed class TimelineInput : IDisposable
{
    private const string Automatic = "auto";

    private readonly Capture? _cpuCapture;
    private readonly GrtraceInput? _gpu;

    private TimelineInput(Capture? cpuCapture, GrtraceInput? gpu, long offsetNs, GrtClockOffset? estimate)
    {
        (_cpuCapture, _gpu, OffsetNs, Estimate) = (cpuCapture, gpu, offsetNs, estimate);
        Cpu = cpuCapture is null ? null : GrtAnnotationReader.Open(cpuCapture);
        Merge = new GrtMerge(Cpu, gpu?.Reader, offsetNs);
    }

    /// <summary>The cpus' annotations.</summary>
    public GrtAnnotationReader? Cpu { get; }

    /// <summary>The GPU's stream.</summary>
    public GrtReader? Gpu => _gpu?.Reader;

    /// <summary>The two together.</summary>
    public GrtMerge Merge { get; }

    /// <summary>Lines of the GPU's text that are no events.</summary>
    public long GpuMalformedLines => _gpu?.MalformedLines ?? 0;

    /// <summary>What is added to the GPU's times.</summary>
    public long OffsetNs { get; }

    /// <summary>How it was found, null when it was given.</summary>
    public GrtClockOffset? Estimate { get; }

    /// <summary>The option that names the annotations.</summary>
    public static Option<string?> CpuOption() => new("--cpu") { Description = "annotations of cpus, as grtrace-bpf-annotate writes them", HelpName = "FILE" };

    /// <summary>The option that names the GPU's stream.</summary>
    public static Option<string[]> GpuOption() => new("--gpu")
    {
        Description = "the GPU's stream, or the files of its cpus, as `labtrace grtrace record` and the relay buffers give them; GPU events as text will do too",
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>The option that brings the clocks together.</summary>
    public static Option<string?> OffsetOption()
    {
        Option<string?> option = new("--clock-offset")
        {
            Description = "nanoseconds to ADD to the GPU's times: -1000000 when its clock is 1 ms ahead of the cpus'; auto finds it from submissions, which lie in ioctls [default: 0]",
            HelpName = "NS|auto",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value != Automatic && !TryOffset(token.Value, out _))
            {
                result.AddError($"'{token.Value}' is no clock offset; write whole nanoseconds, for example -1000000, or auto");
            }
        });
        return option;
    }

    /// <summary>Opens what the command line names.</summary>
    /// <exception cref="UsageException">A file is not there or of another kind, or the offset cannot be found.</exception>
    public static TimelineInput Open(string? cpu, string[] gpu, string? offset, CancellationToken cancellationToken)
    {
        if (cpu is null && gpu.Length == 0)
        {
            throw new UsageException("nothing to read\n  try: --cpu FILE --gpu FILE");
        }

        GrtClockOffset? estimate = null;
        var offsetNs = 0L;
        if (offset == Automatic)
        {
            estimate = Find(cpu, gpu, cancellationToken);
            offsetNs = estimate.Value.OffsetNs;
        }
        else if (offset is not null)
        {
            _ = TryOffset(offset, out offsetNs);
        }

        var capture = cpu is null ? null : OpenCpu(cpu);
        GrtraceInput? stream = null;
        try
        {
            stream = gpu.Length == 0 ? null : GrtraceInput.Open(gpu, cancellationToken);
            return new TimelineInput(capture, stream, offsetNs, estimate);
        }
        catch
        {
            capture?.Dispose();
            stream?.Dispose();
            throw;
        }
    }

    /// <summary>Reads to the end, showing how far it is.</summary>
    public void Run(IGrtTimelineSink? sink, CancellationToken cancellationToken)
    {
        var progress = ProgressLine.For(() => (Cpu?.BytesRead ?? 0) + 1, 0);
        Merge.Run(sink, progress.Show, cancellationToken);
        progress.Clear();
    }

    /// <summary>Tells on standard error what should be known.</summary>
    public void WriteWarnings()
    {
        var warnings = new List<string>();
        if (Estimate is { } found)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"labtrace: clock offset {found.OffsetNs} ns ± {found.ErrorNs} ns is added to the GPU's times; {found.Share:P0} of {found.Submissions} submissions lie in an ioctl then"));
        }

        if (Cpu is not null && Gpu is not null && OffsetNs == 0 && Merge is { Jobs: > 20 } && Merge.Attributed * 2 < Merge.Jobs)
        {
            warnings.Add($"only {Merge.Attributed:N0} of {Merge.Jobs:N0} jobs were submitted while somebody was in an ioctl: the clocks may differ, or not all processes were annotated\n  try: --clock-offset auto");
        }

        if (Cpu is { } cpu)
        {
            var tally = cpu.Tally;
            warnings.AddRange(tally.Samples.Select(s => $"failed to parse line at offset {s.Offset}: {s.Reason}: {s.Excerpt}"));
            if (tally.Malformed > tally.Samples.Count)
            {
                warnings.Add($"{tally.Malformed - tally.Samples.Count:N0} more lines could not be parsed");
            }

            if (cpu.Late > 0)
            {
                warnings.Add($"{cpu.Late:N0} annotations were too far out of order to be put right");
            }
        }

        if (Gpu is { } gpu)
        {
            warnings.AddRange(gpu.Tally.Warnings);
            warnings.AddRange(_gpu!.TextWarnings);
            warnings.AddRange(gpu.Tally.Samples.Select(s => s.Offset >= 0 ? $"{s.Reason} at offset {s.Offset}" : s.Reason));
            if (gpu.Count == 0)
            {
                warnings.Add("no GPU events: was grtrace started while it was recorded?");
            }
        }

        if (Merge.Forgotten > 0)
        {
            warnings.Add($"{Merge.Forgotten:N0} jobs never completed and were forgotten");
        }

        foreach (var warning in warnings)
        {
            Console.Error.WriteLine($"labtrace: warning: {warning}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Cpu?.Dispose();
        _cpuCapture?.Dispose();
        _gpu?.Dispose();
    }

    private static bool TryOffset(string text, out long offset) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out offset);

    private static GrtClockOffset Find(string? cpu, string[] gpu, CancellationToken cancellationToken)
    {
        if (cpu is null or "-" || gpu.Length == 0 || gpu.Contains("-", StringComparer.Ordinal))
        {
            throw new UsageException("--clock-offset auto looks at both recordings before it merges them\n  try: --cpu FILE --gpu FILE, neither of them standard input");
        }

        using var capture = OpenCpu(cpu);
        using var annotations = GrtAnnotationReader.Open(capture);
        using var stream = GrtraceInput.Open(gpu, cancellationToken);
        return GrtClockOffset.TryEstimate(annotations, stream.Reader, out var estimate)
            ? estimate
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"no clock offset puts most submissions into ioctls: at best {estimate.Share:P0} of {estimate.Submissions}\n  try: record both at the same time, or give --clock-offset NS"));
    }

    private static Capture OpenCpu(string file)
    {
        var capture = TraceInput.Find(file);
        var start = capture.Start.Span;
        if (start.Length > 0 && !new GrtTextFormat().Recognises(start))
        {
            var found = TraceFormats.Recognise(start)?.Name ?? "nothing that LabTrace knows";
            capture.Dispose();
            throw new UsageException($"'{file}' holds no annotations; it looks like {found}\n  try: lines like [1234567.123456] IOCTL_ENTER pid=5678 tid=5679 comm=glxgears");
        }

        return capture;
    }
}
