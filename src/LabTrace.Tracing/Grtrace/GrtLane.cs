using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace LabTrace.Tracing;

/// <summary>The records of one cpu in one source that wait to be given.</summary>
internal sealed class GrtLane(int index, uint cpu, GrtSource source)
{
    private readonly Queue<GrtRun> _runs = new();
    private GrtRun _run;

    // Type and size of the current record.
    private uint _word;

    public int Index { get; } = index;

    public uint Cpu { get; } = cpu;

    public GrtSource Source { get; } = source;

    public byte[] Bytes { get; private set; } = [];

    /// <summary>Where the current record starts.</summary>
    public int At { get; private set; }

    public ulong Time { get; private set; }

    public ulong Gseq { get; private set; }

    /// <summary>The number that the cpu's next event should have; null before its first.</summary>
    public ulong? NextCseq { get; set; }

    /// <summary>When its last event was recorded that was given.</summary>
    public ulong LastTime { get; set; }

    public ulong Lost { get; set; }

    public ulong DeclaredLost { get; set; }

    /// <summary>Whether it has a current record.</summary>
    public bool HasRecord { get; private set; }

    public bool IsEmpty => !HasRecord && _runs.Count == 0;

    /// <summary>In which round the current record was added, for live sources.</summary>
    public int Round => _run.Round;

    public ushort Type => (ushort)_word;

    public int Size => (int)(_word >> 16);

    public void Add(GrtRun run)
    {
        run.Block.Users++;
        _runs.Enqueue(run);
    }

    /// <summary>Steps to the first record of the next run, if there is one.</summary>
    public bool Begin()
    {
        if (!_runs.TryDequeue(out _run))
        {
            HasRecord = false;
            return false;
        }

        HasRecord = true;
        Bytes = _run.Block.Bytes;
        At = _run.Start;
        Look();
        return true;
    }

    /// <summary>Steps to the next record; false when the run has ended, and its block is then given back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Advance()
    {
        var next = At + Size;
        if (next < _run.End)
        {
            At = next;
            Look();
            return true;
        }

        return false;
    }

    /// <summary>Gives back the ended run's block and steps to the next run.</summary>
    public bool AdvanceRun()
    {
        Source.Release(_run);
        return Begin();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Look()
    {
        var header = Bytes.AsSpan(At, GrtLayout.HeaderBytes);
        _word = BinaryPrimitives.ReadUInt32LittleEndian(header);
        Time = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        Gseq = BinaryPrimitives.ReadUInt64LittleEndian(header[16..]);
    }
}
