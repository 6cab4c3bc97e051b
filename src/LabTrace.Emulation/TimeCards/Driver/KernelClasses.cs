using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>Directories of <c>/sys/class</c> and <c>/dev</c> that come with their first entry and stay.</summary>
internal sealed class KernelClasses(FileTree tree)
{
    private readonly Dictionary<string, AttributeDirectory> _classes = new(StringComparer.Ordinal);

    public FileTree Tree { get; } = tree;

    public OrdinaryDirectory Dev => Tree.MakeOrdinary("/dev");

    public AttributeDirectory this[string name]
    {
        get
        {
            if (!_classes.TryGetValue(name, out var found))
            {
                found = new AttributeDirectory(0x1ED);
                _classes.Add(name, found);
                Tree.Put("/sys/class/" + name, found);
            }

            return found;
        }
    }
}
