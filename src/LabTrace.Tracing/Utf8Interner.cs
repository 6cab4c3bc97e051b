using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LabTrace.Tracing;

/// <summary>Finds the one object that belongs to some bytes, without making a string of them first.</summary>
internal sealed class Utf8Interner<T>(Func<ReadOnlySpan<byte>, T> make)
    where T : class
{
    /// <summary>A capture with more distinct names than this is not trusted to have few; further ones are made each time.</summary>
    private const int MaxEntries = 1 << 16;

    private (uint Hash, byte[] Key, T Value)[] _slots = new (uint, byte[], T)[256];
    private int _count;

    public T Get(ReadOnlySpan<byte> key)
    {
        var hash = Hash(key);
        var mask = _slots.Length - 1;
        for (var i = (int)hash & mask; ; i = (i + 1) & mask)
        {
            ref var slot = ref _slots[i];
            if (slot.Key is null)
            {
                return Add(hash, key);
            }

            if (slot.Hash == hash && key.SequenceEqual(slot.Key))
            {
                return slot.Value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> key)
    {
        var hash = (ulong)key.Length * 0x9E3779B97F4A7C15;
        while (key.Length >= 8)
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(key)) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 29;
            key = key[8..];
        }

        foreach (var value in key)
        {
            hash = (hash ^ value) * 0x100000001B3;
        }

        return (uint)(hash ^ hash >> 32);
    }

    private T Add(uint hash, ReadOnlySpan<byte> key)
    {
        var value = make(key);
        if (_count >= MaxEntries)
        {
            return value;
        }

        if (++_count * 2 > _slots.Length)
        {
            var old = _slots;
            _slots = new (uint, byte[], T)[old.Length * 2];
            foreach (var slot in old.Where(s => s.Key is not null))
            {
                Put(slot);
            }
        }

        Put((hash, key.ToArray(), value));
        return value;
    }

    private void Put((uint Hash, byte[] Key, T Value) slot)
    {
        var mask = _slots.Length - 1;
        var i = (int)slot.Hash & mask;
        while (_slots[i].Key is not null)
        {
            i = (i + 1) & mask;
        }

        _slots[i] = slot;
    }
}
