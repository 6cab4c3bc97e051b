using FluentAssertions;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Steps;

/// <summary>What must be true of what was recorded.</summary>
public sealed partial class TracingBench
{
    /// <summary>Asks the trace. What refutes the expectation fails the scenario, with the deciding events; what cannot be told breaks it.</summary>
    public void Should(Func<Trace, Finding> query) => Judge(Trace, query);

    /// <summary>Asks the snapshot in the same way.</summary>
    public void SnapshotShould(Func<Trace, Finding> query) =>
        Judge(snapshot ?? throw new InvalidOperationException("no snapshot was taken in this scenario; use the step `When I take a snapshot` first"), query);

    private void Judge(Trace asked, Func<Trace, Finding> query)
    {
        var finding = query(asked);
        if (finding.Times is { } times)
        {
            Draw(times);
        }

        if (finding.Holds)
        {
            return;
        }

        Draw(asked, finding);
        AttachEvidence(finding.ToString());
        if (finding.Answer == Answer.Undecided)
        {
            throw new UndecidedException(finding);
        }

        Fail(finding.ToString());
    }

    /// <summary>Takes numbers from the trace; from one that lost events they would be of what is left, and the scenario is broken.</summary>
    public IReadOnlyList<long> Measure(Func<Trace, IReadOnlyList<long>> query)
    {
        var complete = Trace.NothingLost();
        return complete.Holds ? query(Trace) : throw new UndecidedException(complete);
    }

    /// <summary>The kernel's own count, taken when recording had stopped, is what both readings must come to.</summary>
    public void CountsShouldAgree() => Recording.Trace.Events.Count.Should().Be(
        checked((int)Recording.Stats.Entries),
        "the kernel counted so many entries in its buffer when recording had stopped ({0} written, {1} lost)",
        Recording.Stats.Written,
        Recording.Stats.Lost);

    /// <summary>Text and binary are two readings of one recording.</summary>
    public void ReadingsShouldAgree()
    {
        var text = FtraceTextFormat.Read(Recording.Text, Recording.Raw.ClockName);
        var difference = ReadingDifference.Find(Recording.Trace, text);
        if (difference is not null)
        {
            AttachEvidence(difference);
            Fail("expected the text and the binary reading of one recording to agree, but " + difference);
        }
    }

    public async Task InstanceShouldBeEmptyAsync(string name)
    {
        var stats = await instances[name].ReadStatsAsync(Cancellation);
        stats.Written.Should().Be(0, "nothing was enabled in the instance '{0}'", name);
    }

    public async Task BufferShouldHoldAsync(int kibibytes) =>
        (await (await InstanceAsync()).ReadBufferSizesAsync(Cancellation)).Should().OnlyContain(k => k >= kibibytes);

    // NUnit's own, because it keeps the text as it is.
    private static void Fail(string text) => Assert.Fail(text);

    private void AttachEvidence(string text) => Attach(System.Text.Encoding.UTF8.GetBytes(text), ".txt");

    private void Attach(ReadOnlySpan<byte> content, string ending)
    {
        var file = Path.Combine(place.Lab.OutputDirectory, "evidence", $"{Guid.NewGuid():N}{ending}");
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, Devices.SecretRedactor.Process.Redact(System.Text.Encoding.UTF8.GetString(content)));
        output.AddAttachment(file);
    }
}
