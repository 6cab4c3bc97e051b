using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <content>The block of the flash that the out-of-tree driver shows as <c>config</c>.</content>
/// <remarks>config_flash_rw of the Time Appliance Project's ptp_ocp.c; below it spi-xilinx and spi-nor, as far as they are seen.</remarks>
internal sealed partial class PtpOcpDevice
{
    /// <summary>Bytes of <c>config</c>.</summary>
    public const int ConfigBytes = 4096;

    // The block before the image that an update writes, which begins at 4 MiB.
    private const int ConfigStart = (4 << 20) - ConfigBytes;
    private const int Block = 4096;
    private const int Page = 256;
    private const int FifoDepth = 256;
    private const long PollNs = 100_000;
    private const uint NobodySelected = uint.MaxValue;
    private const uint Selected = 0xFFFF_FFFE;
    private const uint Running = 0x86;
    private const uint Inhibited = 0x186;
    private const uint ResetFifos = 0x60;
    private bool _hasFlash;

    /// <summary>Reads a part of <c>config</c> that begins at a block.</summary>
    /// <exception cref="Refusal">EINVAL: it begins elsewhere; ENODEV: there is no flash.</exception>
    public byte[] ReadConfig(int offset, int length)
    {
        FindFlash(offset);
        var bytes = new byte[length];
        var command = Command(0x03, offset);
        for (var done = 0; done < length;)
        {
            var piece = Math.Min(length - done, FifoDepth - command.Length);
            Exchange([.. command, .. new byte[piece]]).AsSpan(command.Length).CopyTo(bytes.AsSpan(done));
            done += piece;
            command = Command(0x03, offset + done);
        }

        return bytes;
    }

    /// <summary>Erases the block and writes what was given; the rest of it stays erased.</summary>
    /// <exception cref="Refusal">EINVAL: it begins elsewhere; ENODEV: there is no flash.</exception>
    public int WriteConfig(int offset, byte[] content)
    {
        FindFlash(offset);
        if (Defect == DriverDefect.ConfigWriteDropped)
        {
            return content.Length;
        }

        if (Defect != DriverDefect.ConfigNotErased)
        {
            Change(Command(0x20, offset));
        }

        for (var done = 0; done < content.Length; done += Page)
        {
            Change([.. Command(0x02, offset + done), .. content.AsSpan(done, Math.Min(Page, content.Length - done))]);
        }

        return content.Length;
    }

    private static byte[] Command(byte operation, int offset)
    {
        var address = ConfigStart + offset;
        return [operation, (byte)(address >> 16), (byte)(address >> 8), (byte)address];
    }

    /// <summary>Asks the chip what it is: without an answer there is no MTD device, as long as the driver has the card.</summary>
    private void ProbeFlash() => _hasFlash = Exchange([0x9F, 0, 0, 0])[1..] is not [0xFF, 0xFF, 0xFF];

    private void FindFlash(int offset)
    {
        if (offset % Block != 0 && Defect != DriverDefect.ConfigOffsetUnchecked)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        if (!_hasFlash)
        {
            _say(3, "Can't find Flash SPI adapter");
            Refusal.Throw(Errno.ENODEV);
        }
    }

    /// <summary>A command that changes the flash, from the permission to its end.</summary>
    private void Change(byte[] command)
    {
        _ = Exchange([0x06]);
        _ = Exchange(command);
        while ((Exchange([0x05, 0])[1] & 1) != 0)
        {
            Bus.Spend(PollNs);
        }
    }

    /// <summary>Bytes to the flash and as many back, under one selection.</summary>
    private byte[] Exchange(byte[] bytes)
    {
        Bus.Write(Spi(0x60), Inhibited | ResetFifos);
        Bus.Write(Spi(0x70), Selected);
        var answer = new byte[bytes.Length];
        for (var done = 0; done < bytes.Length;)
        {
            var piece = Math.Min(FifoDepth, bytes.Length - done);
            for (var i = 0; i < piece; i++)
            {
                Bus.Write(Spi(0x68), bytes[done + i]);
            }

            Bus.Write(Spi(0x60), Running);
            Bus.Write(Spi(0x60), Inhibited);
            for (var i = 0; i < piece; i++)
            {
                answer[done + i] = (byte)Bus.Read(Spi(0x6C));
            }

            done += piece;
        }

        Bus.Write(Spi(0x70), NobodySelected);
        return answer;
    }

    private static uint Spi(uint register) => Registers.Spi + register;
}
