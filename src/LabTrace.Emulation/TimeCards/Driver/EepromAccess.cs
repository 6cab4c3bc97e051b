using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>EEPROMs through the I2C controller of a board: what i2c-xiic or i2c-ocores and at24 do.</summary>
internal abstract class EepromAccess
{
    /// <summary>Reads up to 16 bytes; null when nobody answers.</summary>
    public abstract byte[]? Read(int device, int offset, int length);

    /// <summary>Writes up to 8 bytes.</summary>
    public abstract void Write(int device, int offset, ReadOnlySpan<byte> content);

    public static EepromAccess Of(CardBus bus, BoardMap map) =>
        map.OcoresShift is { } shift ? new Ocores(bus, map.I2c.Offset, shift) : new Xiic(bus, map.I2c.Offset);

    /// <summary>Xilinx's controller: words of a FIFO carry start and stop.</summary>
    private sealed class Xiic(CardBus bus, uint page) : EepromAccess
    {
        private const uint Start = 0x100;
        private const uint Stop = 0x200;

        public override byte[]? Read(int device, int offset, int length)
        {
            bus.Write(page + 0x40, 0xA);
            bus.Write(page + 0x120, 0xF);
            bus.Write(page + 0x100, 1);
            Send(Start | ((uint)device << 1));
            Send((uint)offset);
            Wait();
            if ((bus.Read(page + 0x20) & 2) != 0)
            {
                return null;
            }

            bus.Write(page + 0x120, (uint)length - 1);
            Send(Start | ((uint)device << 1) | 1);
            Send(Stop | (uint)length);
            Wait();
            var bytes = new byte[length];
            for (var i = 0; i < length; i++)
            {
                bytes[i] = (byte)bus.Read(page + 0x10C);
            }

            return bytes;
        }

        public override void Write(int device, int offset, ReadOnlySpan<byte> content)
        {
            Send(Start | ((uint)device << 1));
            Send((uint)offset);
            for (var i = 0; i < content.Length; i++)
            {
                Send(content[i] | (i == content.Length - 1 ? Stop : 0));
            }

            Wait();
        }

        private void Send(uint word) => bus.Write(page + 0x108, word);

        private void Wait()
        {
            bus.Spend(AxiIic.BusNs + 1_000);
            bus.Card.Advance();
        }
    }

    /// <summary>OpenCores' controller: a command for each byte.</summary>
    private sealed class Ocores(CardBus bus, uint page, int shift) : EepromAccess
    {
        private const byte Start = 0x91;
        private const byte WriteByte = 0x11;
        private const byte ReadByte = 0x21;
        private const byte ReadLastByte = 0x29;
        private const byte Stop = 0x41;
        private const byte NotAcknowledged = 0x80;

        public override byte[]? Read(int device, int offset, int length)
        {
            Enable();
            if (!Send(Start, (byte)(device << 1)) || !Send(WriteByte, (byte)offset) || !Send(Start, (byte)((device << 1) | 1)))
            {
                Command(Stop);
                return null;
            }

            var bytes = new byte[length];
            for (var i = 0; i < length; i++)
            {
                Command(i == length - 1 ? ReadLastByte : ReadByte);
                bytes[i] = Get(3);
            }

            Command(Stop);
            return bytes;
        }

        public override void Write(int device, int offset, ReadOnlySpan<byte> content)
        {
            Enable();
            _ = Send(Start, (byte)(device << 1));
            _ = Send(WriteByte, (byte)offset);
            foreach (var value in content)
            {
                _ = Send(WriteByte, value);
            }

            Command(Stop);
        }

        private void Enable() => Put(2, 0x80);

        /// <summary>A byte out; whether somebody took it.</summary>
        private bool Send(byte command, byte value)
        {
            Put(3, value);
            Command(command);
            return (Get(4) & NotAcknowledged) == 0;
        }

        private void Command(byte command)
        {
            Put(4, command);
            bus.Spend(OcoresI2c.ByteNs);
        }

        private byte Get(uint register) => shift == 0 ? bus.ReadByte(page + register) : (byte)bus.Read(page + (register << shift));

        private void Put(uint register, byte value)
        {
            if (shift == 0)
            {
                bus.WriteByte(page + register, value);
            }
            else
            {
                bus.Write(page + (register << shift), value);
            }
        }
    }
}
