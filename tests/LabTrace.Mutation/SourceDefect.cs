namespace LabTrace.Mutation;

/// <summary>A defect seeded into a source of the emulated machine before it is compiled, so that the product holds none.</summary>
/// <param name="Name">What is wrong, in a few words.</param>
/// <param name="File">The source, below <c>src/LabTrace.Emulation</c>.</param>
/// <param name="Find">Text that the source holds exactly once.</param>
/// <param name="Replace">What stands there instead.</param>
internal sealed record SourceDefect(string Name, string File, string Find, string Replace);
