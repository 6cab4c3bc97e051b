using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Gpu;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Grtrace;

/// <summary>grtrace's modules on the emulated machine: none is loaded at first, and GPUs of five drivers are there.</summary>
internal sealed class GrtraceDevice : IEmulatedDevice
{
    /// <summary>The module's version.</summary>
    public const string Version = "1.0.0";

    private const int Info = 6;
    private const string UsualBufferBytes = "4194304";

    public void Attach(Machine machine) => new Installation(machine).Install();

    private sealed class Installation(Machine machine)
    {
        private readonly GrtraceFaults _faults = new();
        private readonly GpuDevices _gpus = new(machine);
        private GpuAdapters _adapters = null!;
        private GrtraceCore _core = null!;
        private CoreFiles _files = null!;

        private KernelModules Modules => machine.Modules;

        public void Install()
        {
            _adapters = new GpuAdapters(_gpus);
            machine.Gpus = _gpus;
            InstallDrivers();
            InstallCore();
            InstallEnhancements();
            InstallAdapters();
            machine.Tree.Put(Mounts.DebugfsPath + "/labtrace/grtrace", _faults.Files(Modules.FailLoading, _gpus.Stall, () => Modules.HasIndex = false, name => machine.MissingPrograms.Add(name)));
        }

        private static bool IsBufferSize(string text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            && bytes is >= GrtraceCore.LeastBufferBytes and <= GrtraceCore.MostBufferBytes && bytes % GrtraceCore.LeastBufferBytes == 0;

        private void Say(string text) => machine.Log.Print(Info, text);

        private void InstallDrivers()
        {
            Modules.Install(Driver("gpu_sched", "DRM GPU scheduler") with { Uses = [] });
            foreach (var gpu in _gpus.All)
            {
                Modules.Install(Driver(gpu.Driver, gpu.Model) with
                {
                    Uses = gpu.UsesScheduler ? [("gpu_sched", "drm_sched_init")] : [],
                    Init = _ =>
                    {
                        gpu.IsBound = true;
                        Say($"[drm] Initialized {gpu.Driver} for {gpu.Model}");
                        return Errno.None;
                    },
                    Exit = () => gpu.IsBound = false,
                });
            }

            foreach (var name in (string[])["gpu_sched", "mygpu"])
            {
                Modules.Insert(Modules.Installed(name)!, []);
            }
        }

        private static EmulatedModule Driver(string name, string description) => new(name, description) { Directory = "kernel/drivers/gpu/drm" };

        private void InstallCore() => Modules.Install(new EmulatedModule("grtrace", "GPU ring trace: relay buffers and debugfs")
        {
            Version = Version,
            Size = 81920,
            SoftAfter = ["grtrace_aggregator", "grtrace_sampling", "grtrace_filter", "grtrace_perf_mon"],
            Parameters =
            [
                new("buffer_size", "uint", UsualBufferBytes, "bytes of each cpu's relay buffer", IsBufferSize),
                new("abi", "charp", "v1", "numbering of events: v1 or v0.1", v => v is "v1" or "v0.1"),
                new("event_files", "charp", "events", "name of the relay files: events, trace or buffer", v => v is "events" or "trace" or "buffer"),
            ],
            Init = loaded =>
            {
                _core = new GrtraceCore(machine, loaded, _faults) { Describe = _adapters.Describe };
                _files = new CoreFiles(machine, _core, _adapters, Version);
                _adapters.Core = machine.Grtrace = _core;
                _ = machine.Mounts.Debugfs.Add("grtrace", _files.Directory);
                Say($"grtrace: version {Version}, {machine.Options.Cpus} relay buffers of {_core.BufferBytes} bytes");
                return Errno.None;
            },
            Exit = () =>
            {
                _core.Stop();
                _adapters.Core = machine.Grtrace = null;
                machine.Mounts.Debugfs.Take("grtrace");
                Say("grtrace: unloaded");
            },
        });

        private void InstallEnhancements()
        {
            Enhancement("grtrace_aggregator", "sums of what each ring does in a window of time", () => _files.Add(_core.Aggregator = new AggregatorModule(() => machine.Time.NowNs)), () =>
            {
                _core.Aggregator = null;
                _files.Remove("aggregator_");
            });
            Enhancement("grtrace_sampling", "sampling of events", () => _files.Add(_core.Sampling = new SamplingModule()), () =>
            {
                _core.Sampling = null;
                _files.Remove("sampling_");
            });
            Enhancement("grtrace_filter", "filters by process, user, latency and kind", () => _files.Add(_core.Filter = new FilterModule()), () =>
            {
                _core.Filter = null;
                _files.Remove("filter_");
            });
            Enhancement("grtrace_perf_mon", "how busy each ring is", () =>
            {
                var performance = _core.Performance = new PerformanceModule(() => machine.Time.NowNs);
                machine.ProcFiles["grtrace_stats"] = new AttributeFile(0x124) { Show = performance.Text };
            }, () =>
            {
                _core.Performance = null;
                _ = machine.ProcFiles.Remove("grtrace_stats");
            });
        }

        private void Enhancement(string name, string description, Action init, Action exit) => Modules.Install(new EmulatedModule(name, description)
        {
            Version = Version,
            Uses = [("grtrace", "grtrace_register_hook")],
            Init = _ =>
            {
                init();
                Say($"{name}: registered");
                return Errno.None;
            },
            Exit = exit,
        });

        private void InstallAdapters()
        {
            Modules.Install(Adapter("grtrace_drm_bridge", "any driver with the DRM scheduler", "gpu_sched", "__tracepoint_drm_sched_job_queue") with
            {
                Init = _ =>
                {
                    _adapters.HasBridge = true;
                    return Errno.None;
                },
                Exit = () => _adapters.HasBridge = false,
            });
            Vendor("grtrace_amdgpu", "amdgpu", "__tracepoint_amdgpu_sched_run_job");
            Vendor("grtrace_i915", "i915", "__tracepoint_i915_request_in");
            Vendor("grtrace_nouveau", "nouveau", "nouveau_fence_emit");
            Vendor("grtrace_virtio_gpu", "virtio_gpu", "__tracepoint_virtio_gpu_cmd_queue");
            Vendor("grtrace_mygpu", "mygpu", "__tracepoint_mygpu_job_submit");
        }

        private void Vendor(string name, string driver, string symbol) => Modules.Install(Adapter(name, driver, driver, symbol) with
        {
            Parameters = name == "grtrace_mygpu"
                ? [new ModuleParameter("dump_bytes", "uint", "0", "bytes to record of a ring that hangs, 0 for none", v => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n <= 1 << 20)]
                : [],
            Init = loaded =>
            {
                _adapters.Load(name);
                if (loaded.Values.TryGetValue("dump_bytes", out var dump))
                {
                    _adapters.DumpBytes = int.Parse(dump, CultureInfo.InvariantCulture);
                }

                Say($"{name}: tracing {driver}");
                return Errno.None;
            },
            Exit = () => _adapters.Unload(name),
        });

        private static EmulatedModule Adapter(string name, string of, string module, string symbol) => new(name, $"grtrace adapter: {of}")
        {
            Version = Version,
            Uses = [("grtrace", "grtrace_submit"), (module, symbol)],
        };
    }
}
