using System.Text;
using FluentAssertions;
using LabTrace.Devices.Tests.Wire;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.KernelLog;

public sealed class KmsgSourceTests
{
    [Test]
    public void A_record_is_read_with_its_escapes_and_without_its_dictionary()
    {
        var bytes = Encoding.UTF8.GetBytes("4,881,12345678,-,caller=T42;two\\x0alines \\x5cx41 and caf\\xc3\\xa9\n SUBSYSTEM=pci\n DEVICE=+pci:0000\n");

        KernelLogRecord.TryParse(bytes, out var record).Should().BeTrue();

        record.Should().Be(new KernelLogRecord(881, 12_345_678, 4, "T42", "two\nlines \\x41 and café"));
        record!.IsKernels.Should().BeTrue();
        record.ToConsoleText().Should().Be("[   12.345678][   T42] two\n[   12.345678][   T42] lines \\x41 and café\n");
    }

    [TestCase("")]
    [TestCase("4")]
    [TestCase("4,5,6")]
    [TestCase("a,5,6,-;x")]
    [TestCase(";4,5,6,-")]
    public void What_is_no_record_is_none(string text) => KernelLogRecord.TryParse(Encoding.UTF8.GetBytes(text), out _).Should().BeFalse();

    [Test]
    public async Task Overwritten_records_are_counted_by_the_gap_in_the_numbers()
    {
        await using var source = new KmsgSource(new LocalTarget(), new Scripted("4,1,10,-;one\n", "EPIPE", "4,1001,20,-;later\n"), TimeSpan.Zero);

        var batch = await source.ReadAsync(default);

        batch.Records.Select(r => r.Text).Should().Equal("one", "later");
        batch.Overwritten.Should().Be(999);
    }

    [Test]
    [Category(RealKernel.Category)]
    public async Task A_real_kernel_s_log_is_read_on_from_where_it_was_left()
    {
        RealKernel.Require(Environment.UserName == "root" && File.Exists("/dev/kmsg"), "the right to read /dev/kmsg");
        await using var target = new LocalTarget();
        await using var source = await KmsgSource.OpenAsync(target, default);
        var before = await source.ReadAsync(default);
        var mark = $"labtrace test {Guid.NewGuid():N}";

        await target.WriteAsync("/dev/kmsg", Encoding.UTF8.GetBytes(mark + "\n"), WriteMode.Truncate, default);
        var batch = await source.ReadAsync(default);

        before.Records.Should().NotBeEmpty();
        batch.Records.Should().ContainSingle(r => r.Text == mark).Which.IsKernels.Should().BeFalse();
        (await source.ReadAsync(default)).Records.Should().NotContain(r => r.Text == mark);
    }

    [Test]
    [Category(RealKernel.Category)]
    public async Task Over_a_wire_a_log_takes_a_call_for_many_records()
    {
        RealKernel.Require(Environment.UserName == "root" && File.Exists("/dev/kmsg"), "the right to read /dev/kmsg");
        await using var local = new LocalTarget();
        for (var i = 0; i < 50; i++)
        {
            await local.WriteAsync("/dev/kmsg", Encoding.UTF8.GetBytes($"labtrace test record {i}\n"), WriteMode.Truncate, default);
        }

        await using var here = await KmsgSource.OpenAsync(local, default);
        var expected = (await here.ReadAsync(default)).Records;
        var (server, target) = await ServedTarget.OpenAsync(new LocalTarget("agent"), default);
        await using (target)
        {
            await using var stream = await target.OpenReadAsync("/dev/kmsg", default);
            var records = new List<byte[]>();
            var calls = 0;
            while (await ((INowReader)stream).ReadRecordsAsync(16 * 1024, default) is { Count: > 0 } some)
            {
                records.AddRange(some);
                calls++;
            }

            records.Count.Should().BeGreaterThanOrEqualTo(expected.Count);
            records.Take(expected.Count).Select(r => KernelLogRecord.TryParse(r, out var record) ? record : null).Should().Equal(expected);
            calls.Should().BeLessThan(1 + (records.Count / 10));
        }

        await server.DisposeAsync();
    }

    private sealed class Scripted(params string[] reads) : MemoryStream
    {
        private int _at;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_at == reads.Length)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            var text = reads[_at++];
            return text == "EPIPE"
                ? throw new TargetIOException("local", "read", "/dev/kmsg", Errno.EPIPE)
                : Encoding.UTF8.GetBytes(text, buffer.Span);
        }
    }
}
