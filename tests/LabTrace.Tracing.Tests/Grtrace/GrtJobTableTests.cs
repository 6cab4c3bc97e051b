using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Grtrace;

public sealed class GrtJobTableTests
{
    [Test]
    public void A_job_has_the_intervals_that_the_report_tells()
    {
        var jobs = Read((GrtEventKind.Submit, 100, Job(1)), (GrtEventKind.Commit, 110, Job(1)), (GrtEventKind.SyncWaitEnter, 115, Job(1)),
            (GrtEventKind.SyncWaitExit, 145, Job(1)), (GrtEventKind.Start, 150, Job(1)), (GrtEventKind.SyncWaitEnter, 160, Job(1)),
            (GrtEventKind.SyncWaitExit, 165, Job(1)), (GrtEventKind.End, 400, Job(1)), (GrtEventKind.Complete, 420, Job(1) with { Status = -5 }));

        jobs.Should().ContainSingle();
        var job = jobs[0];
        (job.QueueNs, job.ExecNs, job.Waited, job.Waits, job.CompleteNs, job.TotalNs, job.Status, job.IsQueueFromSubmit)
            .Should().Be((40L, 250L, 35ul, 2, 20L, 320L, -5, false));
    }

    [Test]
    public void Where_commit_is_never_told_the_queue_counts_from_submit_and_says_so()
    {
        var job = Read((GrtEventKind.Submit, 100, Job(1)), (GrtEventKind.Start, 150, Job(1)), (GrtEventKind.Complete, 200, Job(1))).Should().ContainSingle().Which;

        (job.QueueNs, job.IsQueueFromSubmit, job.ExecNs, job.CompleteNs).Should().Be((50L, true, null, null));
    }

    [TestCase(GrtEventKind.Start)]
    [TestCase(GrtEventKind.Start, GrtEventKind.End)]
    public void Adapters_that_never_tell_completion_still_give_every_job(params GrtEventKind[] told)
    {
        var events = new List<(GrtEventKind, ulong, GrtJob)>();
        ulong time = 100;
        for (var i = 0; i < 3; i++)
        {
            events.AddRange(told.Select(kind => (kind, time += 10, Job(7))));
        }

        var jobs = Read([.. events]);

        jobs.Should().HaveCount(3, "the same number comes again, which is another job");
        jobs.Select(j => j.ExecNs).Should().AllBeEquivalentTo(told.Length == 2 ? 10L : (long?)null);
    }

    [Test]
    public void The_order_of_submit_and_commit_is_nobodys()
    {
        var job = Read((GrtEventKind.Commit, 100, Job(1)), (GrtEventKind.Submit, 105, Job(1)), (GrtEventKind.Start, 150, Job(1)), (GrtEventKind.Complete, 160, Job(1)))
            .Should().ContainSingle().Which;

        job.QueueNs.Should().Be(50);
    }

    [Test]
    public void Jobs_of_several_contexts_and_rings_with_the_same_number_are_not_mixed()
    {
        var events = new List<(GrtEventKind, ulong, GrtJob)>();
        GrtEventKind[] life = [GrtEventKind.Submit, GrtEventKind.Commit, GrtEventKind.Start, GrtEventKind.End, GrtEventKind.Complete];
        ulong time = 100;
        for (var round = 0; round < 500; round++)
        {
            foreach (var kind in life)
            {
                for (uint ring = 0; ring < 3; ring++)
                {
                    for (ulong ctx = 0; ctx < 40; ctx++)
                    {
                        events.Add((kind, ++time, Job((ulong)round) with { CtxId = ctx, RingId = ring }));
                    }
                }
            }
        }

        var jobs = Read([.. events]);

        jobs.Should().HaveCount(500 * 120);
        jobs.Should().OnlyContain(j => j.QueueNs == 120 && j.ExecNs == 120 && j.CompleteNs == 120);
    }

    [Test]
    public void Jobs_in_flight_at_the_end_are_given_in_order()
    {
        var jobs = Read((GrtEventKind.Start, 300, Job(3)), (GrtEventKind.Submit, 100, Job(1)), (GrtEventKind.Submit, 200, Job(2)));

        jobs.Select(j => j.Seqno).Should().Equal(1ul, 2ul, 3ul);
    }

    [Test]
    public void Jobs_that_never_end_take_bounded_memory()
    {
        var given = 0L;
        var table = new GrtJobTable((in GrtJobSpan _) => given++);
        var record = new byte[GrtLayout.JobBytes];
        const int count = GrtJobTable.MaxInFlight + 300_000;
        for (var i = 0; i < count; i++)
        {
            GrtRecords.WriteJob(record, new GrtHeader(0, 0, 0, (ulong)i + 1, 0, 0), Job((ulong)i));
            table.Add(GrtEventKind.Submit, new GrtRecordView(record));
        }

        table.Count.Should().BeLessThanOrEqualTo(GrtJobTable.MaxInFlight);
        table.Displaced.Should().Be(given).And.BeGreaterThan(0);
        table.Complete();
        given.Should().Be(count);
    }

    private static GrtJob Job(ulong seqno) => new() { Engine = "GRAPHICS", CtxId = 1, Seqno = seqno };

    private static List<GrtJobSpan> Read(params (GrtEventKind Kind, ulong Time, GrtJob Job)[] events)
    {
        var jobs = new List<GrtJobSpan>();
        var table = new GrtJobTable((in GrtJobSpan job) => jobs.Add(job));
        var record = new byte[GrtLayout.JobBytes];
        foreach (var (kind, time, job) in events)
        {
            GrtRecords.WriteJob(record, new GrtHeader((ushort)kind, 0, 0, time, 0, 0), job);
            table.Add(kind, new GrtRecordView(record));
        }

        table.Complete();
        return jobs;
    }
}
