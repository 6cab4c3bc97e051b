namespace LabTrace.Tracing;

/// <summary>What METADATA's table of types says, by type number.</summary>
internal sealed class GrtTypeTable
{
    private const int Types = 256;

    /// <summary>No record has this size.</summary>
    private const ushort NoSize = ushort.MaxValue;

    private readonly GrtEventKind[] _kinds = new GrtEventKind[Types];
    private readonly string?[] _names = new string?[Types];

    public GrtTypeTable(GrtMetadata metadata)
    {
        Array.Fill(Sizes, NoSize);
        foreach (var type in metadata.Types)
        {
            if (type.Type < Types && type.Name.Length > 0)
            {
                var isKnown = GrtEventNames.TryParse(type.Name, out var kind);
                _kinds[type.Type] = isKnown ? kind : IsCustom(type.Type) ? GrtEventKind.Custom : GrtEventKind.Other;
                _names[type.Type] = type.Name;
                Sizes[type.Type] = GrtHeader.IsPossibleSize(type.Size) ? type.Size : (ushort)GrtLayout.HeaderBytes;
            }
        }

        for (var type = GrtLayout.FirstCustomType; type <= GrtLayout.LastCustomType; type++)
        {
            if (_names[type] is null)
            {
                _kinds[type] = GrtEventKind.Custom;
                _names[type] = type == GrtLayout.FirstCustomType ? "CUSTOM" : $"CUSTOM_{type:X2}";
                Sizes[type] = GrtLayout.JobBytes;
            }
        }
    }

    /// <summary>The least bytes of a record; a size that no record has for a type that nobody knows.</summary>
    public ushort[] Sizes { get; } = new ushort[Types];

    public bool IsKnown(ushort type) => type < Types && _names[type] is not null;

    /// <summary>Only for types that are known.</summary>
    public GrtEventKind Kind(ushort type) => _kinds[type];

    /// <summary>Only for types that are known.</summary>
    public string Name(ushort type) => _names[type]!;

    private static bool IsCustom(ushort type) => type is >= GrtLayout.FirstCustomType and <= GrtLayout.LastCustomType;
}
