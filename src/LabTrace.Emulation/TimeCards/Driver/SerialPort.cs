using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary><c>/dev/ttySN</c> of a card: bytes in and out of its UART. Lines are not edited.</summary>
internal sealed class SerialPort(CardBus bus, uint uart, Action enter) : FileNode(0x1B0)
{
    private const uint LineStatus = 0x14;

    public override FileKind Kind => FileKind.Special;

    public override OpenFile Open(OpenFlags flags)
    {
        enter();
        return new Opened(bus, uart, enter);
    }

    private sealed class Opened(CardBus bus, uint uart, Action enter) : OpenFile
    {
        public override bool IsReadable
        {
            get
            {
                enter();
                return (bus.Read(uart + LineStatus) & 1) != 0;
            }
        }

        public override int Read(Span<byte> buffer)
        {
            var count = 0;
            while (count < buffer.Length && (bus.Read(uart + LineStatus) & 1) != 0)
            {
                buffer[count++] = (byte)bus.Read(uart);
            }

            return count;
        }

        public override int Write(ReadOnlySpan<byte> content)
        {
            enter();
            foreach (var value in content)
            {
                bus.Write(uart, value);
            }

            return content.Length;
        }
    }
}
