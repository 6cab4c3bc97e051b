using System.Globalization;
using LabTrace.Emulation.Kernel;
using LabTrace.Emulation.Programs;

namespace LabTrace.Emulation.Gpu;

/// <summary>Programs that use a GPU: glxgears, which draws until it is ended, and gpuload, which does so many jobs as it is told.</summary>
internal static class GpuPrograms
{
    private const int Ioctl = 16;
    private const long DrmCommand = 0xc0106444;
    private const long FrameNs = 16_666_667;

    // Textures are copied, then the frame is drawn.
    private static readonly (int Ring, long WorkNs)[] FrameJobs = [(2, 300_000), (0, 4_000_000)];

    public static IEnumerable<EmulatedProgram> All => [new("glxgears", Gears), new("gpuload", Load), new("grtrace", GrtraceTool.Main)];

    private static IEnumerable<Act> Gears(ProcessContext process)
    {
        var gpu = process.Machine.Gpus!.All[0];
        if (!gpu.IsBound)
        {
            yield return Act.Run(process.Complain("Error: couldn't open display"));
            process.ExitCode = 1;
            yield break;
        }

        var next = process.Machine.Time.NowNs;
        while (true)
        {
            foreach (var (ring, work) in FrameJobs)
            {
                yield return Act.Run(Submit(process, gpu, gpu.Rings[ring], new Options { WorkNs = process.About(work) }, _ => { }));
            }

            next += FrameNs;
            while (process.Machine.Time.NowNs < next)
            {
                yield return Act.Block(TaskState.Sleeping, next);
            }
        }
    }

    private static IEnumerable<Act> Load(ProcessContext process)
    {
        var wanted = Options.Parse(process.Arguments, out var problem);
        if (process.Arguments.Contains("--version"))
        {
            yield return Act.Run(process.Print("gpuload 1.0\n"));
            yield break;
        }

        var gpu = process.Machine.Gpus!.All.FirstOrDefault(g => g.Driver == wanted.Gpu);
        problem ??= gpu is not { IsBound: true } ? $"no GPU of the driver {wanted.Gpu}" : wanted.Ring >= gpu.Rings.Count ? $"{wanted.Gpu} has {gpu.Rings.Count} rings" : null;
        if (problem is not null)
        {
            yield return Act.Run(process.Complain(problem));
            process.ExitCode = 1;
            yield break;
        }

        var left = wanted.Jobs;
        if (wanted.FirstSeqno is { } seqno)
        {
            foreach (var ring in gpu!.Rings)
            {
                ring.NextSeqno = seqno;
            }
        }

        GpuJob? last = null;
        var next = process.Machine.Time.NowNs;
        for (var i = 0; i < wanted.Jobs; i++)
        {
            var ring = gpu!.Rings[wanted.Ring >= 0 ? wanted.Ring : i % gpu.Rings.Count];
            var job = wanted with
            {
                Context = wanted.Context + (ulong)(i % wanted.Contexts),
                Fence = wanted.IsFenced ? last : null,
                Hangs = wanted.Hang == i + 1,
                Priority = wanted.UrgentEach > 0 && (i + 1) % wanted.UrgentEach == 0 ? 1 : 0,
                OnComplete = () => left--,
            };
            yield return Act.Run(Submit(process, gpu, ring, job, made => last = made));
            next += wanted.PeriodNs;
            while (process.Machine.Time.NowNs < next)
            {
                yield return Act.Block(TaskState.Sleeping, next);
            }
        }

        var deadline = process.Machine.Time.NowNs + wanted.PatienceNs;
        while (left > 0 && process.Machine.Time.NowNs < deadline)
        {
            yield return Act.Block(TaskState.Sleeping, process.Machine.Time.NowNs + 1_000_000);
        }

        if (left > 0)
        {
            yield return Act.Run(process.Complain(string.Create(CultureInfo.InvariantCulture, $"{left} of {wanted.Jobs} jobs did not end")));
            process.ExitCode = 1;
        }
    }

    private static IEnumerable<Act> Submit(ProcessContext process, GpuDevice gpu, GpuRing ring, Options wanted, Action<GpuJob> made) => process.Call(
        Ioctl,
        () =>
        {
            var job = new GpuJob
            {
                Ring = ring,
                Context = wanted.Context,
                Seqno = ring.NextSeqno++,
                Pid = (uint)process.Task.Pid,
                Uid = (uint)process.Task.Uid,
                Priority = wanted.Priority,
                LeftNs = wanted.WorkNs,
                Hangs = wanted.Hangs,
                Fence = wanted.Fence,
                OnComplete = wanted.OnComplete,
            };
            gpu.Submit(job, process.Task.Cpu);
            made(job);
            return 0;
        },
        5,
        DrmCommand,
        0x7ffc12345678);

    private sealed record Options
    {
        public string Gpu { get; init; } = "mygpu";

        public int Jobs { get; init; } = 100;

        public int Ring { get; init; } = -1;

        public ulong Context { get; init; } = 0x1000;

        public int Contexts { get; init; } = 1;

        public long WorkNs { get; init; } = 200_000;

        public long PeriodNs { get; init; } = 1_000_000;

        public long PatienceNs { get; init; } = 2_000_000_000;

        public uint? FirstSeqno { get; init; }

        public bool IsFenced { get; init; }

        public int Hang { get; init; }

        public int UrgentEach { get; init; }

        public GpuJob? Fence { get; init; }

        public bool Hangs { get; init; }

        public int Priority { get; init; }

        public Action? OnComplete { get; init; }

        public static Options Parse(IReadOnlyList<string> arguments, out string? problem)
        {
            var options = new Options();
            problem = null;
            for (var i = 0; i < arguments.Count && problem is null; i++)
            {
                var value = arguments.ElementAtOrDefault(i + 1) ?? "";
                var isNumber = uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
                if (arguments[i] is "--fence" or "--version")
                {
                    options = options with { IsFenced = arguments[i] == "--fence" };
                    continue;
                }

                Options? next = arguments[i] switch
                {
                    "--gpu" => options with { Gpu = value },
                    "--jobs" when isNumber && number is > 0 and <= 1_000_000 => options with { Jobs = (int)number },
                    "--ring" when isNumber => options with { Ring = (int)Math.Min(number, int.MaxValue) },
                    "--ctx" when isNumber => options with { Context = number },
                    "--contexts" when isNumber && number is > 0 and <= 1024 => options with { Contexts = (int)number },
                    "--work-us" when isNumber => options with { WorkNs = number * 1000L },
                    "--period-us" when isNumber => options with { PeriodNs = number * 1000L },
                    "--first-seqno" when isNumber => options with { FirstSeqno = number },
                    "--hang" when isNumber => options with { Hang = (int)Math.Min(number, int.MaxValue) },
                    "--urgent-each" when isNumber => options with { UrgentEach = (int)Math.Min(number, int.MaxValue) },
                    _ => null,
                };
                problem = next is null ? $"{arguments[i]} {value}: not understood" : null;
                options = next ?? options;
                i++;
            }

            return options;
        }
    }
}
