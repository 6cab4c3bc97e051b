using LabTrace.Devices;

namespace LabTrace.Emulation.Files;

/// <summary>A device node whose driver takes more than reads and writes.</summary>
internal abstract class CharacterDevice(int mode) : FileNode(mode)
{
    public override FileKind Kind => FileKind.Special;

    /// <summary>Opens it for ioctls.</summary>
    /// <exception cref="Refusal">ENODEV and others of the driver.</exception>
    public abstract ICharacterFile OpenDevice(bool canWrite);
}

/// <summary>An open device node; every call is made under the machine's lock.</summary>
internal interface ICharacterFile
{
    /// <summary>Whether a read gives something now. Lets the device do what is due.</summary>
    bool HasData { get; }

    /// <summary>When something is expected to come, on the machine's clock, or null.</summary>
    long? NextDataNs { get; }

    /// <summary>How much of a request's structure is an answer, where the caller can take no more than the request says.</summary>
    int AnswerBytes(int wanted) => wanted;

    void Control(uint request, Span<byte> argument);

    void Control(uint request, int argument);

    int Read(Span<byte> buffer);

    DeviceTime GetTime();

    void SetTime(DeviceTime time);

    void Adjust(Span<byte> timex);

    void Close();
}
