using LabTrace.Devices;
using LabTrace.Devices.Recordings;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Kernel;

/// <summary>The files of a recorded place: every read gives what it gave then, every write is refused.</summary>
internal sealed class ReplayDevice : IEmulatedDevice
{
    private const string Hint = "this place replays a recording, which takes no writes: use the emulated card or the machine itself";

    public void Attach(Machine machine)
    {
        if (machine.Options.Replay is not { } recording)
        {
            return;
        }

        foreach (var entry in recording.Entries)
        {
            switch (entry.Kind)
            {
                case FileKind.Directory:
                    machine.Tree.MakeOrdinary(entry.Path).Mode = entry.Mode;
                    break;
                case FileKind.SymbolicLink:
                    machine.Tree.Put(entry.Path, new LinkNode(entry.Link ?? ""));
                    break;
                default:
                    machine.Tree.Put(entry.Path, File(entry));
                    break;
            }
        }
    }

    private static AttributeFile File(RecordedEntry entry)
    {
        const int anyWrite = 0x92;
        return new AttributeFile(entry.Mode)
        {
            ShowBytes = entry.Content is { } content ? () => content : null,
            ReadRefusal = entry.Errno == Errno.None ? Errno.EIO : entry.Errno,
            WriteRefusal = (entry.Mode & anyWrite) == 0 ? Errno.EACCES : Errno.None,
            Store = _ => throw new Refusal(Errno.EROFS, Hint),
        };
    }
}
