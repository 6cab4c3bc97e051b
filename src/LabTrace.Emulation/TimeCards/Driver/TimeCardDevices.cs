using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>The Time Cards of a machine, where its options ask for some.</summary>
internal sealed class TimeCardDevices : IEmulatedDevice
{
    public void Attach(Machine machine)
    {
        if (machine.Options.TimeCards.Cards.Count > 0)
        {
            machine.PtpOcp = new PtpOcpModule();
            machine.PtpOcp.Start(machine);
        }
    }
}
