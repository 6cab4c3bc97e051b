using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Grtrace;

public sealed class GrtRecordTests
{
    [Test]
    public void An_event_is_laid_out_as_the_format_says()
    {
        var bytes = new byte[96];
        var header = new GrtHeader(4, 0, 0x0000_0003, 0x1122334455667788, 0x0102030405060708, 0x1112131415161718);
        var job = new GrtJob
        {
            Engine = "GRAPHICS",
            EngineClass = GrtEngines.Graphics,
            Flags = GrtJobFlags.Seqno32 | GrtJobFlags.Emitted,
            RingId = 7,
            CtxId = 0x1234,
            Seqno = 42,
            Status = -5,
            Aux = 9,
            Arg0 = 0xdeadbeef,
            Pid = 5678,
            Uid = 1000,
        };

        GrtRecords.WriteJob(bytes, header, job).Should().Be(96);

        Convert.ToHexStringLower(bytes).Should().Be(
            "0400" + "6000" + "03000000" + "8877665544332211" + "0807060504030201" + "1817161514131211"
            + "47524150484943530000000000000000" + "0100" + "1100" + "07000000" + "3412000000000000" + "2a00000000000000"
            + "fbffffff" + "09000000" + "efbeadde00000000" + "2e160000" + "e8030000");
        GrtHeader.Read(bytes).Should().Be(header with { Size = 96 });
        GrtJob.Read(bytes).Should().Be(job);
    }

    [Test]
    public void Stream_info_is_laid_out_as_the_format_says()
    {
        var bytes = new byte[80];
        var info = new GrtStreamInfo
        {
            SessionId = 0x0807060504030201,
            Features = GrtFeatures.SizeSkip | GrtFeatures.LostRecords,
            Clock = GrtClock.BootTime,
            Cpus = 4,
            StartTimestamp = 0x100,
            StartRealTime = 0x200,
        };

        GrtRecords.WriteStreamInfo(bytes, new GrtHeader(0, 0, 0, 1, 2, 3), info);

        Convert.ToHexStringLower(bytes.AsSpan(0, 4)).Should().Be("f0ff5000");
        Convert.ToHexStringLower(bytes.AsSpan(32)).Should().Be(
            "47525431" + "0100" + "0000" + "0102030405060708" + "1100000000000000" + "07000000" + "04000000" + "0001000000000000" + "0002000000000000");
        GrtStreamInfo.TryRead(bytes, out var read, out _).Should().BeTrue();
        read.Should().Be(info);
    }

    [Test]
    public void Metadata_comes_back_with_its_tables()
    {
        var metadata = new GrtMetadata
        {
            Driver = "i915",
            Gpu = "Intel Arc A770",
            Types = GrtMetadata.Default.Types,
            Engines = [new(GrtEngines.Copy, "bcs")],
            Rings = [new(0, GrtEngines.Graphics, "rcs0"), new(3, GrtEngines.Copy, "bcs0")],
        };
        var bytes = new byte[metadata.RecordBytes];

        GrtRecords.WriteMetadata(bytes, new GrtHeader(0, 0, 0, 1, 2, 3), metadata).Should().Be(144 + (10 * 24) + 24 + (2 * 40));

        GrtMetadata.TryRead(bytes, out var read, out _).Should().BeTrue();
        read.Should().BeEquivalentTo(metadata);
        read.RingName(3).Should().Be("bcs0");
        read.RingName(9).Should().BeNull();
    }

    [Test]
    public void Metadata_whose_tables_do_not_fit_says_what_is_missing()
    {
        var bytes = new byte[GrtMetadata.Default.RecordBytes];
        GrtRecords.WriteMetadata(bytes, default, GrtMetadata.Default);
        bytes[32] = 0xff;

        GrtMetadata.TryRead(bytes, out _, out var problem).Should().BeFalse();

        problem.Should().Be("METADATA of 255 types, 6 engines and 0 rings needs 6408 bytes and has 528");
    }

    [Test]
    public void A_name_that_does_not_fit_is_cut_before_a_whole_character()
    {
        var bytes = new byte[96];

        GrtRecords.WriteJob(bytes, default, new GrtJob { Engine = "123456789012345é" });

        GrtJob.Read(bytes).Engine.Should().Be("123456789012345");
    }

    [Test]
    public void Sizes_that_no_record_has_are_refused() =>
        Enumerable.Range(0, 1 << 16).Where(GrtHeader.IsPossibleSize).Should().Equal(Enumerable.Range(4, 8188).Select(n => n * 8));

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Whatever_is_written_is_read(ushort type, uint cpu, ulong time, ulong gseq, ulong cseq, ulong ctx, ulong seqno, int status)
    {
        var bytes = new byte[96];
        var header = new GrtHeader(type, 96, cpu, time, gseq, cseq);
        var job = new GrtJob { Engine = "x", CtxId = ctx, Seqno = seqno, Status = status, Arg0 = ~ctx, Aux = cpu, Pid = ~cpu, Uid = type, RingId = cpu / 3 };
        GrtRecords.WriteJob(bytes, header, job);
        return (GrtHeader.Read(bytes) == header && GrtJob.Read(bytes) == job).ToProperty();
    }

    [Test]
    public void The_writer_numbers_events_over_all_cpus_and_on_each_and_its_own_records_not_at_all()
    {
        var output = new MemoryStream();
        using (var writer = new GrtStreamWriter(output))
        {
            writer.WriteStart(0, new GrtStreamInfo(), GrtMetadata.Default);
            writer.Write(GrtEventKind.Submit, 0, 10, new GrtJob());
            writer.Write(GrtEventKind.Start, 1, 20, new GrtJob());
            writer.Lose(1, 5, timestamp: 25);
            writer.Write(GrtEventKind.End, 1, 30, new GrtJob());
        }

        var headers = new List<GrtHeader>();
        for (var rest = output.ToArray().AsSpan(); rest.Length > 0; rest = rest[headers[^1].Size..])
        {
            headers.Add(GrtHeader.Read(rest));
        }

        headers.Select(h => (h.Type, h.Cpu, h.Gseq, h.Cseq)).Should().Equal(
            (0xFFF0, 0u, 1ul, 0ul), (0xFFF1, 0u, 1ul, 0ul), (0, 0u, 1ul, 0ul), (2, 1u, 2ul, 0ul), (0xFFF2, 1u, 8ul, 6ul), (3, 1u, 8ul, 6ul));
    }
}
