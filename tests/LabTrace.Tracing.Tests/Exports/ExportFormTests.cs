using System.Globalization;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using Google.Protobuf;
using LabTrace.Tracing.Perfetto;
using LabTrace.Tracing.Queries;
using NUnit.Framework;
using Parquet;
using Parquet.Schema;

namespace LabTrace.Tracing.Tests.Exports;

public sealed class ExportFormTests
{
    private const string Switches =
        """
                  <idle>-0       [000] dNh4.    10.000100: sched_waking: comm=sleep pid=8 prio=120 target_cpu=000
                  <idle>-0       [000] d..2.    10.000200: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=sleep next_pid=8 next_prio=120
                   sleep-8       [000] .....    10.000250: irq_handler_entry: irq=9 name=acpi
                   sleep-8       [000] .....    10.000260: irq_handler_exit: irq=9 ret=handled
                   sleep-8       [000] .....    10.000300: sys_openat(dfd: 3, filename: 0x7f)
                   sleep-8       [000] .....    10.000310: sys_openat -> 0x3
        CPU:0 [LOST 12 EVENTS]
                   sleep-8       [000] .....    10.000350: tracing_mark_write: a "quoted", marker
                   sleep-8       [000] .....    10.000360: gpio_value: 17 get 1
                   sleep-8       [000] .....    10.000370: cpu_frequency: state=1800000 cpu_id=0
                   sleep-8       [000] d..2.    10.000400: sched_switch: prev_comm=sleep prev_pid=8 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120
                   sleep-8       [000] .....    10.000500: hrtimer_expire_exit: hrtimer=0x1

        """;

