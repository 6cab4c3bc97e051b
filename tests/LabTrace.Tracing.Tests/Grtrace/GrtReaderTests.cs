using System.Buffers.Binary;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Grtrace;

public sealed class GrtReaderTests
{
    [Test]
    public void Events_of_all_cpus_come_by_time_however_the_recorder_left_them([Values(1, 3, 1000, 100_000)] int recordsPerChunk)
    {
        var stream = MadeStream.Jobs(20_000, cpus: 3);
        using var whole = MadeStream.Open(stream);
        using var chunked = MadeStream.Open(MadeStream.Chunked(stream, recordsPerChunk));

        var events = MadeStream.Read(chunked);

        events.Should().HaveCount(100_000);
        events.Select(e => e.Gseq).Should().Equal(Enumerable.Range(1, 100_000).Select(n => (ulong)n));
        MadeStream.Read(whole).Should().Equal(events);
        chunked.Tally.Should().BeEquivalentTo(new { Lost = 0L, Late = 0L, Malformed = 0L, Repeated = 0L, ClockSteps = 0L, Sessions = 1 });
        chunked.IsAtEnd.Should().BeTrue();
    }

    [Test]
    public void Files_of_each_cpu_are_read_as_one_stream()
    {
        var stream = MadeStream.Jobs(5_000, cpus: 4);
        using var reader = MadeStream.Open(MadeStream.PerCpu(stream));

        MadeStream.Read(reader).Select(e => e.Gseq).Should().Equal(Enumerable.Range(1, 25_000).Select(n => (ulong)n));
        reader.Tally.Lost.Should().Be(0);
        reader.Session.Metadata.Gpu.Should().Be("Intel Arc A770");
    }

    [Test]
    public void One_cpus_file_alone_tells_that_the_others_are_not_there_and_not_that_events_were_lost()
    {
        var stream = MadeStream.PerCpu(MadeStream.Jobs(1_000));
        using var reader = MadeStream.Open(stream[1]);

        var events = MadeStream.Read(reader);

        reader.Tally.Lost.Should().Be(0, "no gap is on this cpu");
        reader.Tally.Warnings.Should().Contain(w => w.Contains("no STREAM_INFO", StringComparison.Ordinal));
        events.Should().HaveCountGreaterThan(2000);
        using var first = MadeStream.Open(stream[0]);
        _ = MadeStream.Read(first);
        first.Tally.Lost.Should().Be(0);
        first.Tally.Warnings.Should().ContainSingle().Which.Should().Contain("2 cpus recorded, and records of 1 are here");
    }

    [Test]
    public void A_gap_in_the_numbers_is_a_loss_of_so_many_events_on_that_cpu([Values] bool isDeclared)
    {
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(0, MadeStream.Info(), MadeStream.Metadata);
            writer.Write(GrtEventKind.Submit, 0, MadeStream.Start + 1, MadeStream.Job(0));
            writer.Write(GrtEventKind.Submit, 1, MadeStream.Start + 2, MadeStream.Job(1));
            writer.Lose(1, 17, isDeclared ? MadeStream.Start + 3 : null);
            writer.Write(GrtEventKind.End, 1, MadeStream.Start + 4, MadeStream.Job(2));
        }

        using var reader = MadeStream.Open(output.ToArray());
        var losses = new List<ulong>();
        while (reader.Read())
        {
            losses.Add(reader.LostBefore);
        }

