using System.Buffers.Binary;
using System.Globalization;

namespace LabTrace.Devices.TimeCards;

/// <summary>The mRO50 rubidium oscillator of an ART board, which the Time Appliance Project's ptp_ocp shows as a device of its own.</summary>
/// <remarks>
/// <c>/dev/mro50.N</c>; its requests are in that project's ptp_ocp.c. Most of them name the size of a pointer, and a word of 32 bits is what it points to. Adjustments are not undone by anybody:
/// whoever makes one puts the oscillator back.
/// </remarks>
public sealed class Mro50 : IAsyncDisposable
{
    /// <summary>The most of the fine adjustment. A step slows the oscillator by 3 parts in 10^12.</summary>
    public const int MaxFine = 4800;

    /// <summary>The most of the coarse adjustment. A step speeds it up by 1.24 parts in 10^9.</summary>
    public const int MaxCoarse = 0x3F_FFFF;

    /// <summary>Bytes of the EEPROM that belong to the disciplining daemon: its configuration, then its table of temperatures.</summary>
    public const int MemoryBytes = 512;

    private const uint ReadFine = 0x8008_4d01;
    private const uint ReadCoarse = 0x8008_4d02;
    private const uint AdjustFine = 0x4004_4d03;
    private const uint AdjustCoarse = 0x4004_4d04;
    private const uint ReadTemperature = 0x8008_4d05;
    private const uint ReadControl = 0x8008_4d06;
    private const uint SaveCoarse = 0x0000_4d07;
    private const uint ReadMemory = 0x8008_4d09;
    private const uint WriteMemory = 0x4008_4d09;
    private const uint ReadBoardConfig = 0x8008_4d0a;
    private const uint WriteBoardConfig = 0x4008_4d0a;
    private readonly IDeviceFile _file;

    private Mro50(IDeviceFile file) => _file = file;

    /// <summary>Its device node.</summary>
    public string Path => _file.Path;

    /// <summary>Opens it.</summary>
    /// <param name="target">The machine.</param>
    /// <param name="path">Such as <c>/dev/mro50.0</c>; see <see cref="TimeCard.OscillatorPath"/>.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">ENOENT; EACCES: only root may.</exception>
    /// <exception cref="NotOnTargetException">The target cannot open device files.</exception>
    public static async Task<Mro50> OpenAsync(ITarget target, string path, CancellationToken cancellationToken) =>
        new(await DeviceFiles.OpenAsync(target, path, canWrite: true, cancellationToken));

    /// <summary>Reads the fine adjustment, 0 to <see cref="MaxFine"/>.</summary>
    /// <exception cref="TargetIOException">ETIMEDOUT: the oscillator does not answer.</exception>
    public Task<int> ReadFineAsync(CancellationToken cancellationToken) => ReadAsync(ReadFine, cancellationToken);

    /// <summary>Reads the coarse adjustment, 0 to <see cref="MaxCoarse"/>.</summary>
    /// <exception cref="TargetIOException">ETIMEDOUT: the oscillator does not answer.</exception>
    public Task<int> ReadCoarseAsync(CancellationToken cancellationToken) => ReadAsync(ReadCoarse, cancellationToken);

    /// <summary>Sets the fine adjustment until the next power-up.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not 0 to <see cref="MaxFine"/>: the driver does not look.</exception>
    public Task SetFineAsync(int value, CancellationToken cancellationToken) => WriteAsync(AdjustFine, value, MaxFine, cancellationToken);

    /// <summary>Sets the coarse adjustment until the next power-up.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not 0 to <see cref="MaxCoarse"/>: the driver does not look.</exception>
    public Task SetCoarseAsync(int value, CancellationToken cancellationToken) => WriteAsync(AdjustCoarse, value, MaxCoarse, cancellationToken);

    /// <summary>Keeps the coarse adjustment in the oscillator, whose memory can be written a limited number of times.</summary>
    public async Task SaveCoarseAsync(CancellationToken cancellationToken) => await _file.ControlAsync(SaveCoarse, 0, cancellationToken);

