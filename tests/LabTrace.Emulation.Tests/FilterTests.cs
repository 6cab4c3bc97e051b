using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Devices;
using LabTrace.Emulation.Ftrace;
using LabTrace.Emulation.Kernel;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

[TestFixture]
public sealed class FilterTests
{
    private static readonly EmulatedEvent Switch = KernelEventCatalog.Of("sched", "sched_switch");
    private static readonly EmulatedEvent Exec = KernelEventCatalog.Of("sched", "sched_process_exec");

    [TestCase("prev_pid == 7", true)]
    [TestCase("prev_pid != 7", false)]
    [TestCase("prev_pid > 6 && prev_pid < 8", true)]
    [TestCase("prev_pid >= 8 || next_pid <= 0", true)]
    [TestCase("!(prev_pid == 7)", false)]
    [TestCase("!prev_pid == 8", true)]
    [TestCase("prev_pid & 4", true)]
    [TestCase("prev_pid & 8", false)]
    [TestCase("prev_pid == 0x7", true)]
    [TestCase("prev_pid == 07", true)]
    [TestCase("prev_comm == \"sleep\"", true)]
    [TestCase("prev_comm != 'sleep'", false)]
    [TestCase("prev_comm ~ \"sl*\"", true)]
    [TestCase("prev_comm ~ \"*ee*\"", true)]
    [TestCase("prev_comm ~ \"s?eep\"", true)]
    [TestCase("prev_comm ~ \"s[a-l]eep\"", true)]
    [TestCase("prev_comm ~ \"s[!l]eep\"", false)]
    [TestCase("prev_comm ~ \"lee\"", false)]
    [TestCase("comm == \"bash\"", true)]
    [TestCase("cpu == 1", true)]
    [TestCase("CPU & CPUS{0}", false)]
    [TestCase("CPU & CPUS{0-1}", true)]
    [TestCase("common_pid == 99", true)]
    [TestCase("next_prio == -5", true)]
    [TestCase("next_prio < 0", true)]
    [TestCase("prev_pid == 1 || prev_pid == 7 && next_pid == 1", false)]
    [TestCase("(prev_pid == 1 || prev_pid == 7) && next_pid == 0", true)]
    [TestCase("prev_pid == 7 &&", true)]
    public void A_filter_lets_through_what_it_says(string filter, bool isThrough)
    {
        var record = Record();

        EventFilter.Parse(Switch, filter, 2).Matches(new FilterInput(record, 1, "bash")).Should().Be(isThrough);
    }

    [Test]
    public void A_text_of_variable_length_is_compared_too()
    {
        var record = new RecordWriter().Start(Exec, 5, TraceContext.Task).Put("/usr/bin/true").Put(5).Put(5).Record.ToArray();

        EventFilter.Parse(Exec, "filename ~ \"*/true\"", 2).Matches(new FilterInput(record, 0, "true")).Should().BeTrue();
    }

    [TestCase("foo == 1", "Field not found", Errno.EINVAL)]
    [TestCase("(prev_pid == 1", "Too many '('", Errno.ENOENT)]
    [TestCase("prev_pid == 1)", "Too few '('", Errno.EPERM)]
    [TestCase("prev_comm == \"x", "Missing matching quote", Errno.ESRCH)]
    [TestCase("&& prev_pid == 1", null, Errno.EPERM)]
    public void A_filter_is_refused_with_the_kernels_errno(string filter, string? reason, Errno errno)
    {
        var parse = () => EventFilter.Parse(Switch, filter, 2);

        var refusal = parse.Should().Throw<FilterException>().Which;
        (refusal.Reason, refusal.Errno).Should().Be((reason, errno));
    }

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Whatever_is_written_is_taken_or_refused_by_name()
    {
        string[] words =
        [
            "prev_pid", "prev_comm", "comm", "cpu", "foo", "common_pid", "==", "!=", "<", ">=", "&", "~", "&&", "||", "!", "(", ")", "\"a*\"", "'x", "\"", "1", "-1",
            "0x1f", "09", "99999999999999999999", "CPUS{0}", "CPUS{9}", "CPUS{", ".ustring", ".function", " ", "\t", "", "é",
        ];
        return Prop.ForAll(Gen.Elements(words).ListOf().ToArbitrary(), parts => IsTakenOrRefused(string.Concat(parts)));
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool Any_text_at_all_is_taken_or_refused_by_name(string? text) => IsTakenOrRefused(text ?? "");

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Whatever_is_written_as_trigger_or_probe_is_taken_or_refused_by_name()
    {
        string[] words =
        [
            "traceoff", "traceon", "stacktrace", "enable_event", "disable_event", "hist", "!", ":", "3", "-1", " if ", "prev_pid == 1", "foo ==", "irq:softirq_entry", "sched:nope",
            " ", "\n", "", "p", "r", "-", ":g/e ", "/usr/bin/true", ":0x1000", "%return", " %di", " x=%si:u32", " +0(%di):string", " $comm", " $retval", ":zz", "/", "#",
        ];
        return Prop.ForAll(Gen.Elements(words).ListOf().ToArbitrary(), parts =>
        {
            var target = new EmulatedTarget();
            var text = string.Concat(parts);
            var outcomes = new[] { "/sys/kernel/tracing/events/sched/sched_switch/trigger", "/sys/kernel/tracing/uprobe_events", "/sys/kernel/tracing/set_event", "/sys/kernel/tracing/events/sched/filter" }
                .Select(p => target.WriteManyAsync([new FileWrite(p, System.Text.Encoding.UTF8.GetBytes(text), WriteMode.Append)], default).AsTask().Result[0].Errno);
            return outcomes.All(Enum.IsDefined);
        });
    }

    private static byte[] Record() => new RecordWriter().Start(Switch, 99, TraceContext.Switch)
        .Put("sleep").Put(7).Put(120).Put((long)TaskState.Sleeping).Put("swapper/1").Put(0).Put(-5).Record.ToArray();

    private static bool IsTakenOrRefused(string filter)
    {
        try
        {
            _ = EventFilter.Parse(Switch, filter, 2).Matches(new FilterInput(Record(), 0, "x"));
            return true;
        }
        catch (FilterException refusal)
        {
            return refusal.Errno != Errno.None && refusal.Position >= 0;
        }
    }
}
