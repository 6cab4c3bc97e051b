namespace LabTrace.Emulation.Programs;

/// <summary>Where a program's output goes: kept up to a limit or, once someone streams it, through a pipe that fills.</summary>
internal sealed class ProgramOutput(int limit)
{
    /// <summary>What a pipe holds before its writer has to wait.</summary>
    public const int PipeSize = 65536;

    private readonly List<byte> _kept = [];
    private readonly Queue<byte[]> _pipe = new();
    private int _inPipe;
    private int _taken;

    /// <summary>Whether the bytes go to a reader instead of being kept.</summary>
    public bool IsStreamed { get; private set; }

    /// <summary>Bytes beyond the limit.</summary>
    public long Dropped { get; private set; }

    public byte[] Kept => _kept.ToArray();

    public bool HasRoom => !IsStreamed || _inPipe < PipeSize;

    public bool HasData => _inPipe > 0;

    /// <summary>From now on a reader takes the bytes, with those that are there already.</summary>
    public void Stream()
    {
        if (!IsStreamed)
        {
            IsStreamed = true;
            var there = _kept.ToArray();
            _kept.Clear();
            Enqueue(there);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (IsStreamed)
        {
            Enqueue(bytes.ToArray());
            return;
        }

        var room = Math.Min(bytes.Length, limit - _kept.Count);
        _kept.AddRange(bytes[..room]);
        Dropped += bytes.Length - room;
    }

    public int Read(Span<byte> buffer)
    {
        var count = 0;
        while (count < buffer.Length && _pipe.TryPeek(out var first))
        {
            var piece = Math.Min(buffer.Length - count, first.Length - _taken);
            first.AsSpan(_taken, piece).CopyTo(buffer[count..]);
            count += piece;
            _taken += piece;
            if (_taken == first.Length)
            {
                _ = _pipe.Dequeue();
                _taken = 0;
            }
        }

        _inPipe -= count;
        return count;
    }

    private void Enqueue(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            _pipe.Enqueue(bytes);
            _inPipe += bytes.Length;
        }
    }
}
