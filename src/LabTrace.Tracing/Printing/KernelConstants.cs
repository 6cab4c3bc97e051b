namespace LabTrace.Tracing;

/// <summary>Enumerators that some kernels leave as names in their print formats, with the values of the kernel's own headers.</summary>
/// <remarks>Only values that are part of the user ABI or have not changed since the event exists; anything else falls back to a field dump.</remarks>
internal static class KernelConstants
{
    private static readonly Dictionary<string, ulong> Values = new(StringComparer.Ordinal)
    {
        ["true"] = 1,
        ["false"] = 0,
        ["NULL"] = 0,

        // include/linux/hrtimer.h: bit 0 relative, 1 pinned, 2 soft, 3 hard.
        ["HRTIMER_MODE_ABS"] = 0,
        ["HRTIMER_MODE_REL"] = 1,
        ["HRTIMER_MODE_ABS_PINNED"] = 2,
        ["HRTIMER_MODE_REL_PINNED"] = 3,
        ["HRTIMER_MODE_ABS_SOFT"] = 4,
        ["HRTIMER_MODE_REL_SOFT"] = 5,
        ["HRTIMER_MODE_ABS_PINNED_SOFT"] = 6,
        ["HRTIMER_MODE_REL_PINNED_SOFT"] = 7,
        ["HRTIMER_MODE_ABS_HARD"] = 8,
        ["HRTIMER_MODE_REL_HARD"] = 9,
        ["HRTIMER_MODE_ABS_PINNED_HARD"] = 10,
        ["HRTIMER_MODE_REL_PINNED_HARD"] = 11,

        // include/uapi/linux/ioprio.h
        ["IOPRIO_CLASS_NONE"] = 0,
        ["IOPRIO_CLASS_RT"] = 1,
        ["IOPRIO_CLASS_BE"] = 2,
        ["IOPRIO_CLASS_IDLE"] = 3,
        ["IOPRIO_CLASS_INVALID"] = 7,

        // include/net/tcp_states.h
        ["TCP_ESTABLISHED"] = 1,
        ["TCP_SYN_SENT"] = 2,
        ["TCP_SYN_RECV"] = 3,
        ["TCP_FIN_WAIT1"] = 4,
        ["TCP_FIN_WAIT2"] = 5,
        ["TCP_TIME_WAIT"] = 6,
        ["TCP_CLOSE"] = 7,
        ["TCP_CLOSE_WAIT"] = 8,
        ["TCP_LAST_ACK"] = 9,
        ["TCP_LISTEN"] = 10,
        ["TCP_CLOSING"] = 11,
        ["TCP_NEW_SYN_RECV"] = 12,

        // Where x86-64 maps struct page when its memory layout is not randomised; the pfn beside it is exact in any case.
        ["vmemmap_base"] = 0xffffea0000000000,
    };

    public static bool TryGet(string name, out ulong value) => Values.TryGetValue(name, out value);
}
