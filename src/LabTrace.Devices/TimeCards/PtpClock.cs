using System.Globalization;

namespace LabTrace.Devices.TimeCards;

/// <summary>A PTP hardware clock through its character device, at this machine, behind the agent, or emulated.</summary>
/// <remarks>Nothing that is set here is undone by itself: a clock's time and its channels outlive the open file.</remarks>
public sealed class PtpClock : IAsyncDisposable
{
    private readonly ITarget _target;
    private readonly IDeviceFile _file;

    private PtpClock(ITarget target, IDeviceFile file) => (_target, _file) = (target, file);

    /// <summary>The device's path.</summary>
    public string Path => _file.Path;

    /// <summary>Opens a clock.</summary>
    /// <param name="target">Where it is.</param>
    /// <param name="path">Such as <c>/dev/ptp0</c>.</param>
    /// <param name="canWrite">Whether it is to be changed; without, drivers refuse that with EACCES.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">ENOENT, EACCES…</exception>
    /// <exception cref="NotOnTargetException">The target cannot open device files.</exception>
    public static async Task<PtpClock> OpenAsync(ITarget target, string path, bool canWrite, CancellationToken cancellationToken) =>
        new(target, await DeviceFiles.OpenAsync(target, path, canWrite, cancellationToken));

    /// <summary>Reads what the clock says it can do.</summary>
    /// <exception cref="TargetIOException">The driver refused.</exception>
    public async Task<PtpCapabilities> ReadCapabilitiesAsync(CancellationToken cancellationToken)
    {
        var caps = new byte[PtpStructures.CapabilitiesBytes];
        await _file.ControlAsync(PtpStructures.GetCapabilities, caps, cancellationToken);
        int At(int offset) => PtpStructures.Int(caps, offset);
        return new PtpCapabilities(At(0), At(4), At(8), At(12), At(16) != 0, At(20), At(24) != 0, At(28) != 0, At(32));
    }

    /// <summary>Reads the time.</summary>
    /// <exception cref="TargetIOException">ETIMEDOUT and others of the driver.</exception>
    public async Task<PhcTime> GetTimeAsync(CancellationToken cancellationToken)
    {
        var time = await _file.GetTimeAsync(cancellationToken);
        return new PhcTime((time.Seconds * 1_000_000_000) + time.Nanoseconds);
    }

    /// <summary>Sets the time.</summary>
    /// <exception cref="TargetIOException">EACCES when opened for reading only.</exception>
    public async Task SetTimeAsync(PhcTime time, CancellationToken cancellationToken) =>
        await _file.SetTimeAsync(new DeviceTime(time.Seconds, time.Fraction), cancellationToken);

    /// <summary>Sets the time to what it is and some nanoseconds, as near to each other as the target can read and set it.</summary>
    /// <param name="nanoseconds">Forward when positive.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>Nanoseconds between the beginning of the reading and the end of the setting: so much, at most, is lost.</returns>
    /// <exception cref="TargetIOException">EACCES when opened for reading only.</exception>
    public async Task<long> ShiftTimeAsync(long nanoseconds, CancellationToken cancellationToken) => await _file.ShiftTimeAsync(nanoseconds, cancellationToken);

    /// <summary>Moves the time; how fast is the driver's business.</summary>
    /// <param name="nanoseconds">Forward when positive.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The driver refused.</exception>
    public async Task AdjustTimeAsync(long nanoseconds, CancellationToken cancellationToken)
    {
        const int setOffset = 0x100;
        const int nano = 0x2000;
        var timex = new byte[PtpStructures.TimexBytes];
        PtpStructures.Put(timex, 0, setOffset | nano);
        var time = new PhcTime(nanoseconds);
        PtpStructures.PutLong(timex, 72, time.Seconds);
        PtpStructures.PutLong(timex, 80, time.Fraction);
        await _file.AdjustAsync(timex, cancellationToken);
    }

    /// <summary>Adjusts the frequency.</summary>
    /// <param name="partsPerBillion">Faster when positive.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">ERANGE beyond <see cref="PtpCapabilities.MaxAdjustmentPpb"/>; EOPNOTSUPP where the driver cannot.</exception>
    public async Task AdjustFrequencyAsync(double partsPerBillion, CancellationToken cancellationToken)
    {
        const int frequency = 2;
        var timex = new byte[PtpStructures.TimexBytes];
        PtpStructures.Put(timex, 0, frequency);

        // Parts per million with 16 fractional bits.
        PtpStructures.PutLong(timex, 16, (long)Math.Round(partsPerBillion * 65.536));
        await _file.AdjustAsync(timex, cancellationToken);
    }

