namespace LabTrace.Tracing;

/// <summary>What printing needs beyond the record: kernel symbols and printk texts.</summary>
/// <param name="Symbols">Kernel symbols, or null.</param>
/// <param name="PrintkFormats">Texts by address, or null.</param>
public sealed record PrintContext(SymbolTable? Symbols, PrintkFormats? PrintkFormats)
{
    /// <summary>Addresses stay numbers.</summary>
    public static PrintContext None { get; } = new(null, null);
}
