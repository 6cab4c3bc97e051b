using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>A target on which BPF programs can be run.</summary>
public interface IBpfTarget
{
    /// <summary>Loads a program, attaches it by the best mechanism that works, and records from then on.</summary>
    /// <param name="request">What is to be recorded.</param>
    /// <param name="cancellationToken">Gives it up; nothing stays attached then.</param>
    /// <exception cref="BpfUnavailableException">The target has no libbpf.</exception>
    /// <exception cref="BpfRefusedException">No mechanism works; tells why each does not.</exception>
    /// <exception cref="LabConfigException">The request is out of range.</exception>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    ValueTask<IBpfSession> StartBpfAsync(BpfRequest request, CancellationToken cancellationToken);
}

/// <summary>A BPF program that records. Disposing it detaches it; nothing of it stays in the kernel, whatever becomes of LabTrace.</summary>
public interface IBpfSession : IAsyncDisposable
{
    /// <summary>How it was attached.</summary>
    BpfAttachReport Report { get; }

    /// <summary>
    /// The capture as it grows, in the format of Formats/Bpf/Bpf.md. The reader paces it: when nobody reads, the ring buffer fills and the kernel counts what it
    /// drops. It ends behind <see cref="StopAsync"/>.
    /// </summary>
    Stream Capture { get; }

    /// <summary>Reads what was counted so far.</summary>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    ValueTask<BpfStatus> ReadStatusAsync(CancellationToken cancellationToken);

    /// <summary>Detaches the program; what it recorded until now can still be read, and then the capture ends.</summary>
    /// <exception cref="TargetUnreachableException">The target did not answer; its agent detached the program.</exception>
    ValueTask StopAsync(CancellationToken cancellationToken);
}

/// <summary>How a BPF program was attached.</summary>
/// <param name="Mechanism">One of <see cref="BpfMechanisms"/>, or <c>emulated</c>.</param>
/// <param name="Attached">The kernel programs that run, with what each is attached to.</param>
/// <param name="Refused">What was tried and refused, with the reason: <c>fentry: EPERM …</c>.</param>
/// <param name="Elapsed">How long loading and attaching took.</param>
public sealed record BpfAttachReport(string Mechanism, IReadOnlyList<string> Attached, IReadOnlyList<string> Refused, TimeSpan Elapsed);

/// <summary>What a running BPF program counted so far.</summary>
/// <param name="Counters">By cpu.</param>
/// <param name="Times">Histograms of function_latency.</param>
/// <param name="Missed">Events for which the kernel did not run the program, because one was running on that cpu.</param>
public sealed record BpfStatus(IReadOnlyList<BpfCounters> Counters, IReadOnlyList<BpfFunctionTimes> Times, long Missed);