        losses.Should().Equal(0ul, 0ul, 17ul);
        reader.Tally.Should().BeEquivalentTo(new { Events = 3L, Lost = 17L, MissingNumbers = 17L, DeclaredLost = isDeclared ? 17L : 0L, Malformed = 0L });
        reader.Tally.LostByCpu.Should().Equal(new LostOnCpu(1, 17, IsExact: true));
    }

    [Test]
    public void A_loss_that_only_a_record_at_the_very_end_tells_of_is_counted()
    {
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(0, MadeStream.Info(), MadeStream.Metadata);
            writer.Write(GrtEventKind.Submit, 0, MadeStream.Start + 1, MadeStream.Job(0));
            writer.Lose(0, 5, MadeStream.Start + 3);
        }

        using var reader = MadeStream.Open(output.ToArray());
        _ = MadeStream.Read(reader);

        reader.Tally.Lost.Should().Be(5);
    }

    [Test]
    public void A_loss_before_the_first_event_shows_by_the_number_that_stream_info_carries()
    {
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(0, MadeStream.Info(), MadeStream.Metadata);
            writer.Lose(0, 9, timestamp: null);
            writer.Write(GrtEventKind.Submit, 0, MadeStream.Start + 1, MadeStream.Job(0));
        }

        using var reader = MadeStream.Open(output.ToArray());
        _ = MadeStream.Read(reader);

        reader.Tally.LostByCpu.Should().Equal(new LostOnCpu(0, 9, IsExact: true));
    }

    [Test]
    public void A_number_given_twice_is_the_recorders_fault_and_told()
    {
        var stream = MadeStream.Jobs(10);
        var records = MadeStream.Records(stream);
        BinaryPrimitives.WriteUInt64LittleEndian(records[20].AsSpan(16), GrtHeader.Read(records[19]).Gseq);

        using var reader = MadeStream.Open([.. records.SelectMany(r => r)]);
        _ = MadeStream.Read(reader);

        reader.Tally.Should().BeEquivalentTo(new { Repeated = 1L, MissingNumbers = 1L });
    }

    [Test]
    public void A_writer_whose_own_records_take_numbers_has_lost_nothing()
    {
        var stream = MadeStream.Records(MadeStream.Jobs(10));
        for (var i = 0; i < stream.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(stream[i].AsSpan(16), (ulong)i + 1);
        }

        using var reader = MadeStream.Open([.. stream.SelectMany(r => r)]);

        MadeStream.Read(reader).Should().HaveCount(50);
        reader.Tally.Lost.Should().Be(0);
        reader.Tally.Repeated.Should().Be(0);
    }

    [Test]
    public void Metadata_is_the_authority_for_what_a_type_is()
    {
        // The numbering of the first version: SUBMIT 0, COMPLETE 1, CTX_SWITCH 2; and 5 a custom event.
        var metadata = MadeStream.Metadata with
        {
            Types = [new(0, 96, "SUBMIT"), new(1, 96, "COMPLETE"), new(2, 96, "CTX_SWITCH"), new(5, 96, "CUSTOM"), new(6, 96, "POWER")],
        };
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(0, MadeStream.Info(), metadata);
            for (ushort type = 0; type < 8; type++)
            {
                writer.Write(type, 0, MadeStream.Start + type, MadeStream.Job(type));
            }
        }

        using var reader = MadeStream.Open(output.ToArray());
        var names = new List<(GrtEventKind, string)>();
        while (reader.Read())
        {
            names.Add((reader.Kind, reader.EventName));
        }

        names.Should().Equal(
            (GrtEventKind.Submit, "SUBMIT"), (GrtEventKind.Complete, "COMPLETE"), (GrtEventKind.CtxSwitch, "CTX_SWITCH"),
            (GrtEventKind.Custom, "CUSTOM"), (GrtEventKind.Other, "POWER"));
        reader.Tally.UnknownEvents.Should().Be(3);
        reader.Tally.UnknownTypes.Select(t => (t.Key, t.Value)).Should().Equal((3, 1L), (4, 1L), (7, 1L));
        reader.Tally.Lost.Should().Be(0, "unknown events take numbers like all others");
        reader.Tally.Malformed.Should().Be(0);
    }

    [Test]
    public void Fields_that_a_newer_version_appends_do_not_hurt()
    {
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(0, MadeStream.Info() with { Minor = 3 }, MadeStream.Metadata with { JobBytes = 120 });
            writer.WriteRaw(4, 0, MadeStream.Start + 1, new byte[88]);
            writer.Write(GrtEventKind.Submit, 0, MadeStream.Start + 2, MadeStream.Job(0));
        }

        using var reader = MadeStream.Open(output.ToArray());

        MadeStream.Read(reader).Select(e => e.Kind).Should().Equal(GrtEventKind.Complete, GrtEventKind.Submit);
        reader.Tally.Warnings.Should().ContainSingle().Which.Should().Contain("version 1.3, newer than 1.0");
    }

    [Test]
    public void Another_major_version_is_a_format_mismatch()
    {
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(0, MadeStream.Info() with { Major = 2 });
        }

        var open = () => MadeStream.Open(output.ToArray());

        open.Should().Throw<TraceFormatException>().WithMessage("format mismatch: 'events0' is a GRT stream of version 2.0 at offset 0, and version 1 is read*try: compare*");
    }

    [Test]
    public void A_bad_size_costs_its_record_alone_and_is_told_with_its_offset([Values(0, 7, 33, 31, 65535)] int size)
    {
        var stream = MadeStream.Jobs(2_000);
        var offset = MadeStream.Records(stream).Take(500).Sum(r => r.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(stream.AsSpan(offset + 2), (ushort)size);

        using var reader = MadeStream.Open(stream);
        var events = MadeStream.Read(reader);

        events.Should().HaveCount(9_999);
        reader.Tally.Malformed.Should().Be(1);
        reader.Tally.Samples.Should().ContainSingle().Which.Offset.Should().Be(offset);
        reader.Tally.Samples[0].Reason.Should().StartWith($"Invalid event size {size}");
        reader.Tally.BytesSkipped.Should().Be(96);
        reader.Tally.Lost.Should().Be(1, "the damaged event is missing");
    }

    [Test]
    public void A_stream_cut_inside_a_record_says_so()
    {
        var stream = MadeStream.Jobs(10);

        using var reader = MadeStream.Open(stream[..^40]);

        MadeStream.Read(reader).Should().HaveCount(49);
        reader.Tally.Malformed.Should().Be(1);
    }

    [Test]
    public void Padding_is_skipped()
    {
        var records = MadeStream.Records(MadeStream.Jobs(10));
        var pad = new byte[4000];
        GrtRecords.WritePad(pad, new GrtHeader(0, 0, 1, 0, 0, 0));
        records.Insert(30, pad);

        using var reader = MadeStream.Open([.. records.SelectMany(r => r)]);

        MadeStream.Read(reader).Should().HaveCount(50);
        reader.Tally.Malformed.Should().Be(0);
    }

    [Test]
    public void Idle_for_hours_is_no_damage()
    {
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(0, MadeStream.Info(), MadeStream.Metadata);
            for (var hour = 0; hour < 10; hour++)
            {
                writer.Write(GrtEventKind.Irq, 0, MadeStream.Start + ((ulong)hour * 7_200_000_000_000), MadeStream.Job(0));
                writer.Write((ushort)200, 0, MadeStream.Start + ((ulong)hour * 7_200_000_000_000) + 5, MadeStream.Job(0));
            }
        }

        using var reader = MadeStream.Open(output.ToArray());

        MadeStream.Read(reader).Should().HaveCount(20);
        reader.Tally.Malformed.Should().Be(0);
    }

    [Test]
    public void Sessions_follow_each_other_and_their_numbers_start_anew()
    {
        var first = MadeStream.Jobs(100);
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(1, MadeStream.Info(session: 8) with { StartTimestamp = MadeStream.Start + 1_000_000_000 }, MadeStream.Metadata with { Gpu = "other" });
            writer.Write(GrtEventKind.Submit, 1, MadeStream.Start + 1_000_000_001, MadeStream.Job(0));
        }

        using var reader = MadeStream.Open([.. first, .. output.ToArray()]);
        var sessions = new List<(int, string)>();
        while (reader.Read())
        {
            sessions.Add((reader.SessionNumber, reader.Session.Metadata.Gpu));
        }

        sessions.Should().HaveCount(501);
        sessions.Take(500).Should().AllBeEquivalentTo((1, "Intel Arc A770"));
        sessions[500].Should().Be((2, "other"));
        reader.Tally.Should().BeEquivalentTo(new { Sessions = 2, Lost = 0L, Repeated = 0L });
    }

    [Test]
    public void A_session_after_a_reboot_comes_after_the_one_before_though_its_clock_is_younger()
    {
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(0, MadeStream.Info(session: 8) with { StartTimestamp = 1000 }, MadeStream.Metadata);
            writer.Write(GrtEventKind.Irq, 1, 2000, MadeStream.Job(0));
            writer.Write(GrtEventKind.Irq, 0, 3000, MadeStream.Job(0));
        }

        using var reader = MadeStream.Open([.. MadeStream.Jobs(100), .. output.ToArray()]);
        var events = MadeStream.Read(reader);

        events.TakeLast(2).Select(e => e.Time).Should().Equal(2000ul, 3000ul);
        reader.Tally.Should().BeEquivalentTo(new { Sessions = 2, Lost = 0L, Malformed = 0L, Late = 0L, ClockSteps = 0L });
    }

    [Test]
    public void A_clock_that_steps_back_keeps_its_cpus_order_and_is_told()
    {
        var records = MadeStream.Records(MadeStream.Jobs(10, cpus: 1));
        for (var i = 30; i < records.Count; i++)
        {
            var time = GrtHeader.Read(records[i]).Timestamp;
            BinaryPrimitives.WriteUInt64LittleEndian(records[i].AsSpan(8), time - 1_000_000);
        }

        using var reader = MadeStream.Open([.. records.SelectMany(r => r)]);

        MadeStream.Read(reader).Select(e => e.Gseq).Should().BeInAscendingOrder();
        reader.Tally.ClockSteps.Should().Be(1);
    }

    [Test]
    public void Reading_holds_no_more_than_its_window_and_tells_what_came_too_late()
    {
        var stream = MadeStream.Jobs(40_000);
        var chunked = MadeStream.Chunked(stream, 50_000);
        using var reader = MadeStream.Open([chunked], new GrtReadOptions { WindowBytes = 1 << 20 });

        MadeStream.Read(reader).Should().HaveCount(200_000);

        reader.Tally.Late.Should().BeGreaterThan(0);
        reader.Tally.Warnings.Should().Contain(w => w.Contains("window", StringComparison.Ordinal));
    }

    [Test]
    public void A_live_reader_gives_what_is_certain_and_never_takes_nothing_yet_for_the_end()
    {
        var parts = MadeStream.PerCpu(MadeStream.Jobs(1_000));
        using var live = GrtReader.Live(2);
        var random = new Random(3);
        int[] at = [0, 0];
        var events = new List<ulong>();

        void Drain()
        {
            while (live.Read())
            {
                events.Add(live.Current.Gseq);
            }
        }

        Drain();
        live.IsAtEnd.Should().BeFalse("nothing came yet");
        while (at[0] < parts[0].Length || at[1] < parts[1].Length)
        {
            // Both buffers are drained up to one moment, which may cut a record.
            var share = random.NextDouble();
            for (var cpu = 0; cpu < 2; cpu++)
            {
                var take = (int)((parts[cpu].Length - at[cpu]) * share) + 1;
                take = Math.Min(take, parts[cpu].Length - at[cpu]);
                live.Add(cpu, parts[cpu].AsSpan(at[cpu], take));
                at[cpu] += take;
            }

            live.Settle();
            Drain();
            live.IsAtEnd.Should().BeFalse("the recorder has not said that it stopped");
        }

        live.Complete();
        Drain();

        live.IsAtEnd.Should().BeTrue();
        events.Should().HaveCount(5_000).And.OnlyHaveUniqueItems();
        live.Tally.Lost.Should().Be(0);
    }

    [Test]
    public void As_a_trace_its_events_have_the_names_fields_and_text_of_the_text_format()
    {
        using var reader = TraceReader.Open(new MemoryStream(MadeStream.Jobs(3)), "gpu.bin");

        reader.Info.FormatName.Should().Be("grtrace stream");
        reader.Info.ClockName.Should().Be("mono");
        reader.Read(out var first).Should().BeTrue();
        first.Name.ToString().Should().Be("gpu:SUBMIT");
        first.Text.Should().Be("ctx_id=0x1234, engine=GRAPHICS, ring=0, seqno=1");
        first.Pid.Should().Be(5678);
        first.TryGetField("seqno", out var seqno).Should().BeTrue();
        seqno.ToString().Should().Be("1");
        var columns = TraceColumns.Read(reader, "seqno", "status");
        columns.Count.Should().Be(14);
        columns.Field("seqno").Count.Should().Be(14);
        columns.Field("status").Count.Should().Be(3);
    }
}
