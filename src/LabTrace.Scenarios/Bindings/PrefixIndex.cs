namespace LabTrace.Scenarios.Bindings;

/// <summary>Finds the definitions whose literal prefix a text starts with, however many there are.</summary>
/// <remarks>
/// Prefixes are sorted and each knows the longest other prefix it starts with. Every prefix of a text is the greatest one not
/// behind the text in that order, or an ancestor of it: one binary search finds all.
/// </remarks>
internal sealed class PrefixIndex<T>
    where T : class
{
    private readonly string[] _prefixes;
    private readonly T[][] _items;
    private readonly int[] _parents;

    /// <param name="items">What to find.</param>
    /// <param name="prefixOf">The literal prefix of an item.</param>
    public PrefixIndex(IEnumerable<T> items, Func<T, string> prefixOf)
    {
        var groups = items.GroupBy(prefixOf, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        _prefixes = [.. groups.Select(group => group.Key)];
        _items = [.. groups.Select(group => group.ToArray())];
        _parents = new int[_prefixes.Length];
        for (var i = 0; i < _prefixes.Length; i++)
        {
            var parent = i - 1;
            while (parent >= 0 && !_prefixes[i].StartsWith(_prefixes[parent], StringComparison.Ordinal))
            {
                parent = _parents[parent];
            }

            _parents[i] = parent;
        }
    }

    /// <summary>Adds the items whose prefix the text starts with.</summary>
    public void Find(string text, List<T> found)
    {
        var at = Array.BinarySearch(_prefixes, text, StringComparer.Ordinal);
        if (at < 0)
        {
            at = ~at - 1;
        }

        while (at >= 0)
        {
            if (text.StartsWith(_prefixes[at], StringComparison.Ordinal))
            {
                found.AddRange(_items[at]);
            }

            at = _parents[at];
        }
    }
}
