namespace LabTrace.Tracing;

/// <summary>Numbers of the container; Formats/Bpf/Bpf.md.</summary>
internal static class BpfFrame
{
    public const int FileVersion = 1;

    /// <summary>Magic, version, size of this header, start on both clocks.</summary>
    public const int FileHeaderBytes = 32;

    /// <summary>Length, kind, version, cpu, lost.</summary>
    public const int HeaderBytes = 16;

    public const int About = 0xff01;
    public const int Symbols = 0xff02;
    public const int Times = 0xff03;
    public const int End = 0xffff;

    /// <summary>Record kinds are smaller.</summary>
    public const int FirstDescribing = 0xff00;

    /// <summary>No record is longer.</summary>
    public const int MaxRecord = 4096;

    /// <summary>No describing frame is longer.</summary>
    public const int MaxDescription = 16 << 20;

    public const int MaxCpus = 8192;

    /// <summary>For records of tools that do not tell it.</summary>
    public const uint NoCpu = uint.MaxValue;

    public static ReadOnlySpan<byte> Magic => "LTBPFCAP"u8;
}
