namespace LabTrace.Tracing;

/// <summary>What an event of a GPU ring says. Up to <see cref="Error"/> the value is the type number that grtrace gives it, unless METADATA says otherwise.</summary>
public enum GrtEventKind
{
    /// <summary>A job was submitted.</summary>
    Submit = 0,

    /// <summary>A job was given to the hardware.</summary>
    Commit = 1,

    /// <summary>A job began to run.</summary>
    Start = 2,

    /// <summary>A job ran to its end.</summary>
    End = 3,

    /// <summary>A job was found to have ended; <c>status</c> is 0 or a negative errno.</summary>
    Complete = 4,

    /// <summary>The GPU interrupted a cpu; <c>aux</c> is the vector.</summary>
    Irq = 5,

    /// <summary>An engine turned from context <c>ctx_id</c> to context <c>arg0</c>.</summary>
    CtxSwitch = 6,

    /// <summary>A job began to wait for a fence; <c>arg0</c> is the fence's context.</summary>
    SyncWaitEnter = 7,

    /// <summary>A job's wait for a fence ended; <c>arg0</c> is the fence's context.</summary>
    SyncWaitExit = 8,

    /// <summary>A ring failed; <c>status</c> is the code, <c>aux</c> 1 for a reset and 2 for a timeout.</summary>
    Error = 9,

    /// <summary>An event that a module defined; <c>arg0</c> is its data.</summary>
    Custom = 10,

    /// <summary>An event that METADATA names and nobody here knows.</summary>
    Other = 11,
}

/// <summary>Names of events as grtrace spells them.</summary>
public static class GrtEventNames
{
    private static readonly string[] Names =
        ["SUBMIT", "COMMIT", "START", "END", "COMPLETE", "IRQ", "CTX_SWITCH", "SYNC_WAIT_ENTER", "SYNC_WAIT_EXIT", "ERROR", "CUSTOM"];

    /// <summary>The kinds that have a type number of their own, by that number.</summary>
    public static IReadOnlyList<string> All { get; } = Names[..10];

    /// <summary>The name of a kind, in capitals.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is <see cref="GrtEventKind.Other"/>, which has none.</exception>
    public static string Of(GrtEventKind kind)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)kind, (uint)Names.Length, nameof(kind));
        return Names[(int)kind];
    }

    /// <summary>The kind of a name, in any case.</summary>
    public static bool TryParse(string name, out GrtEventKind kind)
    {
        ArgumentNullException.ThrowIfNull(name);
        var index = Array.FindIndex(Names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        kind = (GrtEventKind)Math.Max(index, 0);
        return index >= 0;
    }
}
