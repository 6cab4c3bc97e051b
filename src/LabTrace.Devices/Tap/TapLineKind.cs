namespace LabTrace.Devices.Tap;

/// <summary>The kind of a line, told without its indentation.</summary>
internal enum TapLineKind
{
    Other,
    Blank,
    Comment,
    Version,
    Plan,
    Test,
    BailOut,
    Pragma,
    OpenBrace,
    CloseBrace,
    YamlStart,
}
