using System.Diagnostics;
using System.Globalization;
using System.Text;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Tracing.KernelLog;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.KernelLog;

public sealed class KernelLogReaderTests
{
    private static readonly string[] Warning =
    [
        "------------[ cut here ]------------",
        "WARNING: CPU: 1 PID: 4242 at drivers/ptp/ptp_toy.c:77 ptp_toy_adjfine+0x1c/0x40 [ptp_toy]",
        "Modules linked in: ptp_toy(O)",
        "CPU: 1 PID: 4242 Comm: phc_ctl Tainted: G           O      6.18.0 #1",
        "RIP: 0010:ptp_toy_adjfine+0x1c/0x40 [ptp_toy]",
        "Call Trace:",
        " <TASK>",
        " ? __warn+0x81/0x110",
        " ptp_clock_adjtime+0x9b/0x1d0",
        " pc_clock_adjtime+0x60/0xa0",
        " </TASK>",
        "---[ end trace 0000000000000000 ]---",
    ];

    [TestCase("{0}", TestName = "A_report_is_found_without_any_prefix")]
    [TestCase("[   12.345678] {0}", TestName = "A_report_is_found_behind_dmesg_s_times")]
    [TestCase("<4>[   12.345678] {0}", TestName = "A_report_is_found_behind_levels")]
    [TestCase("[   12.345678][ T4242] {0}", TestName = "A_report_is_found_behind_callers")]
    [TestCase("[Thu Nov 26 10:14:08 2026] {0}", TestName = "A_report_is_found_behind_dmesg_T_s_dates")]
    [TestCase("kern  :warn  : [   12.345678] {0}", TestName = "A_report_is_found_behind_dmesg_x_s_facilities")]
    [TestCase("Nov 26 10:14:08 bench-3 kernel: [   12.345678] {0}", TestName = "A_report_is_found_behind_syslog_s_stamps")]
    [TestCase("2026-11-26T10:14:08.123456+00:00 bench-3 kernel: [   12.345678] {0}", TestName = "A_report_is_found_behind_journald_s_stamps")]
    [TestCase("4,881,12345678,-;{0}", TestName = "A_report_is_found_in_records_of_dev_kmsg")]
    [TestCase("[   12.345678] {0}\r", TestName = "A_report_is_found_on_a_serial_console")]
    public void A_report_has_one_title_whatever_shows_the_log(string shape)
    {
        var log = Lines(["a line before it", .. Warning, "a line behind it"], shape);

        var reports = KernelLogReader.Read(log);

        reports.Should().ContainSingle();
        reports[0].Should().BeEquivalentTo(new { Title = "WARNING in ptp_toy_adjfine", Type = "WARNING", Line = 3, EndLine = 13 });
        reports[0].Excerpt[0].Should().Be(Warning[1]);
        reports[0].Excerpt[^1].Should().StartWith("---[ end trace");
    }

