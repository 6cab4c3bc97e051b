using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>Reading the buffer, and recording from an empty buffer to a whole reading.</summary>
public sealed partial class TraceInstance
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    /// <summary>Reads what the kernel counts, cpu by cpu.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public ValueTask<BufferStats> ReadStatsAsync(CancellationToken cancellationToken) => _reader.ReadStatsAsync(cancellationToken);

    /// <summary>Reads the buffer as the kernel prints it (<c>trace</c>); the events stay.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public ValueTask<byte[]> ReadTextAsync(CancellationToken cancellationToken) => _reader.ReadTextAsync(cancellationToken);

    /// <summary>Takes the pages of every cpu out of the buffer, with all that is needed to decode them. Recording must be off.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    /// <exception cref="TraceFormatException">The kernel's description of its pages or events makes no sense.</exception>
    public Task<RawRecording> ReadRawAsync(CancellationToken cancellationToken) => _reader.ReadRawAsync(_events, comms: null, cancellationToken);

    /// <summary>
    /// Opens the text as a stream that takes events out of the buffer while they happen (<c>trace_pipe</c>). It waits for
    /// events while recording is on, and ends when recording is off and all was read.
    /// </summary>
    /// <exception cref="KernelRefusedException">EBUSY: another reader has the pipe.</exception>
    public async Task<Stream> OpenPipeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stream = await Target.OpenReadAsync(Path + "/trace_pipe", cancellationToken);
            return new TracePipeStream(this, stream, Target.Time);
        }
        catch (TargetIOException e) when (e.Errno == Errno.EBUSY)
        {
            throw new KernelRefusedException($"a second reader of the pipe of '{Name}'", Target.Name, e.Errno, hint: "close the first", inner: e);
        }
    }

    /// <summary>Records what happens during some work: empties the buffer, turns recording on and off around it, reads all of it.</summary>
    /// <param name="work">What to record; when it fails recording is turned off and its error goes on.</param>
    /// <param name="cancellationToken">Ends the work and the reading; recording is turned off in any case.</param>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<TraceRecording> RecordAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await ClearAsync(cancellationToken);
        await RunRecordedAsync(work, cancellationToken);
        return await ReadRecordingAsync(cancellationToken);
    }

    /// <summary>Records everything that happens while a command runs.</summary>
    /// <exception cref="TargetIOException">There is no such program, or the target's kernel refused.</exception>
    public async Task<CommandRecording> RecordWhileRunningAsync(Command command, CancellationToken cancellationToken)
    {
        await using var process = await Changes.StartAsync(command with { HeldAtStart = true }, cancellationToken);
        return await RecordAsync(process, cancellationToken);
    }

    /// <summary>Records a command's own events and nothing else: it is held until the pid filter knows it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="withChildren">Also those of what it starts.</param>
    /// <param name="cancellationToken">Ends the command and the reading.</param>
    /// <exception cref="TargetIOException">There is no such program, or the target's kernel refused.</exception>
    public async Task<CommandRecording> RecordOnlyAsync(Command command, bool withChildren, CancellationToken cancellationToken)
    {
        await using var process = await Changes.StartAsync(command with { HeldAtStart = true }, cancellationToken);
        await SetPidFilterAsync([process.Pid], withChildren, cancellationToken);
        var recording = await RecordAsync(process, cancellationToken);

        // The next recording is of other threads: with this filter left it would be empty.
        await Target.WriteTextAsync(Path + "/set_event_pid", "", cancellationToken);
        return recording;
    }

    /// <summary>Follows the text while some work is done: events are read as they happen, not at the end.</summary>
    /// <returns>The text of <c>trace_pipe</c>.</returns>
    /// <exception cref="KernelRefusedException">EBUSY: another reader has the pipe.</exception>
    public async Task<byte[]> FollowAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await ClearAsync(cancellationToken);
        await StartAsync(cancellationToken);
        await using var pipe = await OpenPipeAsync(cancellationToken);
        using var text = new MemoryStream();
        var reading = pipe.CopyToAsync(text, cancellationToken);
        try
        {
            await RunRecordedAsync(work, cancellationToken);
        }
        catch
        {
            // Recording is off now, so the reading ends too; it must, before its pipe is closed.
            _ = await Task.WhenAny(reading);
            throw;
        }

        await reading;
        return text.ToArray();
    }

    /// <summary>Reads a finished recording in both ways: the text first, which leaves the events, then the pages, which takes them.</summary>
    /// <exception cref="TargetIOException">The target's kernel refused.</exception>
    public async Task<TraceRecording> ReadRecordingAsync(CancellationToken cancellationToken)
    {
        var (stats, text, comms) = await _reader.ReadTextWithCommsAsync(cancellationToken);
        var raw = await _reader.ReadRawAsync(_events, comms, cancellationToken);
        return new TraceRecording(raw, text, stats);
    }

    private async Task<CommandRecording> RecordAsync(ITargetProcess process, CancellationToken cancellationToken)
    {
        CommandResult? result = null;
        var recording = await RecordAsync(
            async token =>
            {
                await process.ReleaseAsync(token);
                result = await process.WaitAsync(token);
            },
            cancellationToken);
        return new CommandRecording(process.Pid, result!, recording);
    }

    private async Task RunRecordedAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        try
        {
            await work(cancellationToken);
        }
        finally
        {
            // Also when the scenario was cancelled: under a deadline of its own.
            using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
            await StopAsync(limit.Token);
        }
    }
}
