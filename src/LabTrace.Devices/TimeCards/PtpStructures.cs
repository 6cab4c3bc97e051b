using System.Buffers.Binary;
using System.Text;

namespace LabTrace.Devices.TimeCards;

/// <summary>Requests and structures of a PTP character device, as bytes.</summary>
/// <remarks>include/uapi/linux/ptp_clock.h; little endian, 64 bit.</remarks>
internal static class PtpStructures
{
    public const uint GetCapabilities = 0x80503d0a;
    public const uint ExternalStamps = 0x40103d0b;
    public const uint PeriodicOutput = 0x40383d0c;
    public const uint EnablePps = 0x40043d0d;
    public const uint SystemOffset = 0x43403d0e;
    public const uint GetPin = 0xc0603d0f;
    public const uint SetPin = 0x40603d10;
    public const uint SystemOffsetPrecise = 0xc0403d11;
    public const uint SystemOffsetExtended = 0xc4c03d12;
    public const int CapabilitiesBytes = 80;
    public const int ExternalStampsBytes = 16;
    public const int PeriodicOutputBytes = 56;
    public const int SystemOffsetBytes = 832;
    public const int PinBytes = 96;
    public const int PreciseBytes = 64;
    public const int ExtendedBytes = 1216;
    public const int EventBytes = 32;
    public const int TimeBytes = 16;
    public const int TimexBytes = 208;
    public const int MostSamples = 25;
    private const long Second = 1_000_000_000;
    private const int PinNameBytes = 64;

    public static int Int(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadInt32LittleEndian(from[at..]);

    public static void Put(Span<byte> to, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(to[at..], value);

    public static void PutLong(Span<byte> to, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(to[at..], value);

    public static long Long(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadInt64LittleEndian(from[at..]);

    /// <summary>A <c>ptp_clock_time</c>, in nanoseconds.</summary>
    public static long Time(ReadOnlySpan<byte> from, int at) => (Long(from, at) * Second) + BinaryPrimitives.ReadUInt32LittleEndian(from[(at + 8)..]);

    public static void PutTime(Span<byte> to, int at, long ns)
    {
        PutLong(to, at, Math.DivRem(ns, Second, out var fraction));
        Put(to, at + 8, (int)fraction);
    }

    public static PtpPin Pin(ReadOnlySpan<byte> pin)
    {
        var name = pin[..PinNameBytes];
        var end = name.IndexOf((byte)0);
        return new PtpPin(Int(pin, 64), Encoding.ASCII.GetString(end < 0 ? name : name[..end]), (PtpPinFunction)Int(pin, 68), Int(pin, 72));
    }
}
