namespace LabTrace.Devices.Wire;

/// <summary>What both ends of a wire agree on; laid out in Wire.md beside this file.</summary>
internal static class WireProtocol
{
    /// <summary>The first bytes a served target sends, so that a login banner is not mistaken for it.</summary>
    public const uint Magic = 0x4741544C; // "LTAG", little endian

    /// <summary>Both ends speak exactly one version: the agent is pushed by the runner that talks to it.</summary>
    public const ushort Version = 4;

    /// <summary>
    /// Begins the one line that a caller sends over a port without a beginning of its own, with the caller's time behind it: ns
    /// since 1970. The agent says Hello when it has come.
    /// </summary>
    public static ReadOnlySpan<byte> Wake => "LTWAKE "u8;

    /// <summary>The line, without its end, by which a caller has the agent do once what callers will ask for, before its machine is kept.</summary>
    public static ReadOnlySpan<byte> WarmUp => "LTWARM"u8;

    /// <summary>What the agent says on its machine's console when its port can be called.</summary>
    public const string AgentIsReady = "labtrace-agent: ready";

    /// <summary>What it says there when it has done what <see cref="WarmUp"/> asks for.</summary>
    public const string AgentIsWarm = "labtrace-agent: warm";

    /// <summary>Length, id, kind and flags.</summary>
    public const int HeaderBytes = 10;

    /// <summary>The most that one frame carries behind its header; longer messages travel in several.</summary>
    public const int MaxBody = 256 * 1024;

    /// <summary>The most that one message carries: the longest file that is read whole, and what describes it.</summary>
    public const int MaxMessage = LocalFiles.LongestFile + (16 << 20);

    /// <summary>Set on every frame of a message but its last.</summary>
    public const byte MoreFollows = 1;
}

/// <summary>Kinds of messages.</summary>
internal enum WireKind : byte
{
    /// <summary>The served target says who it is; first of all.</summary>
    Hello = 1,

    /// <summary>A call, answered by one <see cref="Response"/> of the same id.</summary>
    Request = 2,

    /// <summary>The answer to a call.</summary>
    Response = 3,

    /// <summary>The caller gives the call of this id up; it is answered all the same.</summary>
    Cancel = 4,
}

/// <summary>Calls of <see cref="ITarget"/>, <see cref="ITargetProcess"/> and its streams.</summary>
internal enum WireCall : byte
{
    KernelIdentity = 1,
    Read = 2,
    ReadMany = 3,
    Write = 4,
    WriteMany = 5,
    List = 6,
    Stat = 7,
    CreateDirectory = 8,
    RemoveDirectory = 9,
    RemoveFile = 10,
    OpenRead = 11,
    Start = 12,
    Ping = 13,
    ReadLink = 15,
    StreamRead = 20,
    StreamRecords = 22,
    Lock = 14,
    StreamClose = 21,
    ProcessRelease = 30,
    ProcessSignal = 31,
    ProcessWait = 32,
    ProcessEnd = 33,
    ProcessOutput = 34,
    ProcessClose = 35,
    BpfStart = 40,
    BpfStatus = 41,
    BpfStop = 42,
    BpfClose = 43,
    DeviceOpen = 50,
    DeviceControl = 51,
    DeviceControlValue = 52,
    DeviceRead = 53,
    DeviceGetTime = 54,
    DeviceSetTime = 55,
    DeviceAdjust = 56,
    DeviceClose = 57,
    DeviceShiftTime = 58,
}

/// <summary>How a call ended.</summary>
internal enum WireStatus : byte
{
    /// <summary>The call's result follows.</summary>
    Done = 0,

    /// <summary>The target's kernel refused: errno's name, operation, path and hint follow.</summary>
    Refused = 1,

    /// <summary>The caller gave it up.</summary>
    Cancelled = 2,

    /// <summary>It did not end in the time the caller gave it.</summary>
    TimedOut = 3,

    /// <summary>The served target broke; its message follows.</summary>
    Broken = 4,
}
