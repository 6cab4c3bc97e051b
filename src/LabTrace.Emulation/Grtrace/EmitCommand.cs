using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Tracing;

namespace LabTrace.Emulation.Grtrace;

/// <summary>The grammar of debugfs <c>emit</c>: <c>["emit"] TYPE CTX ENGINE RING SEQNO [STATUS]</c>, the engine as the number of its bit.</summary>
internal static class EmitCommand
{
    private const ulong LastEngine = 15;

    /// <summary>Reads one.</summary>
    /// <exception cref="Refusal">EINVAL.</exception>
    public static GpuEvent Parse(string text, uint pid, uint uid, int cpu, long nowNs)
    {
        Span<Range> found = stackalloc Range[8];
        var words = text.AsSpan().TrimEnd('\n');
        var count = words.Split(found, ' ', StringSplitOptions.RemoveEmptyEntries);
        var first = count > 0 && words[found[0]].SequenceEqual("emit") ? 1 : 0;
        count -= first;
        if (count is < 5 or > 6 || !GrtEventNames.TryParse(words[found[first]].ToString(), out var kind))
        {
            throw new Refusal(Errno.EINVAL);
        }

        var status = 0;
        if (!KernelNumber.TryParse(words[found[first + 1]].ToString(), ulong.MaxValue, out var context)
            || !KernelNumber.TryParse(words[found[first + 2]].ToString(), LastEngine, out var engine)
            || !KernelNumber.TryParse(words[found[first + 3]].ToString(), uint.MaxValue, out var ring)
            || !KernelNumber.TryParse(words[found[first + 4]].ToString(), ulong.MaxValue, out var seqno)
            || (count == 6 && !KernelNumber.TryParseSigned(words[found[first + 5]].ToString(), out status)))
        {
            throw new Refusal(Errno.EINVAL);
        }

        var engines = (GrtEngines)(ushort)(1 << (int)engine);
        return new GpuEvent(
            kind,
            new GrtJob
            {
                Engine = NameOf(engines),
                EngineClass = engines,
                Flags = GrtJobFlags.Emitted,
                RingId = (uint)ring,
                CtxId = context,
                Seqno = seqno,
                Status = status,
                Pid = pid,
                Uid = uid,
            },
            cpu,
            nowNs);
    }

    private static string NameOf(GrtEngines engine)
    {
        foreach (var known in GrtMetadata.Default.Engines)
        {
            if (known.Class == engine)
            {
                return known.Name;
            }
        }

        return "OTHER";
    }
}
