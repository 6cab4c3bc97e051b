using LabTrace.Emulation.Grtrace;
using LabTrace.Emulation.Kernel;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Gpu;

/// <summary>The machine's GPUs, one for each driver that grtrace has an adapter for, and one that its developer guide makes up.</summary>
internal sealed class GpuDevices
{
    public GpuDevices(Machine machine)
    {
        GpuDevice Make(string driver, string model, string? scheduledAt, params (uint Id, string Name, GrtEngines Engine)[] rings) =>
            new(machine, driver, model, scheduledAt, [.. rings.Select(r => new GpuRing(r.Id, r.Name, r.Engine))], (gpu, item) => Happened(gpu, item));
        All =
        [
            Make("mygpu", "MyGPU 1", "0000:01:00.0", (0, "gfx", GrtEngines.Graphics), (1, "comp", GrtEngines.Compute), (2, "dma", GrtEngines.Copy)),
            Make("amdgpu", "AMD Radeon RX 6800", "0000:03:00.0",
                (10, "gfx_0.0.0", GrtEngines.Graphics), (11, "comp_1.0.0", GrtEngines.Compute), (12, "sdma0", GrtEngines.Copy), (13, "vcn_dec_0", GrtEngines.VideoDecode)),
            Make("i915", "Intel UHD Graphics 770", null, (20, "rcs0", GrtEngines.Graphics), (21, "bcs0", GrtEngines.Copy), (22, "vcs0", GrtEngines.VideoDecode)),
            Make("nouveau", "NVIDIA GeForce GTX 1060", "0000:04:00.0", (30, "gr", GrtEngines.Graphics), (31, "ce0", GrtEngines.Copy)),
            Make("virtio_gpu", "Virtio GPU", null, (40, "ctrlq", GrtEngines.Graphics)),
        ];
    }

    /// <summary>All GPUs; the first is the one that programs use unless told otherwise.</summary>
    public IReadOnlyList<GpuDevice> All { get; }

    /// <summary>Told of all that happens on the rings.</summary>
    public Action<GpuDevice, GpuEvent> Happened { get; set; } = (_, _) => { };

    /// <summary>Stalls the ring of a number, or lets all go on with null.</summary>
    public void Stall(uint? ring)
    {
        foreach (var gpu in All)
        {
            gpu.Stall(ring);
        }
    }
}
