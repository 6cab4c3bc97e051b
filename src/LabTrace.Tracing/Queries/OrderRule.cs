namespace LabTrace.Tracing.Queries;

/// <summary>Checks while events come that each event of a chain follows the one before it: A, then B, then C, for every key by itself, again and again.</summary>
/// <remarks>An event of the chain that comes out of turn is a counter-example; other events may come anywhere. Memory grows with the keys.</remarks>
public sealed class OrderRule
{
    private const int MaxCounterExamples = 100;

    private readonly EventSelector[] _chain;
    private readonly EventKey _key;
    private readonly Dictionary<(Int128 Number, string? Text), (int Next, TraceEvent Last, long Index)> _states = [];
    private readonly List<OrderBreak> _breaks = [];
    private long _withoutKey;

    /// <summary>Makes a rule.</summary>
    /// <param name="chain">What must follow what, at least two.</param>
    /// <param name="key">What events must share to belong to one chain; null for all together.</param>
    public OrderRule(IReadOnlyList<EventSelector> chain, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentOutOfRangeException.ThrowIfLessThan(chain.Count, 2, nameof(chain));
        (_chain, _key) = ([.. chain], new EventKey(key));
    }

    /// <summary>Chains that were run through to their end.</summary>
    public long Complete { get; private set; }

    /// <summary>Events out of turn.</summary>
    public long Broken { get; private set; }

    /// <summary>Chains that were begun and not ended, up to now; events without the key count too.</summary>
    public long Unmatched => _withoutKey + _states.Values.LongCount(s => s.Next > 0);

    /// <summary>The first events out of turn, at most a hundred.</summary>
    public IReadOnlyList<OrderBreak> CounterExamples => _breaks;

    /// <summary>Takes the next event.</summary>
    /// <param name="item">The event.</param>
    /// <param name="index">Its number in the trace, zero-based.</param>
    public void Add(in TraceEvent item, long index)
    {
        var link = LinkOf(item);
        if (link < 0)
        {
            return;
        }

        if (!_key.TryGet(item, isSecond: false, out var shared))
        {
            _withoutKey++;
            return;
        }

        _ = _states.TryGetValue(shared, out var state);

        // One event may be several links (a state machine that passes a state twice): the expected one wins.
        if (_chain[state.Next].Matches(item))
        {
            link = state.Next;
        }
        else
        {
            Broken++;
            if (_breaks.Count < MaxCounterExamples)
            {
                _breaks.Add(new OrderBreak(
                    _chain[state.Next].Text, item.ToKept(), index, state.Next == 0 ? null : state.Last, state.Index, _key.Describe(shared)));
            }
        }

        var next = link + 1;
        if (next == _chain.Length)
        {
            Complete += link == state.Next ? 1 : 0;
            next = 0;
        }

        _states[shared] = (next, item.ToKept(), index);
    }

    private int LinkOf(in TraceEvent item)
    {
        for (var i = 0; i < _chain.Length; i++)
        {
            if (_chain[i].Matches(item))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>An event out of turn.</summary>
/// <param name="Expected">What should have come.</param>
/// <param name="Found">What came.</param>
/// <param name="Index">Its number in the trace, zero-based.</param>
/// <param name="Before">The last event of the chain before it, null when none had come.</param>
/// <param name="BeforeIndex">The number of that event.</param>
/// <param name="Key">The chain's key.</param>
public sealed record OrderBreak(string Expected, TraceEvent Found, long Index, TraceEvent? Before, long BeforeIndex, string Key);
