using System.Text;
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

    [TestCase("[    5.123456] Kernel panic - not syncing: sysrq triggered crash", "its kernel panicked: Kernel panic - not syncing: sysrq triggered crash", true)]
    [TestCase("[  148.123456] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [sh:91]", "its kernel is stuck: watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [sh:91]", false)]
    [TestCase("[   22.000001] watchdog: Watchdog detected hard LOCKUP on cpu 3", "its kernel is stuck: watchdog: Watchdog detected hard LOCKUP on cpu 3", false)]
    [TestCase("[   22.000001][   C0] NMI watchdog: Watchdog detected hard LOCKUP on cpu 0", "its kernel is stuck: NMI watchdog: Watchdog detected hard LOCKUP on cpu 0", false)]
    [TestCase("[   90.1] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", "its kernel is stuck: rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", false)]
    [TestCase("[   90.1] rcu: INFO: rcu_sched self-detected stall on CPU", "its kernel is stuck: rcu: INFO: rcu_sched self-detected stall on CPU", false)]
    [TestCase("[   90.1] rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 0-... } 21 jiffies s: 57 root: 0x1/.", "its kernel is stuck: rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 0-... } 21 jiffies s: 57 root: 0x1/.", false)]
    public async Task A_kernel_that_dies_is_seen_at_once_in_its_own_words(string line, string words, bool isPanic)
    {
        var console = new SerialConsole(TimeProvider.System);

        await console.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(line + "\n")));

        (await console.Alarm).Should().Be(new ConsoleAlarm(words, isPanic));
        console.Unsettled.Should().Be(new ConsoleAlarm(words, isPanic));
    }

    [TestCase("[    1.0] INFO: task sh:91 blocked for more than 120 seconds.")]
    [TestCase("[    1.0] rcu: Hierarchical RCU implementation.")]
    [TestCase("a program's word of a lockup")]
    public async Task What_a_kernel_survives_is_no_alarm(string line)
    {
        var console = new SerialConsole(TimeProvider.System);

        await console.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(line + "\n")));

        console.Alarm.IsCompleted.Should().BeFalse();
    }

    [Test]
    public async Task A_mark_is_no_alarm_whatever_it_says()
    {
        var console = new SerialConsole(TimeProvider.System);

        console.Mark("scenario: Kernel panic - not syncing is told");

        console.Alarm.IsCompleted.Should().BeFalse();
        await console.DisposeAsync();
    }

    [Test]
    public async Task An_alarm_that_was_looked_into_is_settled_and_one_that_came_meanwhile_is_not()
    {
        var console = new SerialConsole(TimeProvider.System);
        await console.ReadAsync(new MemoryStream("watchdog: BUG: soft lockup - CPU#0 stuck for 26s!\n"u8.ToArray()));
        var lockup = await console.Alarm;
        await console.ReadAsync(new MemoryStream("Kernel panic - not syncing: softlockup: hung tasks\n---[ end Kernel panic - not syncing: softlockup: hung tasks ]---\n"u8.ToArray()));

        console.Settle(lockup);
        var panic = await console.Alarm;
        console.Settle(panic);

        panic.Should().Be(new ConsoleAlarm("its kernel panicked: Kernel panic - not syncing: softlockup: hung tasks", IsPanic: true));
        console.Alarm.IsCompleted.Should().BeFalse();
        console.Unsettled.Should().BeNull();
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