    /// <summary>Asks the clock's own servo to take a phase off.</summary>
    /// <exception cref="TargetIOException">ERANGE beyond <see cref="PtpCapabilities.MaxPhaseAdjustmentNs"/>; EOPNOTSUPP where the driver cannot.</exception>
    public async Task AdjustPhaseAsync(long nanoseconds, CancellationToken cancellationToken)
    {
        const int offset = 1;
        const int nano = 0x2000;
        var timex = new byte[PtpStructures.TimexBytes];
        PtpStructures.Put(timex, 0, offset | nano);
        PtpStructures.PutLong(timex, 8, nanoseconds);
        await _file.AdjustAsync(timex, cancellationToken);
    }

    /// <summary>Measures the clock against CLOCK_REALTIME by the best method the driver has: precise, extended, basic.</summary>
    /// <param name="samples">1 to 25.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">The driver refused all of them.</exception>
    public async Task<ClockOffset> MeasureOffsetAsync(int samples, CancellationToken cancellationToken)
    {
        try
        {
            return await MeasureOffsetAsync(OffsetMethod.Precise, samples, cancellationToken);
        }
        catch (TargetIOException e) when (IsUnsupported(e.Errno))
        {
        }

        try
        {
            return await MeasureOffsetAsync(OffsetMethod.Extended, samples, cancellationToken);
        }
        catch (TargetIOException e) when (IsUnsupported(e.Errno))
        {
            return await MeasureOffsetAsync(OffsetMethod.Basic, samples, cancellationToken);
        }
    }

    /// <summary>Measures the clock against CLOCK_REALTIME by one method.</summary>
    /// <param name="method">How.</param>
    /// <param name="samples">1 to 25; the precise method takes one.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">EOPNOTSUPP where the driver cannot.</exception>
    public async Task<ClockOffset> MeasureOffsetAsync(OffsetMethod method, int samples, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples, PtpStructures.MostSamples);
        if (method == OffsetMethod.Precise)
        {
            var precise = new byte[PtpStructures.PreciseBytes];
            await _file.ControlAsync(PtpStructures.SystemOffsetPrecise, precise, cancellationToken);
            return new ClockOffset(PtpStructures.Time(precise, 0) - PtpStructures.Time(precise, PtpStructures.TimeBytes), 0, method, 1);
        }

        var isExtended = method == OffsetMethod.Extended;
        var bytes = new byte[isExtended ? PtpStructures.ExtendedBytes : PtpStructures.SystemOffsetBytes];
        PtpStructures.Put(bytes, 0, samples);
        await _file.ControlAsync(isExtended ? PtpStructures.SystemOffsetExtended : PtpStructures.SystemOffset, bytes, cancellationToken);
        ClockOffset? best = null;
        for (var i = 0; i < samples; i++)
        {
            var at = PtpStructures.TimeBytes + (i * (isExtended ? 3 : 2) * PtpStructures.TimeBytes);
            var before = PtpStructures.Time(bytes, at);
            var phc = PtpStructures.Time(bytes, at + PtpStructures.TimeBytes);
            var window = PtpStructures.Time(bytes, at + (2 * PtpStructures.TimeBytes)) - before;
            var sample = new ClockOffset(phc - before - (window / 2), Math.Abs(window) / 2, method, samples);
            best = best is null || (window >= 0 && sample.UncertaintyNs < best.UncertaintyNs) ? sample : best;
        }

