using System.Globalization;

namespace LabTrace.Emulation.Grtrace;

/// <summary>What was offered and written in each of the last sixty seconds in which anything was.</summary>
internal sealed class SecondStats
{
    private const int MostSeconds = 60;
    private const long SecondNs = 1_000_000_000;
    private readonly Queue<long[]> _seconds = new();
    private long[] _current = [-1, 0, 0];

    /// <summary>Counts an event.</summary>
    public void Count(long nowNs, bool isWritten)
    {
        var second = nowNs / SecondNs;
        if (second != _current[0])
        {
            _current = [second, 0, 0];
            _seconds.Enqueue(_current);
            if (_seconds.Count > MostSeconds)
            {
                _ = _seconds.Dequeue();
            }
        }

        _current[isWritten ? 2 : 1]++;
    }

    public void Clear()
    {
        _seconds.Clear();
        _current = [-1, 0, 0];
    }

    public string Text() => "second,offered,written\n" + string.Concat(_seconds.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s[0]},{s[1]},{s[2]}\n")));
}
