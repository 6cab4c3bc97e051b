namespace LabTrace.Emulation.Kernel;

/// <summary>Something that the emulated machine has besides cpus and programs: it puts its files into the tree and plans its doings.</summary>
/// <remarks>The seam for models: tracefs today, GPU rings and time cards next to it. A device sees the machine and nothing of targets.</remarks>
internal interface IEmulatedDevice
{
    /// <summary>Adds the device to a machine that is being made; heavy parts are made when they are first looked at.</summary>
    void Attach(Machine machine);
}