    /// <summary>Reads its temperature, degrees Celsius, as the disciplining daemon works it out of the thermistor's divider.</summary>
    public async Task<double> ReadTemperatureAsync(CancellationToken cancellationToken) => ToCelsius(await ReadAsync(ReadTemperature, cancellationToken));

    /// <summary>Reads whether it is on and has locked to its rubidium.</summary>
    public async Task<Mro50State> ReadStateAsync(CancellationToken cancellationToken)
    {
        var control = await ReadAsync(ReadControl, cancellationToken);
        return new Mro50State((control & 1) != 0, (control & 2) != 0);
    }

    /// <summary>Reads the disciplining daemon's part of the EEPROM: what <c>disciplining_config</c> and <c>temperature_table</c> show.</summary>
    /// <exception cref="TargetIOException">EFAULT: the EEPROM does not answer.</exception>
    public async Task<byte[]> ReadMemoryAsync(CancellationToken cancellationToken)
    {
        var memory = new byte[MemoryBytes];
        await _file.ControlAsync(ReadMemory, memory, cancellationToken);
        return memory;
    }

    /// <summary>Writes that part of the EEPROM.</summary>
    /// <exception cref="ArgumentException">It is not <see cref="MemoryBytes"/> long.</exception>
    public async Task WriteMemoryAsync(ReadOnlyMemory<byte> memory, CancellationToken cancellationToken)
    {
        if (memory.Length != MemoryBytes)
        {
            throw new ArgumentException($"the memory has {MemoryBytes} bytes, and {memory.Length} were given", nameof(memory));
        }

        await _file.ControlAsync(WriteMemory, memory.ToArray(), cancellationToken);
    }

    /// <summary>Reads whether the oscillator is left to its serial line instead of the card.</summary>
    public async Task<bool> IsOnSerialAsync(CancellationToken cancellationToken) => await ReadAsync(ReadBoardConfig, cancellationToken) != 0;

    /// <summary>Leaves the oscillator to its serial line, or takes it back.</summary>
    public Task PutOnSerialAsync(bool isOnSerial, CancellationToken cancellationToken) => WriteAsync(WriteBoardConfig, isOnSerial ? 1 : 0, 1, cancellationToken);

    /// <summary>Makes a request by its number, for what has no method of its own.</summary>
    /// <exception cref="TargetIOException">ENOTTY and others of the driver.</exception>
    public async Task ControlAsync(uint request, Memory<byte> argument, CancellationToken cancellationToken) => await _file.ControlAsync(request, argument, cancellationToken);

    /// <summary>Closes it.</summary>
    public ValueTask DisposeAsync() => _file.DisposeAsync();

    /// <summary>A reading of the thermistor, of 4095 parts over it and 47 kilo-ohms, in degrees Celsius.</summary>
    internal static double ToCelsius(int reading)
    {
        const double full = 4095;
        const double series = 47_000;
        const double beta = 4_100;
        const double room = 298.15;
        const double zero = 273.14;
        const double perOhm = 1e-5;
        var part = reading / full;
        return (beta * room / ((room * Math.Log(perOhm * series * part / (1 - part))) + beta)) - zero;
    }

    private async Task<int> ReadAsync(uint request, CancellationToken cancellationToken)
    {
        var word = new byte[sizeof(ulong)];
        await _file.ControlAsync(request, word, cancellationToken);
        return BinaryPrimitives.ReadInt32LittleEndian(word);
    }

    private async Task WriteAsync(uint request, int value, int most, CancellationToken cancellationToken)
    {
        if (value < 0 || value > most)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, string.Create(CultureInfo.InvariantCulture, $"it is 0 to {most}"));
        }

        var word = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteInt32LittleEndian(word, value);
        await _file.ControlAsync(request, word, cancellationToken);
    }
}

/// <summary>How an mRO50 is.</summary>
/// <param name="IsEnabled">The card has turned it on.</param>
/// <param name="IsLocked">It has locked to its rubidium.</param>
public readonly record struct Mro50State(bool IsEnabled, bool IsLocked);
