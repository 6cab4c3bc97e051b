namespace LabTrace.Devices;

/// <summary>What a verdict rests on.</summary>
public enum EvidenceLevel
{
    /// <summary>Emulated in memory.</summary>
    L0,

    /// <summary>A recording of a real machine, replayed.</summary>
    L1,

    /// <summary>The real driver on modelled hardware.</summary>
    L2,

    /// <summary>The real machine.</summary>
    L3,
}

/// <summary>Levels of places.</summary>
public static class EvidenceLevels
{
    /// <summary>The key of a place's file that names a recording to be replayed.</summary>
    public const string ReplaySetting = "replay";

    /// <summary>The level of a place.</summary>
    public static EvidenceLevel Of(PlaceDescription place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return place.Kind switch
        {
            TargetKind.Emulated when place.Settings.ContainsKey(ReplaySetting) => EvidenceLevel.L1,
            TargetKind.Emulated => EvidenceLevel.L0,
            TargetKind.Vm => EvidenceLevel.L2,
            _ => EvidenceLevel.L3,
        };
    }

    /// <summary>What a level means, in a few words.</summary>
    public static string Meaning(this EvidenceLevel level) => level switch
    {
        EvidenceLevel.L0 => "emulated in memory",
        EvidenceLevel.L1 => "a recording replayed",
        EvidenceLevel.L2 => "the real driver on modelled hardware",
        _ => "the real machine",
    };
}
