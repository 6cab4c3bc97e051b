namespace LabTrace.Tracing;

/// <summary>What a trace.dat is made of.</summary>
internal sealed record TraceDatContent
{
    public required IReadOnlyList<EventFormat> Formats { get; init; }

    public required SymbolTable? Symbols { get; init; }

    public required PrintkFormats? PrintkFormats { get; init; }

    public required CommTable Comms { get; init; }

    public required IReadOnlyList<LostOnCpu> Lost { get; init; }

    public required IReadOnlyList<BufferPages> Buffers { get; init; }

    public required string HeaderEvent { get; init; }
}