    [Test]
    public void A_csv_has_a_row_for_each_event_in_time_order()
    {
        var rows = Encoding.UTF8.GetString(MadeTrace.Convert(Encoding.UTF8.GetBytes(Switches), "csv")).Split('\n');

        rows[0].Should().Be("cpu,timestamp_ns,pid,comm,event,fields");
        rows[2].Should().Be("0,10000200000,0,<idle>,sched_switch,prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R next_comm=sleep next_pid=8 next_prio=120");
        rows[7].Should().Be("0,10000350000,8,sleep,print,\"buf=\"\"a \\\"\"quoted\\\"\", marker\"\"\"", "the value is quoted within the fields, and the fields within the row");
        rows[^1].Should().BeEmpty();
        rows.Should().HaveCount(13);
    }

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void A_csv_reads_back_to_its_values(int seed)
    {
        var capture = MadeTrace.Dat(seed);

        var rows = Rows(Encoding.UTF8.GetString(MadeTrace.Convert(capture, "csv"))).Skip(1).ToArray();

        var events = Read(capture).Events;
        rows.Select(r => (r[0], r[1], r[2], r[3], r[4])).Should().Equal(events.Select(e => (
            e.Cpu.ToString(CultureInfo.InvariantCulture), e.Time.Nanoseconds.ToString(CultureInfo.InvariantCulture), e.Pid.ToString(CultureInfo.InvariantCulture), e.Comm, e.Name.Name)));
        rows.Select(r => Pairs(r[5])).Should().BeEquivalentTo(events.Select(e => e.Fields.Select(f => (f.Key, f.Value.ToString())).ToArray()), o => o.WithStrictOrdering());
    }

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void Json_lines_read_back_to_their_values(int seed)
    {
        var capture = MadeTrace.Dat(seed);

        var lines = Encoding.UTF8.GetString(MadeTrace.Convert(capture, "jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToArray();

        var trace = Read(capture);
        lines.Where(l => l.TryGetProperty("event", out _)).Select(l => (
            l.GetProperty("timestamp_ns").GetUInt64(), l.GetProperty("cpu").GetInt32(), l.GetProperty("pid").GetInt32(), l.GetProperty("comm").GetString(), l.GetProperty("event").GetString()))
            .Should().Equal(trace.Events.Select(e => (e.Time.Nanoseconds, e.Cpu, e.Pid, (string?)e.Comm, (string?)e.Name.Name)));
        lines.Count(l => l.TryGetProperty("lost", out _)).Should().Be(trace.Losses.Count, "each loss has a line");
        var switched = lines.Where(l => l.TryGetProperty("event", out var name) && name.GetString() == "sched_switch").Zip(trace.Of(EventName.Parse("sched_switch"))).First();
        switched.First.GetProperty("fields").GetProperty("prev_state").GetInt64().Should().Be((long)Field(switched.Second, "prev_state")[0]);
        switched.First.GetProperty("labels").GetProperty("prev_state").GetString().Should().Be(Field(switched.Second, "prev_state").Label);
    }

    [Test]
    public void Chrome_json_has_runs_interrupts_calls_counters_losses_and_arrows()
    {
        using var json = JsonDocument.Parse(MadeTrace.Convert(Encoding.UTF8.GetBytes(Switches), "chrome"));
        var events = json.RootElement.GetProperty("traceEvents").EnumerateArray().ToArray();

        string[] Of(string phase) => [.. events.Where(e => e.GetProperty("ph").GetString() == phase).Select(e => $"{e.GetProperty("ts").GetRawText()} {(e.TryGetProperty("name", out var name) ? name.GetString() : "")}".Trim())];
        Of("B").Should().Equal("10000200.000 sleep (8)", "10000250.000 irq_handler", "10000300.000 sys_openat");
        Of("E").Should().Equal("10000260.000", "10000310.000", "10000400.000");
        Of("C").Should().Contain("10000370.000 cpu_frequency cpu_id 0");
        Of("s").Should().Equal("10000100.000 waking");
        Of("f").Should().Equal("10000200.000 waking");
        Of("i").Should().Contain(["10000350.000 LOST 12 EVENTS", "10000350.000 print", "10000500.000 hrtimer_expire_exit"]);
        json.RootElement.GetProperty("otherData").GetProperty("lost").GetInt64().Should().Be(12);
    }

    [FsCheck.NUnit.Property(MaxTest = 15)]
    public void Chrome_json_is_json_whatever_the_names_and_its_ends_have_begins(int seed)
    {
        using var json = JsonDocument.Parse(MadeTrace.Convert(MadeTrace.Dat(seed), "chrome"));
        var open = new Dictionary<(int, int), int>();
        foreach (var item in json.RootElement.GetProperty("traceEvents").EnumerateArray())
        {
            var lane = (item.GetProperty("pid").GetInt32(), item.GetProperty("tid").GetInt32());
            var depth = open.GetValueOrDefault(lane) + item.GetProperty("ph").GetString() switch { "B" => 1, "E" => -1, _ => 0 };
            depth.Should().BeGreaterThanOrEqualTo(0);
            open[lane] = depth;
        }
    }

    [Test]
    public void Perfetto_packets_name_their_tracks_and_interned_names_before_they_use_them()
    {
        var packets = Packets(MadeTrace.Convert(Encoding.UTF8.GetBytes(Switches), "perfetto"));
        var tracks = new Dictionary<ulong, TrackDescriptor>();
        var (names, fields) = (new Dictionary<ulong, string>(), new Dictionary<ulong, string>());
        var drawn = new List<string>();
        foreach (var packet in packets)
        {
            packet.TrustedPacketSequenceId.Should().NotBe(0);
            foreach (var name in packet.InternedData?.EventNames.ToArray() ?? [])
            {
                names[name.Iid] = name.Name;
            }

            foreach (var name in packet.InternedData?.DebugAnnotationNames.ToArray() ?? [])
            {
                fields[name.Iid] = name.Name;
            }

            if (packet.TrackDescriptor is { } track)
            {
                tracks[track.Uuid] = track;
                (track.HasParentUuid ? tracks.ContainsKey(track.ParentUuid) : true).Should().BeTrue("a parent comes first");
            }

            if (packet.TrackEvent is { } item)
            {
                var on = tracks[item.TrackUuid];
                var label = on.Thread?.ThreadName ?? on.Name;
                item.DebugAnnotations.Where(a => !fields.ContainsKey(a.NameIid)).Should().BeEmpty();
                drawn.Add($"{packet.Timestamp / 1000} {label} {item.Type} {(item.HasNameIid ? names[item.NameIid] : item.HasCounterValue ? item.CounterValue : "")}{(item.FlowIds.Count > 0 ? " flow" : "")}{(item.TerminatingFlowIds.Count > 0 ? " flow ends" : "")}".TrimEnd());
            }
        }

        packets[0].SequenceFlags.Should().Be(1, "the first packet begins the sequence's state");
        drawn.Should().ContainInOrder(
            "10000100 cpu 0 interrupts Instant sched_waking flow",
            "10000200 cpu 0 SliceBegin sleep (8) flow ends",
            "10000250 cpu 0 interrupts SliceBegin irq_handler",
            "10000260 cpu 0 interrupts SliceEnd",
            "10000300 sleep SliceBegin sys_openat",
            "10000310 sleep SliceEnd",
            "10000350 cpu 0 Instant LOST EVENTS",
            "10000350 sleep Instant print",
            "10000370 cpu_frequency cpu_id 0 Counter 1800000",
            "10000400 cpu 0 SliceEnd");
        tracks.Values.Should().Contain(t => t.Process != null && t.Process.Pid == 8 && t.Process.ProcessName == "sleep");
    }

    /// <summary>The message's numbers on the wire, not through the classes that wrote them: those of Perfetto's documentation.</summary>
    [Test]
    public void Perfetto_s_field_numbers_are_those_of_its_documentation()
    {
        var packet = new TracePacket
        {
            Timestamp = 1,
            TrustedPacketSequenceId = 2,
            SequenceFlags = 3,
            InternedData = new InternedData(),
            TrackDescriptor = new TrackDescriptor(),
            TrackEvent = new TrackEvent
            {
                Type = TrackEvent.Types.Type.Counter,
                NameIid = 1,
                TrackUuid = 1,
                CounterValue = 1,
                CategoryIids = { 1 },
                DebugAnnotations = { new DebugAnnotation() },
                FlowIds = { 1 },
                TerminatingFlowIds = { 1 },
            },
        };

        FieldNumbers(packet).Should().Equal(8, 10, 11, 12, 13, 60);
        FieldNumbers(packet.TrackEvent).Should().Equal(3, 4, 9, 10, 11, 30, 47, 48);
        FieldNumbers(new TrackDescriptor { Uuid = 1, Name = "", Process = new(), Thread = new(), ParentUuid = 1, Counter = new() }).Should().Equal(1, 2, 3, 4, 5, 8);
        FieldNumbers(new ProcessDescriptor { Pid = 1, ProcessName = "" }).Should().Equal(1, 6);
        FieldNumbers(new ThreadDescriptor { Pid = 1, Tid = 1, ThreadName = "" }).Should().Equal(1, 2, 5);
        FieldNumbers(new DebugAnnotation { NameIid = 1, UintValue = 1, IntValue = 1, StringValue = "", PointerValue = 1 }).Should().Equal(1, 3, 4, 6, 7);
        FieldNumbers(new InternedData { EventCategories = { new InternedName() }, EventNames = { new InternedName() }, DebugAnnotationNames = { new InternedName() } }).Should().Equal(1, 2, 3);
    }

    [Test]
    public async Task Parquet_columns_read_back_to_their_values()
    {
        var capture = MadeTrace.Dat(3, events: 3000);
        var events = Read(capture).Events;

        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(MadeTrace.Convert(capture, "parquet")));
        using var group = reader.OpenRowGroupReader(0);

        var (times, comms, fields) = (new long[group.RowCount], new string[group.RowCount], new string[group.RowCount]);
        await group.ReadAsync<long>(ColumnOf(reader, "timestamp_ns"), times);
        await group.ReadAsync(ColumnOf(reader, "comm"), comms);
        await group.ReadAsync(ColumnOf(reader, "fields"), fields);
        times.Should().Equal(events.Select(e => (long)e.Time.Nanoseconds));
        comms.Should().Equal(events.Select(e => e.Comm));
        fields.Select(f => JsonDocument.Parse(f).RootElement.EnumerateObject().Select(p => p.Name).ToArray())
            .Should().BeEquivalentTo(events.Select(e => e.Fields.Select(f => f.Key).ToArray()), o => o.WithStrictOrdering());
        reader.CustomMetadata["labtrace.clock"].Should().Be("mono");
    }

    [Test]
    public void Every_kind_writes_a_trace_without_events_as_a_whole_file()
    {
        foreach (var kind in TraceExports.All)
        {
            var written = MadeTrace.Convert(MadeTrace.Dat(1), kind.Name, filter: new EventFilter { Events = [EventSelector.Parse("no_such_event")] });

            if (kind.Name is "dat")
            {
                Read(written).Events.Should().BeEmpty();
            }

            if (kind.Name is "chrome")
            {
                JsonDocument.Parse(written).RootElement.GetProperty("traceEvents").GetArrayLength().Should().Be(0);
            }
        }
    }

    [FsCheck.NUnit.Property]
    public void Any_text_is_fields_or_the_beginning_of_some(string? text)
    {
        var parse = () => FieldText.Parse(text ?? "").Count();

        parse.Should().NotThrow();
    }

    [TestCase("gpio_value.value/gpio")]
    [TestCase("power:cpu_frequency.state")]
    public void A_counter_is_an_event_and_a_field(string text) => CounterRule.Parse(text).Field.Should().BeOneOf("value", "state");

    [TestCase("gpio_value")]
    [TestCase(".value")]
    [TestCase("a.")]
    [TestCase("a./b")]
    [TestCase("a.b/")]
    public void What_is_no_counter_says_what_is(string text)
    {
        var act = () => CounterRule.Parse(text);

        act.Should().Throw<FormatException>().WithMessage("*EVENT.FIELD/KEYFIELD*");
    }

    private static DataField ColumnOf(ParquetReader reader, string name) => reader.Schema.DataFields.Single(f => f.Name == name);

    private static FieldValue Field(TraceEvent item, string name) => item.TryGetField(name, out var value) ? value : throw new InvalidOperationException(name);

    private static Trace Read(byte[] capture)
    {
        using var reader = TraceReader.Open(Capture.Of(capture));
        return reader.ReadToEnd();
    }

    private static List<TracePacket> Packets(byte[] trace)
    {
        var input = new CodedInputStream(trace);
        var packets = new List<TracePacket>();
        while (!input.IsAtEnd)
        {
            input.ReadTag().Should().Be(0x0a);
            var packet = new TracePacket();
            input.ReadMessage(packet);
            packets.Add(packet);
        }

        return packets;
    }

    private static IEnumerable<int> FieldNumbers(IMessage message)
    {
        var input = new CodedInputStream(message.ToByteArray());
        var numbers = new SortedSet<int>();
        while (input.ReadTag() is var tag and not 0)
        {
            _ = numbers.Add(WireFormat.GetTagFieldNumber(tag));
            input.SkipLastField();
        }

        return numbers;
    }

    /// <summary>RFC 4180, by its grammar.</summary>
    private static IEnumerable<string[]> Rows(string text)
    {
        var (row, value) = (new List<string>(), new StringBuilder());
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                for (at++; text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"'); at++)
                {
                    at += text[at] == '"' ? 1 : 0;
                    _ = value.Append(text[at]);
                }
            }
            else if (text[at] is ',' or '\n')
            {
                row.Add(value.ToString());
                _ = value.Clear();
                if (text[at] == '\n')
                {
                    yield return [.. row];
                    row.Clear();
                }
            }
            else
            {
                _ = value.Append(text[at]);
            }
        }
    }

    private static (string, string)[] Pairs(string fields)
    {
        var pairs = new List<(string, string)>();
        for (var at = 0; at < fields.Length;)
        {
            var equals = fields.IndexOf('=', at);
            var (name, value) = (fields[at..equals], new StringBuilder());
            at = equals + 1;
            if (at < fields.Length && fields[at] == '"')
            {
                for (at++; fields[at] != '"'; at++)
                {
                    if (fields[at] != '\\')
                    {
                        _ = value.Append(fields[at]);
                        continue;
                    }

                    at++;
                    _ = value.Append(fields[at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'x' => (char)Convert.ToInt32(fields[(at + 1)..(at + 3)], 16), var c => c });
                    at += fields[at] == 'x' ? 2 : 0;
                }

                at++;
            }
            else
            {
                for (; at < fields.Length && fields[at] != ' '; at++)
                {
                    _ = value.Append(fields[at]);
                }
            }

            pairs.Add((name, value.ToString()));
            at++;
        }

        return [.. pairs];
    }
}
