using System.Buffers.Binary;
using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Grtrace;

/// <summary>What is to go wrong in grtrace, as a scenario asked.</summary>
internal sealed class GrtraceFaults
{
    private const ushort ImpossibleSize = 7;
    private readonly Dictionary<string, Errno> _refusals = new(StringComparer.Ordinal);
    private int _lostSubBuffers;
    private int _damagedRecords;

    /// <summary>What the clock of the stream is off by since it stepped.</summary>
    public long ClockStepNs { get; private set; }

    /// <summary>The next sub-buffers that are finished vanish.</summary>
    public void LoseSubBuffers(int count) => _lostSubBuffers = count;

    /// <summary>The next records have a size that no record has.</summary>
    public void DamageRecords(int count) => _damagedRecords = count;

    public void StepClock(long ns) => ClockStepNs += ns;

    /// <summary>A file refuses reads and writes; <see cref="Errno.None"/> ends that.</summary>
    public void Refuse(string file, Errno errno) => _refusals[file] = errno;

    /// <exception cref="Refusal">The file is to refuse.</exception>
    public void Check(string file)
    {
        if (_refusals.TryGetValue(file, out var errno) && errno != Errno.None)
        {
            Refusal.Throw(errno);
        }
    }

    public bool TakeLostSubBuffer()
    {
        if (_lostSubBuffers == 0)
        {
            return false;
        }

        _lostSubBuffers--;
        return true;
    }

    public void Damage(Span<byte> record)
    {
        if (_damagedRecords > 0)
        {
            _damagedRecords--;
            BinaryPrimitives.WriteUInt16LittleEndian(record[2..], ImpossibleSize);
        }
    }

    /// <summary>The files with which a scenario asks for them.</summary>
    /// <param name="failLoading">Lets the loading of a module fail.</param>
    /// <param name="stallRing">Stalls a ring, or lets all go on with null.</param>
    /// <param name="loseModuleIndex">Takes depmod's index away, as when modules were copied and depmod was not run.</param>
    /// <param name="removeProgram">Takes a program away.</param>
    public AttributeDirectory Files(Action<string, Errno> failLoading, Action<uint?> stallRing, Action loseModuleIndex, Action<string> removeProgram) => new AttributeDirectory(0x1C0)
        .Add("lose_subbufs", Number(n => LoseSubBuffers((int)n)))
        .Add("corrupt_records", Number(n => DamageRecords((int)n)))
        .Add("clock_step_ns", Number(StepClock))
        .Add("stall_ring", Number(n => stallRing(n < 0 ? null : (uint)n)))
        .Add("no_module_index", Number(_ => loseModuleIndex()))
        .Add("no_program", new AttributeFile(0x80) { Store = text => removeProgram(text.Trim()) })
        .Add("fail_load", Named(failLoading))
        .Add("fail_io", Named(Refuse));

    private static AttributeFile Number(Action<long> store) => new(0x80)
    {
        Store = text => store(long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new Refusal(Errno.EINVAL)),
    };

    private static AttributeFile Named(Action<string, Errno> store) => new(0x80)
    {
        Store = text =>
        {
            var words = text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 2 || !Enum.TryParse<Errno>(words[1], ignoreCase: true, out var errno))
            {
                throw new Refusal(Errno.EINVAL);
            }

            store(words[0], errno);
        },
    };
}
