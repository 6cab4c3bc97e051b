namespace LabTrace.Devices.Elf;

/// <summary>A program's file is not an ELF file this reader understands, or it is damaged.</summary>
public sealed class ElfFormatException : LabException
{
    /// <summary>Makes the error.</summary>
    /// <param name="path">The file on the target.</param>
    /// <param name="found">What was found and what was expected.</param>
    /// <param name="offset">Where in the file, in bytes.</param>
    /// <param name="hint">What to try, or null.</param>
    public ElfFormatException(string path, string found, long offset, string? hint = null)
        : base($"ELF file '{path}': {found} at offset {offset}", hint) => Offset = offset;

    /// <summary>Where in the file, in bytes.</summary>
    public long Offset { get; }
}