        return best!;
    }

    /// <summary>The raw windows of one extended measurement: the system's time before, the clock's, the system's behind, nanoseconds.</summary>
    /// <exception cref="TargetIOException">The driver refused.</exception>
    public async Task<IReadOnlyList<(long Before, long Phc, long Behind)>> SampleAsync(int samples, CancellationToken cancellationToken)
    {
        var bytes = new byte[PtpStructures.ExtendedBytes];
        PtpStructures.Put(bytes, 0, samples);
        await _file.ControlAsync(PtpStructures.SystemOffsetExtended, bytes, cancellationToken);
        return [.. Enumerable.Range(0, samples).Select(i => PtpStructures.TimeBytes * (1 + (3 * i)))
            .Select(at => (PtpStructures.Time(bytes, at), PtpStructures.Time(bytes, at + PtpStructures.TimeBytes), PtpStructures.Time(bytes, at + (2 * PtpStructures.TimeBytes))))];
    }

    /// <summary>Reads a pin.</summary>
    /// <param name="index">Zero-based.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">EINVAL: there is no such pin.</exception>
    public async Task<PtpPin> ReadPinAsync(int index, CancellationToken cancellationToken)
    {
        var pin = new byte[PtpStructures.PinBytes];
        PtpStructures.Put(pin, 64, index);
        await _file.ControlAsync(PtpStructures.GetPin, pin, cancellationToken);
        return PtpStructures.Pin(pin);
    }

    /// <summary>Gives a pin a function.</summary>
    /// <exception cref="TargetIOException">EINVAL; EACCES when opened for reading only; EOPNOTSUPP for whatever the driver minds.</exception>
    public async Task SetPinAsync(int index, PtpPinFunction function, int channel, CancellationToken cancellationToken)
    {
        var pin = new byte[PtpStructures.PinBytes];
        PtpStructures.Put(pin, 64, index);
        PtpStructures.Put(pin, 68, (int)function);
        PtpStructures.Put(pin, 72, channel);
        await _file.ControlAsync(PtpStructures.SetPin, pin, cancellationToken);
    }

    /// <summary>Turns a channel of external timestamps of rising edges on or off.</summary>
    /// <exception cref="TargetIOException">EINVAL, EACCES; ENXIO where the board has no such channel.</exception>
    public Task EnableStampsAsync(int channel, bool isOn, CancellationToken cancellationToken) =>
        EnableStampsAsync(channel, isOn ? PtpEdges.Rising : PtpEdges.None, cancellationToken);

    /// <summary>Has edges of a channel stamped; none turns it off. A driver that does not say what it can, such as ptp_ocp before Linux 7.3, stamps the edges that it knows.</summary>
    /// <exception cref="TargetIOException">EINVAL, EACCES; ENXIO where the board has no such channel; EOPNOTSUPP where its driver does not stamp such edges.</exception>
    public async Task EnableStampsAsync(int channel, PtpEdges edges, CancellationToken cancellationToken)
    {
        const int enable = 1;
        var request = new byte[PtpStructures.ExternalStampsBytes];
        PtpStructures.Put(request, 0, channel);
        PtpStructures.Put(request, 4, edges == PtpEdges.None ? 0 : enable | (int)edges);
        await _file.ControlAsync(PtpStructures.ExternalStamps, request, cancellationToken);
    }

    /// <summary>Waits for the next external timestamp of any channel.</summary>
    /// <param name="limit">How long, on the target's clock.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The timestamp, or null when none came in time.</returns>
    /// <exception cref="TargetIOException">ENODEV: the card is gone.</exception>
    public async Task<ExternalStamp?> ReadStampAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, _target.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var record = new byte[PtpStructures.EventBytes];
        try
        {
            var got = await _file.ReadAsync(record, either.Token);
            return got == record.Length
                ? new ExternalStamp(PtpStructures.Int(record, PtpStructures.TimeBytes), new PhcTime(PtpStructures.Time(record, 0)))
                : throw new TargetIOException(_target.Name, string.Create(CultureInfo.InvariantCulture, $"read a timestamp ({got} bytes) of"), Path, Errno.EIO);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Starts or stops a periodic output.</summary>
    /// <exception cref="TargetIOException">EINVAL, ERANGE, EACCES; ENXIO where the board has no such channel; EOPNOTSUPP for a single pulse since Linux 7.3.</exception>
    public async Task SetPeriodicOutputAsync(PeriodicOutput output, CancellationToken cancellationToken)
    {
        const int once = 1;
        const int duty = 2;
        const int phase = 4;
        ArgumentNullException.ThrowIfNull(output);
        var request = new byte[PtpStructures.PeriodicOutputBytes];
        PtpStructures.PutTime(request, 0, output.PhaseNs ?? output.Start?.Nanoseconds ?? 0);
        PtpStructures.PutTime(request, 16, output.PeriodNs);
        PtpStructures.Put(request, 32, output.Channel);
        PtpStructures.Put(request, 36, (output.IsOnce ? once : 0) | (output.OnNs is null ? 0 : duty) | (output.PhaseNs is null ? 0 : phase));
        PtpStructures.PutTime(request, 40, output.OnNs ?? 0);
        await _file.ControlAsync(PtpStructures.PeriodicOutput, request, cancellationToken);
    }

    /// <summary>Gives the kernel the clock's PPS, or takes it away.</summary>
    /// <exception cref="TargetIOException">EACCES; EPERM without CAP_SYS_TIME.</exception>
    public async Task EnablePpsAsync(bool isOn, CancellationToken cancellationToken) =>
        await _file.ControlAsync(PtpStructures.EnablePps, isOn ? 1 : 0, cancellationToken);

    /// <summary>Makes a request by its number, for what has no method of its own.</summary>
    /// <exception cref="TargetIOException">The driver refused.</exception>
    public async Task ControlAsync(uint request, Memory<byte> argument, CancellationToken cancellationToken) =>
        await _file.ControlAsync(request, argument, cancellationToken);

    /// <summary>Closes it.</summary>
    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private static bool IsUnsupported(Errno errno) => errno is Errno.EOPNOTSUPP or Errno.ENOTTY or Errno.EINVAL;
}
