using Google.Protobuf.Collections;
using LabTrace.Tracing.Perfetto;

namespace LabTrace.Tracing;

/// <summary>Numbers for names that are written once and referred to afterwards.</summary>
internal sealed class InternTable
{
    private readonly Dictionary<string, ulong> _numbers = new(StringComparer.Ordinal);

    /// <summary>The name's number; a new name is added to what goes with the packet.</summary>
    public ulong Of(string name, RepeatedField<InternedName> added)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            _numbers[name] = number = (ulong)_numbers.Count + 1;
            added.Add(new InternedName { Iid = number, Name = name });
        }

        return number;
    }
}
