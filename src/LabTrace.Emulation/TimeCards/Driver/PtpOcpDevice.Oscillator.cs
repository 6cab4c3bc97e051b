using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <content>The mRO50 of an ART board, which only the out-of-tree driver has a device for.</content>
internal sealed partial class PtpOcpDevice
{
    /// <summary>Bytes of the EEPROM that its device reads and writes: the disciplining daemon's.</summary>
    public const int OscillatorMemoryBytes = 512;

    private const int OscillatorTries = 100;
    private const long OscillatorPauseNs = 100_000;

    public bool HasOscillator => Board == BoardKind.Art && Dialect == PtpOcpDialect.OutOfTree;

    public uint OscillatorControl => Bus.Read(Registers.Oscillator);

    public uint OscillatorTemperature => Bus.Read(Registers.Oscillator + Mro50.Temperature);

    public uint BoardConfig
    {
        get => Bus.Read(Registers.BoardConfig);
        set => Bus.Write(Registers.BoardConfig, value);
    }

    /// <summary>Asks the oscillator for one of its adjustments.</summary>
    /// <exception cref="Refusal">ETIMEDOUT.</exception>
    public uint ReadOscillator(bool isCoarse)
    {
        Bus.Write(Registers.Oscillator, Mro50.Enable | Mro50.ReadCommand | (isCoarse && Defect != DriverDefect.OscillatorReadsFineOnly ? Mro50.ReadCoarse : 0));
        WaitForOscillator(Mro50.ReadDone);
        return Bus.Read(Registers.Oscillator + Mro50.Value);
    }

    public void AdjustOscillator(bool isCoarse, uint value)
    {
        Bus.Write(Registers.Oscillator + Mro50.Adjust, value);
        Bus.Write(Registers.Oscillator, Mro50.Enable | Mro50.AdjustCommand | (isCoarse ? Mro50.AdjustCoarse : 0));
        WaitForOscillator(Mro50.AdjustCommand);
    }

    public void SaveOscillator() => Bus.Write(Registers.Oscillator, Mro50.Enable | Mro50.SaveCoarse);

    private void WaitForOscillator(uint bit)
    {
        for (var i = 0; i < OscillatorTries; i++)
        {
            if ((Bus.Read(Registers.Oscillator) & bit) != 0)
            {
                return;
            }

            Bus.Spend(OscillatorPauseNs);
        }

        Refusal.Throw(Errno.ETIMEDOUT);
    }
}