    // Its title comes from a frame, which is one only where everything in front of it is taken away.
    [TestCase("[   12.345678 <    0.000003>] {0}", TestName = "Frames_are_read_behind_dmesg_d_s_differences")]
    [TestCase("[  +0.000003] {0}", TestName = "Frames_are_read_behind_dmesg_e_s_differences")]
    [TestCase("[Nov26 10:14] {0}", TestName = "Frames_are_read_behind_dmesg_e_s_minutes")]
    [TestCase("2026-11-26T10:14:08,123456+00:00 {0}", TestName = "Frames_are_read_behind_dmesg_s_iso_times")]
    [TestCase("[   12.345678] bench-3 kernel: {0}", TestName = "Frames_are_read_behind_journalctl_s_short_monotonic")]
    [TestCase("2026-11-26T10:14:08+0000 bench-3 kernel: {0}", TestName = "Frames_are_read_behind_journalctl_s_short_iso")]
    [TestCase("Thu 2026-11-26 10:14:08 UTC bench-3 kernel: {0}", TestName = "Frames_are_read_behind_journalctl_s_short_full")]
    [TestCase("Nov 26 10:14:08 bench-3 kernel: {0}", TestName = "Frames_are_read_behind_syslog_without_the_kernel_s_time")]
    [TestCase("Nov 26 10:14:08 bench-3 kernel: [12345.678901] [  T77] {0}", TestName = "Frames_are_read_behind_syslog_s_stamps_and_callers")]
    [TestCase("<4>{0}", TestName = "Frames_are_read_behind_levels_alone")]
    [TestCase("kern  :warn  : {0}", TestName = "Frames_are_read_behind_facilities_alone")]
    [TestCase("[   12.345678] [   T77] {0}", TestName = "Frames_are_read_behind_callers_set_apart")]
    [TestCase("<1>[  123.456789][T1234@C1] {0}", TestName = "Frames_are_read_behind_callers_with_their_cpu")]
    [TestCase("[  123.456789]  [1:  init:  1] {0}", TestName = "Frames_are_read_behind_a_vendor_s_callers")]
    [TestCase("[    1.234567,0] {0}", TestName = "Frames_are_read_behind_times_with_a_cpu")]
    [TestCase("[2026-11-26 10:14:08] [   12.345678] {0}", TestName = "Frames_are_read_behind_a_terminal_program_s_stamps")]
    [TestCase("10:14:08.123 [   12.345678] {0}", TestName = "Frames_are_read_behind_a_logger_s_time_of_day")]
    [TestCase("2026-11-26T10:14:08.123456 [   12.345678] {0}", TestName = "Frames_are_read_behind_a_farm_s_stamps")]
    [TestCase("6.12.0,4,881,12345678,-;{0}", TestName = "Frames_are_read_in_netconsole_s_extended_records")]
    [TestCase("\u001b[32m[   12.345678] \u001b[0m\u001b[31m{0}\u001b[0m", TestName = "Frames_are_read_through_a_terminal_s_colours")]
    [TestCase("<4>[   12.345678] {0}\r", TestName = "Frames_are_read_on_a_serial_console")]
    public void A_report_s_frames_are_read_whatever_shows_the_log(string shape)
    {
        string[] report =
        [
            "BUG: sleeping function called from invalid context at kernel/locking/mutex.c:585",
            "in_atomic(): 1, irqs_disabled(): 1, non_block: 0, pid: 0, name: swapper/0",
            "Call Trace:",
            " <IRQ>",
            " dump_stack_lvl+0x5d/0x80",
            " __might_resched+0x100/0x200",
            " mutex_lock+0x20/0x40",
            " toy_irq+0x20/0x40",
        ];

        var reports = KernelLogReader.Read(Lines(["a line before it", .. report, "a line behind it"], shape));

        reports.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Title = "BUG: sleeping function called from invalid context in toy_irq", Line = 2 });
        reports[0].Excerpt.Should().Contain(" toy_irq+0x20/0x40");
    }

    [Test]
    public void A_stall_that_a_cpu_found_of_itself_is_named_by_its_registers()
    {
        string[] report =
        [
            "rcu: INFO: rcu_preempt self-detected stall on CPU",
            "rcu: \t0-....: (20999 ticks this GP) idle=a3c4/1/0x4000000000000000 softirq=1201/1201 fqs=5249",
            "CPU: 0 UID: 0 PID: 77 Comm: toy Not tainted 6.18.0 #1",
            "RIP: 0010:toy_loop+0x5/0x10",
            "Call Trace:",
            " <TASK>",
            " toy_ioctl+0x10/0x20",
            " __x64_sys_ioctl+0x10/0x20",
            " do_syscall_64+0x84/0x800",
        ];

        KernelLogReader.Read(Lines(report, "[   12.345678][    C0] {0}")).Should().ContainSingle().Which.Title.Should().Be("INFO: rcu detected stall in toy_ioctl");
    }

    [Test]
    public void What_riscv_adds_to_a_BUG_is_no_second_report()
    {
        string[] report =
        [
            "kernel BUG at drivers/toy.c:123!",
            "Kernel BUG [#1]",
            "Modules linked in:",
            "epc : toy_bug+0x20/0x40",
            " ra : toy_probe+0x20/0x40",
            "[<ffffffff80410a5c>] toy_bug+0x20/0x40",
        ];

        KernelLogReader.Read(Lines(report, "[    1.000000] {0}")).Should().ContainSingle().Which.Title.Should().Be("kernel BUG in toy_bug");
    }

    [Test]
    public void Lines_that_another_cpu_prints_meanwhile_do_not_disturb_a_report()
    {
        List<string> woven = [];
        foreach (var line in Warning)
        {
            woven.Add($"[   12.345678][ T4242] {line}");
            woven.Add("[   12.345679][    C0]  innocent_function+0x10/0x20");
        }

        KernelLogReader.Read(Lines(woven, "{0}")).Should().ContainSingle().Which.Title.Should().Be("WARNING in ptp_toy_adjfine");
    }

    [Test]
    public void The_panic_that_follows_from_a_report_is_no_second_one()
    {
        var log = Lines([.. Warning, "Kernel panic - not syncing: kernel: panic_on_warn set ...", "CPU: 1 PID: 4242 Comm: phc_ctl", "Call Trace:", " panic+0x101/0x2d0"], "[    1.000000] {0}");

        KernelLogReader.Read(log).Should().ContainSingle();
    }

    [Test]
    public void A_report_that_is_cut_before_its_trace_says_corrupted()
    {
        KernelLogReader.Read(Lines(Warning.Take(3), "[    1.000000] {0}")).Should().ContainSingle().Which.Title.Should().Be("WARNING in corrupted");
    }

    [TestCase("[ 9.1] traps: demo[12] general protection fault ip:7feb96 sp:20000fd0 error:0 in demo[7feb+84]")]
    [TestCase("[ 9.1] INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.356 msecs")]
    [TestCase("[ 9.1] WARNING: The mand mount option has been deprecated and")]
    [TestCase("[ 9.1] XFS (loop4): WARNING: Reset corrupted AGFL on AG 0. 1 blocks leaked.")]
    [TestCase("[ 9.1] logger: !@Boot_DEBUG: start networkManagement")]
    [TestCase("[ 9.1] INFO: lockdep is turned off.")]
    [TestCase("[ 9.1] toy: loading out-of-tree module taints kernel.")]
    public void A_line_that_only_looks_like_a_report_is_none(string line) => KernelLogReader.Read(Encoding.UTF8.GetBytes(line)).Should().BeEmpty();

    [TestCase("Out of memory: Killed process 4242 (hog) total-vm:1kB", "Out of memory: killed hog", "OOM")]
    [TestCase("unregister_netdevice: waiting for veth7 to become free. Usage count = 3", "unregister_netdevice: waiting for DEV to become free", "DoS")]
    [TestCase("Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)", "kernel panic: VFS: Unable to mount root fs on unknown-block(NUM,NUM)", "DoS")]
    [TestCase("BUG: Bad rss-counter state mm:00000000b430fc6f type:MM_FILEPAGES val:3", "BUG: Bad rss-counter state", "BUG")]
    [TestCase("kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)", "memory leak suspected by kmemleak", "LEAK")]
    public void Titles_leave_out_what_differs_between_occurrences(string line, string title, string type)
    {
        var reports = KernelLogReader.Read(Encoding.UTF8.GetBytes($"[    9.100000] {line}\n"));

        reports.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Title = title, Type = type });
    }

    [TestCase("pc : toy_write+0x14/0x28", TestName = "The_guilty_function_is_found_on_arm64")]
    [TestCase("epc : toy_write+0x14/0x28", TestName = "The_guilty_function_is_found_on_riscv")]
    [TestCase("NIP [c0000000000b2a44] toy_write+0x14/0x28", TestName = "The_guilty_function_is_found_on_powerpc")]
    [TestCase("PC is at toy_write+0x14/0x28", TestName = "The_guilty_function_is_found_on_arm")]
    [TestCase("RIP: 0010:toy_write+0x14/0x28", TestName = "The_guilty_function_is_found_on_x86")]
    [TestCase("Krnl PSW : 0704c00180000000 000000000012a3b4 (toy_write+0x14/0x28)", TestName = "The_guilty_function_is_found_on_s390")]
    [TestCase("epc   : ffffffff80123456 toy_write+0x14/0x28", TestName = "The_guilty_function_is_found_on_mips")]
    public void The_guilty_function_is_found_on_every_architecture(string registers)
    {
        var log = Lines(["Unable to handle kernel paging request at virtual address 0000000100000017", "Modules linked in:", registers, "Call Trace:", " vfs_write+0x90/0x334"], "[    1.000000][   T77] {0}");

        KernelLogReader.Read(log).Should().ContainSingle().Which.Title.Should().Be("BUG: unable to handle kernel paging request in toy_write");
    }

    [Test]
    public void A_call_trace_that_nothing_announces_is_a_report_only_when_asked_for_and_alone()
    {
        string[] stack = ["CPU: 0 UID: 0 PID: 7 Comm: insmod Not tainted 6.18.0 #1", "Hardware name: QEMU", "Call Trace:", " <TASK>", " dump_stack_lvl+0x5d/0x80", " toy_probe+0x10/0x20", " platform_probe+0x44/0xa0"];
        var bare = Lines(stack, "[    1.000000] {0}");

        KernelLogReader.Read(bare).Should().BeEmpty();
        KernelLogReader.Read(bare, bareTraces: true).Should().ContainSingle().Which.Should().BeEquivalentTo(new { Title = "call trace in toy_probe", Type = "CALL_TRACE", Line = 3 });
        KernelLogReader.Read(Lines([.. stack, .. Warning], "[    1.000000] {0}"), bareTraces: true).Should().ContainSingle().Which.Type.Should().Be("WARNING");
    }

    [Test]
    public void Any_bytes_are_a_log()
    {
        var seed = Lines([.. Warning, "BUG: KASAN: use-after-free in toy_read+0x10/0x20", "Read of size 4 at addr ffff by task x/1", "Call Trace:", " toy_read+0x10/0x20"], "[    1.000000][   T77] {0}");
        var damage = ArbMap.Default.ArbFor<(int At, byte Value)[]>();

        Prop.ForAll(damage, changes =>
        {
            var bytes = (byte[])seed.Clone();
            foreach (var (at, value) in changes)
            {
                bytes[(int)((uint)at % (uint)bytes.Length)] = value;
            }

            foreach (var report in KernelLogReader.Read(bytes))
            {
                report.Line.Should().BePositive();
                report.EndLine.Should().BeGreaterThanOrEqualTo(report.Line);
                report.Title.Should().NotBeEmpty();
            }
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void A_log_of_nothing_but_first_lines_by_many_callers_takes_linear_time()
    {
        var once = TimeOf(4_000);
        var fourTimes = TimeOf(16_000);

        fourTimes.Should().BeLessThan((once * 10) + TimeSpan.FromMilliseconds(500));

        static TimeSpan TimeOf(int lines)
        {
            StringBuilder text = new();
            for (var i = 0; i < lines; i++)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"[    1.000000][ T{i % 997,4}] WARNING: CPU: 1 PID: {i} at a.c:1 f{i}+0x1/0x2\n");
            }

            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            var start = Stopwatch.GetTimestamp();
            _ = KernelLogReader.Read(bytes);
            return Stopwatch.GetElapsedTime(start);
        }
    }

    private static byte[] Lines(IEnumerable<string> lines, string shape) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => string.Format(CultureInfo.InvariantCulture, shape, l) + "\n")));
}
