using System.Globalization;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>An event to inject.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Context">The GPU context.</param>
/// <param name="Engine">The number of the engine's bit: 0 graphics, 1 compute, 2 copy, 3 video decode, 4 video encode, 15 other.</param>
/// <param name="Ring">The ring.</param>
/// <param name="Seqno">The job's number.</param>
/// <param name="Status">0 or a negative errno; null leaves it out.</param>
public sealed record GrtraceEmit(GrtEventKind Kind, ulong Context, int Engine, uint Ring, ulong Seqno, int? Status = null)
{
    /// <summary>As debugfs <c>emit</c> takes it: <c>TYPE CTX ENGINE RING SEQNO [STATUS]</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{GrtEventNames.Of(Kind).ToLowerInvariant()} {Context} {Engine} {Ring} {Seqno}{(Status is { } status ? $" {status}" : "")}");
}
