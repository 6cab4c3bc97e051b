using LabTrace.Emulation.Gpu;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Grtrace;

/// <summary>What stands between GPU drivers and grtrace: each adapter hooks what its driver has, and tells no more.</summary>
internal sealed class GpuAdapters
{
    /// <summary>What a ring is called whose name no adapter knows.</summary>
    public const string UnknownRing = "UNKNOWN";

    private static readonly Dictionary<string, GpuAdapter> Known = new GpuAdapter[]
    {
        new("grtrace_amdgpu", "amdgpu", KnowsRings: false, [GrtEventKind.Start]),
        new("grtrace_i915", "i915", KnowsRings: false, [GrtEventKind.Start, GrtEventKind.End]),
        new("grtrace_nouveau", "nouveau", KnowsRings: false, [GrtEventKind.Submit, GrtEventKind.Complete]),
        new("grtrace_virtio_gpu", "virtio_gpu", KnowsRings: false, [GrtEventKind.Submit, GrtEventKind.Complete]),
        new("grtrace_mygpu", "mygpu", KnowsRings: true, [.. Enum.GetValues<GrtEventKind>().Where(k => k != GrtEventKind.Other)]),
    }.ToDictionary(a => a.Module);

    private static readonly GrtEventKind[] OfScheduler = [GrtEventKind.Submit, GrtEventKind.Start, GrtEventKind.Complete];
    private readonly GpuDevices _gpus;
    private readonly List<GpuAdapter> _loaded = [];

    public GpuAdapters(GpuDevices gpus)
    {
        _gpus = gpus;
        gpus.Happened = Tell;
    }

    /// <summary>Where events go; null while grtrace is not loaded.</summary>
    public GrtraceCore? Core { get; set; }

    /// <summary>Bytes of what grtrace_mygpu dumps of a ring that hangs; 0 dumps nothing.</summary>
    public int DumpBytes { get; set; }

    /// <summary>Whether grtrace_drm_bridge is loaded.</summary>
    public bool HasBridge { get; set; }

    public void Load(string module) => _loaded.Add(Known[module]);

    public void Unload(string module) => _loaded.RemoveAll(a => a.Module == module);

    /// <summary>Rings whose names the adapters know.</summary>
    public IReadOnlyList<GrtRing> Rings() =>
    [
        .. _gpus.All.Where(g => g.IsBound && (_loaded.Exists(a => a.Driver == g.Driver && a.KnowsRings) || (HasBridge && g.UsesScheduler)))
            .SelectMany(g => g.Rings).Select(r => new GrtRing(r.Id, r.Engine, r.Name)),
    ];

    /// <summary>What METADATA says of driver, GPU and rings.</summary>
    public (string Driver, string Gpu, IReadOnlyList<GrtRing> Rings) Describe()
    {
        var gpu = _gpus.All.FirstOrDefault(g => g.IsBound && (_loaded.Exists(a => a.Driver == g.Driver) || (HasBridge && g.UsesScheduler)));
        return (gpu?.Driver ?? "", gpu?.Model ?? "", Rings());
    }

    private void Tell(GpuDevice gpu, GpuEvent item)
    {
        if (Core is not { } core)
        {
            return;
        }

        // The bridge leaves out what the driver's own adapter tells.
        var isTold = _loaded.Exists(a => a.Driver == gpu.Driver && a.Kinds.Contains(item.Kind));
        if (isTold && item.Kind == GrtEventKind.Custom)
        {
            if (DumpBytes > 0)
            {
                core.OfferRaw(item, DumpBytes);
            }
        }
        else if (isTold || (HasBridge && gpu.UsesScheduler && OfScheduler.Contains(item.Kind)))
        {
            core.Offer(item);
        }
    }

    private sealed record GpuAdapter(string Module, string Driver, bool KnowsRings, GrtEventKind[] Kinds);
}
