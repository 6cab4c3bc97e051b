using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Grtrace;

/// <summary>Contexts and rings that are watched, or left out.</summary>
internal sealed class WatchList
{
    private const int MostEntries = 64;
    private readonly SortedSet<ulong> _contexts = [];
    private SortedSet<uint> _rings = [];

    /// <summary>Whether only listed contexts pass, or all but them.</summary>
    public bool AllowsContexts { get; set; } = true;

    /// <summary>Whether only listed rings pass, or all but them.</summary>
    public bool AllowsRings { get; private set; } = true;

    public int ContextCount => _contexts.Count;

    public int RingCount => _rings.Count;

    /// <summary>The rings as <c>watchlist</c> reads and takes them.</summary>
    public string RingText => string.Join(',', _rings.Select(r => (AllowsRings ? "" : "!") + r.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Adds a context.</summary>
    /// <exception cref="Refusal">ENOSPC when the list is full.</exception>
    public void AddContext(ulong context)
    {
        if (_contexts.Count >= MostEntries && !_contexts.Contains(context))
        {
            Refusal.Throw(Errno.ENOSPC);
        }

        _ = _contexts.Add(context);
    }

    public void ClearContexts() => _contexts.Clear();

    /// <summary>Takes a list of rings: <c>0,1</c> lets only these pass, <c>!2</c> all but this; nothing ends the watching.</summary>
    /// <exception cref="Refusal">EINVAL, ENOSPC; the list is then as it was.</exception>
    public void SetRings(string text)
    {
        var words = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        SortedSet<uint> rings = [];
        var denied = words.Count(w => w.StartsWith('!'));
        if (denied != 0 && denied != words.Length)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        foreach (var word in words)
        {
            if (!KernelNumber.TryParse(word.TrimStart('!'), uint.MaxValue, out var ring) || word.Count(c => c == '!') > 1)
            {
                Refusal.Throw(Errno.EINVAL);
            }

            _ = rings.Add((uint)ring);
        }

        if (rings.Count > MostEntries)
        {
            Refusal.Throw(Errno.ENOSPC);
        }

        (_rings, AllowsRings) = (rings, denied == 0);
    }

    /// <summary>Whether an event of a context on a ring passes.</summary>
    public bool Passes(ulong context, uint ring) =>
        (_contexts.Count == 0 || _contexts.Contains(context) == AllowsContexts)
        && (_rings.Count == 0 || _rings.Contains(ring) == AllowsRings);
}
