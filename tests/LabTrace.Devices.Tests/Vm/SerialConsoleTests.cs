using FluentAssertions;
using LabTrace.Devices.Vm;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Vm;

public sealed class SerialConsoleTests
{
    [Test]
    public async Task Lines_are_kept_whole_however_they_arrive()
    {
        var console = new SerialConsole(TimeProvider.System);

        await console.ReadAsync(new Dribble("one\r\ntwo\nthe l\u00fcst"u8.ToArray(), 1));

        console.From(0).Select(l => l.Text).Should().Equal("one", "two", "the l\u00fcst");
    }

    [Test]
    public async Task A_panic_is_seen_at_once_in_the_kernels_words()
    {
        var console = new SerialConsole(TimeProvider.System);

        await console.ReadAsync(new MemoryStream("[    5.123456] Kernel panic - not syncing: sysrq triggered crash\n"u8.ToArray()));

        (await console.Panic).Should().Be("Kernel panic - not syncing: sysrq triggered crash");
    }

    [Test]
    public async Task A_mark_is_no_panic_whatever_it_says()
    {
        var console = new SerialConsole(TimeProvider.System);

        console.Mark("scenario: Kernel panic - not syncing is told");

        console.Panic.IsCompleted.Should().BeFalse();
        await console.DisposeAsync();
    }

    [Test]
    public async Task The_file_has_what_came_before_it_and_what_came_behind_each_with_its_time()
    {
        var file = Path.GetTempFileName();
        var console = new SerialConsole(TimeProvider.System);
        console.Mark("before");

        await using (var writer = new StreamWriter(file))
        {
            console.KeepIn(writer);
            console.Mark("behind");
            await console.DisposeAsync();
        }

        var lines = await File.ReadAllLinesAsync(file);
        lines.Should().HaveCount(2).And.OnlyContain(l => l.Length > 28 && l[10] == 'T' && l[26] == 'Z');
        lines.Select(l => l[28..]).Should().Equal("==== before", "==== behind");
        File.Delete(file);
    }

    [Test]
    public void Records_behind_a_moment_are_read_with_their_callers()
    {
        var records = ConsoleLog.Read(
            ["[    1.000001] old", "a program's line", "[    2.500000][   T42] BUG: new", "[   12.345678] ", "[99999999999999999999.1] x"], 1_000_001);

        records.Select(r => (r.Microseconds, r.Caller, r.Text)).Should().Equal((2_500_000UL, "T42", "BUG: new"), (12_345_678UL, "", ""));
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public bool No_line_is_too_strange_to_be_read(string[] lines) =>
        ConsoleLog.Read(lines.Select(l => "[" + l), 0).Count <= lines.Length;

    // A stream that gives a few bytes a read.
    private sealed class Dribble(byte[] content, int most) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
