using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Events;

public sealed class EventFormatTests
{
    [Test]
    public void Fields_tell_type_place_and_shape()
    {
        var format = Printing.Formats.Make(
            "test",
            "shapes",
            "char comm[TASK_COMM_LEN];8;16;0",
            "unsigned long args[6];24;48;0",
            "__data_loc char[] name;72;4;1",
            "__rel_loc u32[] list;76;4;1",
            "const char * file;80;8;0",
            "struct thing t;88;12;0",
            "char rest[];100;0;0",
            "\"\"");

        format.Fields.Select(f => (f.Name, f.Shape, f.Place, f.ElementSize)).Should().Equal(
            ("comm", FieldShape.Text, FieldPlace.Fixed, 1),
            ("args", FieldShape.Array, FieldPlace.Fixed, 8),
            ("name", FieldShape.Text, FieldPlace.DataLoc, 1),
            ("list", FieldShape.Array, FieldPlace.RelLoc, 4),
            ("file", FieldShape.Integer, FieldPlace.Fixed, 8),
            ("t", FieldShape.Bytes, FieldPlace.Fixed, 12),
            ("rest", FieldShape.Text, FieldPlace.ToEnd, 1));
        format.CommonFields.Should().HaveCount(4);
    }

    [Test]
    public void Dynamic_fields_are_read_from_where_their_word_points()
    {
        var format = Printing.Formats.Make("test", "dynamic", "__data_loc char[] name;8;4;1", "__rel_loc u32[] list;12;4;0", "\"%s\", __get_str(name)");
        var payload = new PayloadBuilder(format).Set("name", "eth0").Set("list", [1, 0, 0, 0, 2, 0, 0, 0]).ToPayload();

        format.TryRead(payload, "name", out var name).Should().BeTrue();
        format.TryRead(payload, "list", out var list).Should().BeTrue();

        name.ToString().Should().Be("eth0");
        list.ToString().Should().Be("{0x1, 0x2}");
        list[1].Should().Be(2);
        format.TryRead(payload.AsMemory(0, 14), "list", out _).Should().BeFalse();
    }

    [Test]
    public void A_big_endian_record_is_read_in_its_order()
    {
        var format = EventFormat.Parse("test", Printing.Formats.Text("big", "u32 value;8;4;0", "\"%u\", REC->value"), isBigEndian: true, longSize: 4);
        var payload = new PayloadBuilder(format).Common(pid: 7).Set("value", 0x01020304).ToPayload();

        payload[8..12].Should().Equal(1, 2, 3, 4);
        format.Format(payload).Should().Be("16909060");
    }

    [TestCase("ID: 7\nformat:\n", "format of 'sched:?' has no name line\n  try: read events/SYSTEM/EVENT/format whole")]
    [TestCase("name: x\nformat:\n", "format of 'sched:x' has no ID line\n  try: read events/SYSTEM/EVENT/format whole")]
    [TestCase("name: x\nID: 7\n\tfield:int a;\toffset:?;\n", "format line 'field:int a;\toffset:?;' is no field with offset and size")]
    [TestCase("name: x\nID: 7\n\tfield:char *;\toffset:8;\tsize:4;\n", "format line 'field:char *;\toffset:8;\tsize:4;' declares no name")]
    [TestCase("name: x\nID: 7\n\tfield:__data_loc char[] a;\toffset:8;\tsize:8;\n", "field 'a' of type '__data_loc char[]' has 8 bytes, expected 4")]
    public void A_format_that_makes_no_sense_is_refused_by_its_line(string text, string message)
    {
        var parse = () => EventFormat.Parse("sched", System.Text.Encoding.UTF8.GetBytes(text));

        parse.Should().Throw<TraceFormatException>().WithMessage(message);
    }

    [TestCase("sched:sched_switch", "sched:sched_switch", true)]
    [TestCase("sched_switch", "sched:sched_switch", true)]
    [TestCase("sched:sched_switch", "sched_switch", true)]
    [TestCase("sched:*", "sched:sched_switch", true)]
    [TestCase("*:sched_sw?tch", "sched:sched_switch", true)]
    [TestCase("irq:sched_switch", "sched:sched_switch", false)]
    [TestCase("sched:sched", "sched:sched_switch", false)]
    public void Names_match_with_patterns_and_without_a_system(string pattern, string name, bool isMatch)
    {
        EventName.Parse(pattern).Matches(EventName.Parse(name)).Should().Be(isMatch);
    }

    [Test]
    public void An_empty_name_is_refused_with_an_example()
    {
        var parse = () => EventName.Parse("sched:");

        parse.Should().Throw<FormatException>().WithMessage("'sched:' names no event; write system:name, for example sched:sched_switch");
    }

    [TestCase(".....")]
    [TestCase("d.h2.")]
    [TestCase("DNz31")]
    [TestCase("bLsaf")]
    [TestCase(".BZ..")]
    public void Flags_are_printed_as_they_were_read(string columns)
    {
        EventFlags.TryParse(System.Text.Encoding.ASCII.GetBytes(columns), out var flags).Should().BeTrue();

        flags.ToString().Should().Be(columns);
    }

    [TestCase("d.", false)]
    [TestCase("d.h2?", false)]
    [TestCase("d.h2", true)]
    public void Four_columns_are_the_fewest(string columns, bool isRead)
    {
        EventFlags.TryParse(System.Text.Encoding.ASCII.GetBytes(columns), out _).Should().Be(isRead);
    }

    [Test]
    public void A_symbol_table_that_hides_its_addresses_is_empty()
    {
        var symbols = SymbolTable.Parse("0000000000000000 T _text\n0000000000000000 t work\n"u8.ToArray());

        symbols.Count.Should().Be(0);
        symbols.Describe(0xffffffff81000000).Should().BeNull();
    }

    [Test]
    public void The_last_name_of_a_pid_wins_and_odd_names_survive()
    {
        var comms = CommTable.Parse("7 old\n7 a b-c\n0 swapper\nnoise\n8 <odd>\n"u8);

        (comms[7], comms[8], comms[0], comms[9]).Should().Be(("a b-c", "<odd>", "<idle>", "<...>"));
    }
}
