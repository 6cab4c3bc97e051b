using System.Text;
using FluentAssertions;
using LabTrace.TestKit;
using LabTrace.Tracing;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class RecordingTests : RealTracefsTests
{
    [Test]
    public async Task Only_what_happens_during_the_work_is_recorded()
    {
        await Instance.StartAsync(Token);
        await Instance.MarkAsync("before", Token);
        await Instance.StopAsync(Token);

        var recording = await Instance.RecordAsync(token => Instance.MarkAsync("during", token), Token);

        recording.Trace.Events.Should().ContainSingle().Which.Text.Should().Contain("during");
        recording.Stats.Entries.Should().Be(1);
        (await Instance.ReadStatsAsync(Token)).Entries.Should().Be(0, "the pages were taken out");
    }

    [Test]
    public async Task Work_that_fails_leaves_recording_off()
    {
        var record = () => Instance.RecordAsync(_ => throw new InvalidOperationException("the work failed"), Token);

        await record.Should().ThrowAsync<InvalidOperationException>().WithMessage("the work failed");

        (await Instance.IsOnAsync(Token)).Should().BeFalse();
    }

    [Test]
    public async Task Cancelled_work_leaves_recording_off()
    {
        using var cancelled = new CancellationTokenSource();
        var record = () => Instance.RecordAsync(
            async token =>
            {
                await cancelled.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            cancelled.Token);

        await record.Should().ThrowAsync<OperationCanceledException>();

        (await Instance.IsOnAsync(Token)).Should().BeFalse();
    }

    [Test]
    public async Task Overwritten_events_are_counted_exactly()
    {
        const int written = 3000;
        _ = await Instance.SetBufferSizeAsync(8, Token);

        var recording = await Instance.RecordAsync(token => MarkManyAsync(written, token), Token);

        recording.Stats.Overrun.Should().BePositive();
        (recording.Stats.Entries + recording.Stats.Overrun).Should().Be(written);
        recording.Stats.Written.Should().Be(written);
        recording.Trace.Events.Should().HaveCount((int)recording.Stats.Entries);
        recording.Trace.Tally.LostTotal.Should().Be(recording.Stats.Overrun);
        recording.Trace.Events[^1].Text.Should().Contain($"marker {written - 1}");
    }

    [Test]
    public async Task A_buffer_that_keeps_the_oldest_counts_what_came_too_late()
    {
        _ = await Instance.SetBufferSizeAsync(8, Token);
        await Instance.SetOverwriteAsync(isOn: false, Token);
        _ = await Instance.EnableEventAsync(EventName.Parse("raw_syscalls"), filter: null, Token);

        var recording = (await Instance.RecordWhileRunningAsync(new Command("ls", "-lR", "/etc"), Token)).Recording;

        recording.Stats.Overrun.Should().Be(0);
        recording.Stats.DroppedEvents.Should().BePositive();
        recording.Stats.Lost.Should().Be(recording.Stats.DroppedEvents);
        recording.Trace.Events.Should().HaveCount((int)recording.Stats.Entries);
    }

    [Test]
    public async Task A_marker_that_finds_a_full_buffer_is_refused()
    {
        _ = await Instance.SetBufferSizeAsync(8, Token);
        await Instance.SetOverwriteAsync(isOn: false, Token);
        await Instance.StartAsync(Token);
        var mark = async () =>
        {
            for (var i = 0; i < 3000; i++)
            {
                await Instance.MarkAsync("full", Token);
            }
        };

        (await mark.Should().ThrowAsync<KernelRefusedException>()).Which.Hint
            .Should().Be("the buffer is full and keeps its oldest events: make it larger, clear it, or let it overwrite");
    }

    [Test]
    public async Task Text_and_pages_have_the_same_number_of_events([Values(4, 16)] int subBufferKib)
    {
        RealKernel.Require(subBufferKib == 4 || File.Exists(Instance.Path + "/buffer_subbuf_size_kb"), "buffer_subbuf_size_kb");
        _ = subBufferKib == 4 ? 4 : await Instance.SetSubBufferSizeAsync(subBufferKib, Token);
        _ = await Instance.EnableEventAsync(EventName.Parse("sched:*"), filter: null, Token);
        _ = await Instance.EnableEventAsync(EventName.Parse("raw_syscalls:*"), filter: null, Token);

        var recording = (await Instance.RecordWhileRunningAsync(new Command("sleep", "0.05"), Token)).Recording;

        var lines = Encoding.UTF8.GetString(recording.Text.Span).Split('\n').Count(line => line.Length > 0 && line[0] != '#');
        recording.Trace.Events.Should().HaveCount(lines).And.HaveCountGreaterThan(10);
        recording.Trace.Events.Should().HaveCount((int)recording.Stats.Entries);
        recording.Trace.Tally.Malformed.Should().Be(0);
        recording.Raw.Layout.Size.Should().Be(subBufferKib * 1024);
        recording.Trace.Events.Should().OnlyContain(e => e.Name.System == "sched" || e.Name.System == "raw_syscalls");
    }

    [Test]
    public async Task Events_that_a_trigger_enabled_have_their_format_too()
    {
        await Instance.SetTriggerAsync(EventName.Parse("sched:sched_process_exec"), "enable_event:sched:sched_process_exit", Token);

        var recording = (await Instance.RecordWhileRunningAsync(new Command("true"), Token)).Recording;

        recording.Trace.Events.Should().NotBeEmpty().And.OnlyContain(e => e.Name.Name == "sched_process_exit");
    }

    [Test]
    public async Task Formats_of_events_enabled_by_others_are_found_by_their_id()
    {
        await Target.WriteTextAsync($"{Instance.Path}/events/sched/sched_switch/enable", "1", Token);
        await Instance.StartAsync(Token);
        _ = await Target.RunAsync(new Command("sleep", "0.01"), Token);
        await Instance.StopAsync(Token);
        await Target.WriteTextAsync($"{Instance.Path}/events/sched/sched_switch/enable", "0", Token);

        var trace = (await Instance.ReadRawAsync(Token)).ToTrace();

        trace.Events.Should().NotBeEmpty().And.OnlyContain(e => e.Name == Switch);
    }

    [Test]
    public async Task A_commands_own_events_are_recorded_and_no_others()
    {
        _ = await Instance.EnableEventAsync(EventName.Parse("raw_syscalls:sys_enter"), filter: null, Token);
        _ = await Instance.EnableEventAsync(EventName.Parse("sched:sched_process_*"), filter: null, Token);

        var run = await Instance.RecordOnlyAsync(new Command("sleep", "0.01"), withChildren: false, Token);

        run.Result.ExitCode.Should().Be(0);
        run.Recording.Trace.Events.Should().NotBeEmpty().And.OnlyContain(e => e.Pid == run.Pid);
        run.Recording.Trace.Of(EventName.Parse("sched_process_exec")).Should().ContainSingle();
        run.Recording.Trace.Of(EventName.Parse("sched_process_exit")).Should().ContainSingle();
    }

    [Test]
    public async Task Recording_a_command_alone_does_not_narrow_the_next_recording()
    {
        _ = await Instance.EnableEventAsync(EventName.Parse("sched:sched_process_exec"), filter: null, Token);
        _ = await Instance.RecordOnlyAsync(new Command("true"), withChildren: false, Token);

        var next = await Instance.RecordWhileRunningAsync(new Command("true"), Token);

        next.Recording.Trace.Events.Should().Contain(e => e.Pid == next.Pid);
    }

    [Test]
    public async Task A_commands_children_are_recorded_when_asked_for([Values] bool withChildren)
    {
        _ = await Instance.EnableEventAsync(EventName.Parse("sched:sched_process_exec"), filter: null, Token);

        var run = await Instance.RecordOnlyAsync(new Command("sh", "-c", "true & /bin/true; /bin/true; wait"), withChildren, Token);

        run.Recording.Trace.Events.Should().HaveCount(withChildren ? 3 : 1);
    }

    [Test]
    public async Task Threads_are_shown_with_their_process_when_asked_for()
    {
        await Instance.SetOptionAsync("record-tgid", isOn: true, Token);
        _ = await Instance.EnableEventAsync(Switch, filter: null, Token);

        var run = await Instance.RecordOnlyAsync(new Command("sleep", "0.01"), withChildren: false, Token);

        run.Recording.Trace.Events.Where(e => e.Pid == run.Pid).Should().NotBeEmpty().And.OnlyContain(e => e.Tgid == run.Pid);
    }

    [Test]
    public async Task Only_the_chosen_cpu_is_recorded()
    {
        await Instance.SetCpusAsync([0], Token);
        _ = await Instance.EnableEventAsync(Switch, filter: null, Token);

        var run = await Instance.RecordWhileRunningAsync(new Command("sleep", "0.05"), Token);

        run.Recording.Trace.Events.Should().NotBeEmpty().And.OnlyContain(e => e.Cpu == 0);
    }

    [TestCase("mono")]
    [TestCase("x86-tsc")]
    [TestCase("counter")]
    public async Task The_clock_of_a_recording_is_known(string clock)
    {
        RealKernel.Require((await Instance.ReadClocksAsync(Token)).Available.Contains(clock), $"the trace clock {clock}");
        await Instance.SetClockAsync(clock, Token);

        var recording = await Instance.RecordAsync(token => MarkManyAsync(3, token), Token);

        recording.Trace.ClockName.Should().Be(clock);
        recording.Trace.Events.Select(e => e.Time).Should().HaveCount(3).And.BeInAscendingOrder();
        recording.Stats.Cpus.Should().OnlyContain(c => c.Entries == 0 || c.OldestEventTs <= c.NowTs);
    }

    [Test]
    public async Task Binary_markers_keep_their_number_and_bytes()
    {
        var recording = await Instance.RecordAsync(token => Instance.MarkRawAsync(0x1234, "abcd"u8.ToArray(), token), Token);

        var marker = recording.Trace.Events.Should().ContainSingle().Which;
        marker.Name.Should().Be(EventName.RawData);
        marker.Payload.Span.IndexOf("abcd"u8).Should().BePositive();
    }

    [Test]
    public async Task A_stream_sees_events_while_they_happen_and_ends_when_recording_does()
    {
        var seenInTime = false;
        await Instance.StartAsync(Token);
        await using var pipe = await Instance.OpenPipeAsync(Token);
        var buffer = new byte[4096];
        await Instance.MarkAsync("first", Token);

        var got = await pipe.ReadAsync(buffer, Token);
        seenInTime = Encoding.UTF8.GetString(buffer, 0, got).Contains("first", StringComparison.Ordinal);
        await Instance.MarkAsync("second", Token);
        await Instance.StopAsync(Token);
        using var rest = new MemoryStream();
        await pipe.CopyToAsync(rest, Token);

        seenInTime.Should().BeTrue();
        Encoding.UTF8.GetString(rest.ToArray()).Should().Contain("second");
    }

    [Test]
    public async Task Following_gives_the_text_of_the_whole_work()
    {
        var text = Encoding.UTF8.GetString(await Instance.FollowAsync(token => MarkManyAsync(500, token), Token));

        text.Split('\n').Count(line => line.Contains("marker", StringComparison.Ordinal)).Should().Be(500);
    }

    [Test]
    public async Task A_second_reader_of_the_pipe_is_refused()
    {
        await using var first = await Instance.OpenPipeAsync(Token);
        var open = () => Instance.OpenPipeAsync(Token);

        (await open.Should().ThrowAsync<KernelRefusedException>()).WithMessage(
            $"a second reader of the pipe of '{Instance.Name}' was refused on target 'local': EBUSY (Device or resource busy)\n" +
            "  try: close the first");
    }

    [Test]
    public async Task A_recording_many_times_longer_than_the_buffer_loses_nothing_when_streamed()
    {
        const int written = 20_000;
        using var directory = new TemporaryDirectory();
        _ = await Instance.SetBufferSizeAsync(256, Token);

        var streamed = await Instance.RecordStreamingAsync(directory.Path, token => MarkManyAsync(written, token, batch: 50), Token);

        var trace = streamed.Load().ToTrace();
        streamed.Stats.Lost.Should().Be(0);
        trace.Events.Should().HaveCount(written);
        trace.Tally.HasLost.Should().BeFalse();
        trace.Events.Select(e => e.Time).Should().BeInAscendingOrder();
        streamed.Files.Sum(f => f.Length).Should().BeGreaterThan(written * 30);
    }

    [Test]
    public async Task A_directory_that_cannot_be_written_ends_a_streamed_recording()
    {
        using var directory = new TemporaryDirectory();
        _ = Directory.CreateDirectory(directory.At("cpu0.raw"));

        var record = () => Instance.RecordStreamingAsync(directory.Path, token => Task.Delay(Timeout.Infinite, token), Token);

        await record.Should().ThrowAsync<Exception>();
        (await Instance.IsOnAsync(Token)).Should().BeFalse();
    }

    private async Task MarkManyAsync(int count, CancellationToken token, int batch = 500)
    {
        for (var done = 0; done < count; done += batch)
        {
            var writes = Enumerable.Range(done, Math.Min(batch, count - done))
                .Select(i => new FileWrite(Instance.Path + "/trace_marker", Encoding.UTF8.GetBytes($"marker {i}")));
            var outcomes = await Target.WriteManyAsync(writes.ToArray(), token);
            outcomes.Should().OnlyContain(o => o.Errno == Errno.None);
        }
    }
}
