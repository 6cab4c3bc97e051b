using System.Buffers.Binary;
using FluentAssertions;
using LabTrace.Devices.TimeCards;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.TimeCards;

/// <summary>The ioctl path against this machine's kernel, with files that every machine has.</summary>
public sealed class LocalDeviceTests
{
    private const uint FionRead = 0x541B;

    [Test]
    public async Task The_kernel_fills_the_structure_of_an_ioctl()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "file");
        await File.WriteAllBytesAsync(path, new byte[1234]);
        await using var file = await new LocalTarget().OpenDeviceAsync(path, canWrite: false, CancellationToken.None);
        var count = new byte[4];

        await file.ControlAsync(FionRead, count, CancellationToken.None);

        BinaryPrimitives.ReadInt32LittleEndian(count).Should().Be(1234);
    }

    [Test]
    public async Task A_device_that_is_no_clock_refuses_with_its_errno()
    {
        await using var clock = await PtpClock.OpenAsync(new LocalTarget(), "/dev/null", canWrite: true, CancellationToken.None);

        var caps = () => clock.ReadCapabilitiesAsync(CancellationToken.None);
        var time = () => clock.GetTimeAsync(CancellationToken.None);
        var shift = () => clock.ShiftTimeAsync(5, CancellationToken.None);

        (await caps.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.ENOTTY);
        (await time.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.EINVAL);
        (await shift.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.EINVAL);
    }

    [TestCase(10, 0, 1_500_000_000, 11, 500_000_000)]
    [TestCase(10, 999_999_999, 1, 11, 0)]
    [TestCase(10, 0, -1, 9, 999_999_999)]
    [TestCase(10, 250_000_000, -90_250_000_000, -80, 0)]
    [TestCase(10, 250_000_000, 0, 10, 250_000_000)]
    public void A_time_is_shifted_over_the_seconds(long seconds, int nanoseconds, long by, long expectedSeconds, int expectedNanoseconds) =>
        new DeviceTime(seconds, nanoseconds).Plus(by).Should().Be(new DeviceTime(expectedSeconds, expectedNanoseconds));

    [Test]
    public async Task A_device_that_is_not_there_is_named()
    {
        var open = () => PtpClock.OpenAsync(new LocalTarget(), "/dev/ptp987", canWrite: false, CancellationToken.None);

        (await open.Should().ThrowAsync<TargetIOException>()).WithMessage("open /dev/ptp987*").Which.Errno.Should().Be(Errno.ENOENT);
    }

    [Test]
    public async Task A_link_tells_where_it_points()
    {
        var target = new LocalTarget();

        (await target.ReadLinkAsync("/proc/self", CancellationToken.None)).Should().Be(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var read = async () => await target.ReadLinkAsync("/proc/version", CancellationToken.None);
        (await read.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.EINVAL);
    }
}
