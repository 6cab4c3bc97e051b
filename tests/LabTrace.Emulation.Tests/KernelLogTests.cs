using System.Text;
using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

/// <summary>The emulated <c>/dev/kmsg</c> behaves as Documentation/ABI/testing/dev-kmsg says.</summary>
public sealed class KernelLogTests
{
    [Test]
    public async Task Each_read_gives_one_record_and_one_that_fell_behind_is_told_so_once()
    {
        await using var target = new EmulatedTarget();
        await using var stream = await target.OpenReadAsync("/dev/kmsg", default);
        var buffer = new byte[8192];

        (await ReadAsync()).Should().StartWith("6,0,").And.Contain(";Linux version 6.18").And.EndWith("\n");
        for (var i = 0; i < 3000; i++)
        {
            await target.WriteAsync("/dev/kmsg", Encoding.UTF8.GetBytes($"<3>line {i} {new string('x', 60)}"), WriteMode.Truncate, default);
        }

        var behind = () => ReadAsync();
        (await behind.Should().ThrowAsync<TargetIOException>()).Which.Errno.Should().Be(Errno.EPIPE);
        (await ReadAsync()).Should().StartWith("11,").And.Contain(";line ");

        async Task<string> ReadAsync() => Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
    }

    [Test]
    public async Task What_was_overwritten_before_it_was_read_is_counted()
    {
        await using var target = new EmulatedTarget();
        await using var log = target.OpenKernelLog();
        var first = await log.ReadAsync(default);
        for (var i = 0; i < 3000; i++)
        {
            await target.WriteAsync("/dev/kmsg", Encoding.UTF8.GetBytes($"line {i} {new string('x', 60)}"), WriteMode.Truncate, default);
        }

        var rest = await log.ReadAsync(default);

        first.Overwritten.Should().Be(0);
        rest.Overwritten.Should().BePositive();
        (rest.Overwritten + rest.Records.Count).Should().Be(3000);
    }

    [Test]
    public async Task Lkdtm_makes_the_kernel_warn_and_taints_it()
    {
        await using var target = new EmulatedTarget();
        await using var log = target.OpenKernelLog();

        await target.WriteAsync("/sys/kernel/debug/provoke-crash/DIRECT", "WARNING"u8.ToArray(), WriteMode.Truncate, default);

        (await log.ReadTaintAsync(default)).Should().Be(512);
        Encoding.UTF8.GetString(await target.ReadAsync("/proc/sys/kernel/tainted", default)).Should().Be("512\n");
        var text = string.Concat((await log.ReadAsync(default)).Records.Select(r => r.ToConsoleText()));
        Tracing.KernelLog.KernelLogReader.Read(Encoding.UTF8.GetBytes(text)).Should().ContainSingle().Which.Title.Should().Be("WARNING in lkdtm_WARNING");
    }

    [Test]
    public async Task Looking_at_the_log_takes_no_virtual_time()
    {
        await using var target = new EmulatedTarget();
        await using var log = target.OpenKernelLog();
        var before = target.Time.GetTimestamp();

        _ = await log.ReadAsync(default);
        _ = await log.ReadTaintAsync(default);

        target.Time.GetTimestamp().Should().Be(before);
    }
}
