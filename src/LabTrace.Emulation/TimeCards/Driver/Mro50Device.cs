using System.Buffers.Binary;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary><c>/dev/mro50.N</c>: the oscillator of an ART board, by ioctls only.</summary>
/// <remarks>ptp_ocp.c of the Time Appliance Project. Most requests name the size of a pointer; what it points to is a word, or a part of the EEPROM.</remarks>
internal sealed class Mro50Device(PtpOcpDevice card, Action enter) : CharacterDevice(0x180)
{
    private bool _isGone;

    /// <summary>The driver has let go of the card: whoever still has it open gets ENODEV.</summary>
    public void Go() => _isGone = true;

    public override OpenFile Open(OpenFlags flags)
    {
        Enter();
        return new NoStream();
    }

    public override ICharacterFile OpenDevice(bool canWrite)
    {
        Enter();
        return new Opened(this, card);
    }

    private void Enter()
    {
        if (_isGone)
        {
            Refusal.Throw(Errno.ENODEV);
        }

        enter();
    }

    /// <summary>It has neither read(2) nor write(2).</summary>
    private sealed class NoStream : OpenFile
    {
        public override bool IsReadable => true;

        public override int Read(Span<byte> buffer) => throw new Refusal(Errno.EINVAL);

        public override int Write(ReadOnlySpan<byte> content) => throw new Refusal(Errno.EINVAL);
    }

    private sealed class Opened(Mro50Device device, PtpOcpDevice card) : ICharacterFile
    {
        private const int BlobBytes = 256;

        public bool HasData => true;

        public long? NextDataNs => null;

        public int AnswerBytes(int wanted) => Math.Min(wanted, sizeof(uint));

        public void Control(uint request, Span<byte> argument)
        {
            device.Enter();
            var bytes = argument.ToArray();
            card.Bus.Run("ptp_ocp_mro50_ioctl", () => Do(request, bytes));
            bytes.CopyTo(argument);
        }

        public void Control(uint request, int argument) => Control(request, []);

        public int Read(Span<byte> buffer) => throw new Refusal(Errno.EINVAL);

        public DeviceTime GetTime() => throw new Refusal(Errno.EINVAL);

        public void SetTime(DeviceTime time) => Refusal.Throw(Errno.EINVAL);

        public void Adjust(Span<byte> timex) => Refusal.Throw(Errno.EINVAL);

        public void Close()
        {
        }

        private static void Give(byte[] argument, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Pointed(argument, sizeof(uint)), value);

        private static uint Take(byte[] argument) => BinaryPrimitives.ReadUInt32LittleEndian(Pointed(argument, sizeof(uint)));

        private static Span<byte> Pointed(byte[] argument, int bytes) => argument.Length >= bytes ? argument.AsSpan(0, bytes) : throw new Refusal(Errno.EFAULT);

        private void Do(uint request, byte[] argument)
        {
            switch (request)
            {
                case 0x8008_4d01 or 0x8008_4d02:
                    Give(argument, card.ReadOscillator(isCoarse: request == 0x8008_4d02));
                    break;
                case 0x4004_4d03 or 0x4004_4d04:
                    card.AdjustOscillator(isCoarse: request == 0x4004_4d04, Take(argument));
                    break;
                case 0x8008_4d05:
                    Give(argument, card.OscillatorTemperature);
                    break;
                case 0x8008_4d06:
                    Give(argument, card.OscillatorControl);
                    break;
                case 0x0000_4d07:
                    card.SaveOscillator();
                    break;
                case 0x8008_4d08 or 0x8008_4d09:
                    var memory = Pointed(argument, request == 0x8008_4d08 ? BlobBytes : PtpOcpDevice.OscillatorMemoryBytes);
                    card.ReadMemory(0, memory.Length).CopyTo(memory);
                    break;
                case 0x4008_4d08 or 0x4008_4d09:
                    card.WriteEeprom(0, Pointed(argument, request == 0x4008_4d08 ? BlobBytes : PtpOcpDevice.OscillatorMemoryBytes).ToArray());
                    break;
                case 0x8008_4d0a:
                    Give(argument, card.BoardConfig);
                    break;
                case 0x4008_4d0a:
                    card.BoardConfig = Take(argument);
                    break;
                case var _ when card.Defect == DriverDefect.OscillatorTakesAnyRequest:
                    break;
                default:
                    Refusal.Throw(Errno.ENOTTY);
                    break;
            }
        }
    }
}
