using FluentAssertions;
using LabTrace.Tracing.Tests.TraceDat;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests;

public sealed class TraceColumnsTests
{
    [TestCase("none")]
    [TestCase("zlib")]
    public void Columns_hold_what_the_events_hold(string compression)
    {
        var bytes = Version7.Make(Version7.Recording(3), compression);
        var trace = TraceFormats.Read(Capture.Of(bytes));
        using var reader = TraceReader.Open(Capture.Of(bytes));

        var columns = TraceColumns.Read(reader, "next_pid", "prev_state", "no_such");

        columns.Count.Should().Be(trace.Events.Count);
        columns.Times.ToArray().Should().Equal(trace.Events.Select(e => e.Time.Nanoseconds));
        columns.Cpus.ToArray().Should().Equal(trace.Events.Select(e => (short)e.Cpu));
        columns.Pids.ToArray().Should().Equal(trace.Events.Select(e => e.Pid));
        columns.EventIds.ToArray().Select(id => columns.Names[id]).Should().Equal(trace.Events.Select(e => e.Name));
        columns.Field("next_pid").Values.ToArray().Should().Equal(trace.Events.Select(e => Number(e, "next_pid")));
        columns.Field("next_pid").Count.Should().Be(columns.Count);
        columns.Field("no_such").Count.Should().Be(0);
        columns.Field("no_such").Has(0).Should().BeFalse();
        columns.Tally.Should().BeEquivalentTo(trace.Tally);
    }

    [Test]
    public void Text_has_columns_too()
    {
        var text = "# tracer: nop\n#\n"u8.ToArray()
            .Concat(Enumerable.Range(0, 9000).SelectMany(i => System.Text.Encoding.ASCII.GetBytes($"            bash-7     [00{i % 2}] d....     1.{i:D6}: {(i % 3 == 0 ? "sched_stat" : "irq_entry")}: irq={i - 5}\n"))).ToArray();
        using var reader = TraceReader.Open(Capture.Of(text));

        var columns = TraceColumns.Read(reader, "irq");

        columns.Count.Should().Be(9000);
        columns.Field("irq").Values.ToArray().Should().Equal(Enumerable.Range(0, 9000).Select(i => (long)i - 5));
        columns.Names.Values.Select(n => n.Name).Should().BeEquivalentTo("sched_stat", "irq_entry");
    }

    [Test]
    public void A_field_that_was_not_asked_for_is_named()
    {
        using var reader = TraceReader.Open(Capture.Of(Version7.Make(Version7.Recording(1), "none")));
        var columns = TraceColumns.Read(reader, "next_pid");

        var ask = () => columns.Field("prev_pid");

        ask.Should().Throw<ArgumentException>().WithMessage("the field 'prev_pid' was not read; read were: next_pid*");
    }

    [Test]
    public void Numbers_are_the_fields_of_the_event()
    {
        var bytes = Version7.Make(Version7.Recording(1), "none");
        using var reader = TraceReader.Open(Capture.Of(bytes));
        while (reader.Read())
        {
            var item = reader.Current;
            reader.Numbers.ToArray().Select(n => n.Name).Should().Equal("prev_pid", "prev_prio", "prev_state", "next_pid", "next_prio");
            foreach (var number in reader.Numbers)
            {
                reader.TryGetNumber(number, out var value).Should().BeTrue();
                value.Should().Be(Number(item, number.Name));
            }
        }
    }

    private static long Number(TraceEvent item, string name) =>
        item.TryGetField(name, out var field) && field.TryGetInteger(out var value) ? (long)value : throw new InvalidOperationException(name);
}
