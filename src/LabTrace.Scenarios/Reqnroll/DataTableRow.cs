using System.Collections;

namespace Reqnroll;

/// <summary>A row of a table.</summary>
public class DataTableRow : IDictionary<string, string>
{
    private readonly Table _table;
    private readonly string[] _cells;

    internal DataTableRow(Table table, string[] cells)
    {
        _table = table;
        _cells = cells;
    }

    /// <summary>The cell under a column.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such column.</exception>
    public string this[string header]
    {
        get => _cells[_table.HeaderIndex(header)];
        set => _cells[_table.HeaderIndex(header)] = value;
    }

    /// <summary>The cell at a zero-based position.</summary>
    public string this[int index] => _cells[index];

    /// <summary>How many cells there are.</summary>
    public int Count => _cells.Length;

    /// <summary>Names of the columns.</summary>
    public ICollection<string> Keys => _table.Header;

    /// <summary>The cells.</summary>
    public ICollection<string> Values => _cells;

    /// <summary>The table it belongs to.</summary>
    internal Table Table => _table;

    bool ICollection<KeyValuePair<string, string>>.IsReadOnly => true;

    /// <summary>Columns and cells in order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        var index = 0;
        foreach (var column in _table.Header)
        {
            yield return new(column, _cells[index++]);
        }
    }

    /// <summary>Whether a column of exactly this name exists.</summary>
    public bool ContainsKey(string key) => _table.IndexOf(key) >= 0;

    /// <summary>The cell under a column, if it exists.</summary>
    public bool TryGetValue(string key, out string value)
    {
        var index = _table.IndexOf(key);
        value = index >= 0 ? _cells[index] : null!;
        return index >= 0;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void IDictionary<string, string>.Add(string key, string value) => throw ReadOnly();

    bool IDictionary<string, string>.Remove(string key) => throw ReadOnly();

    void ICollection<KeyValuePair<string, string>>.Add(KeyValuePair<string, string> item) => throw ReadOnly();

    void ICollection<KeyValuePair<string, string>>.Clear() => throw ReadOnly();

    bool ICollection<KeyValuePair<string, string>>.Remove(KeyValuePair<string, string> item) => throw ReadOnly();

    bool ICollection<KeyValuePair<string, string>>.Contains(KeyValuePair<string, string> item) =>
        TryGetValue(item.Key, out var value) && value == item.Value;

    void ICollection<KeyValuePair<string, string>>.CopyTo(KeyValuePair<string, string>[] array, int arrayIndex)
    {
        foreach (var pair in this)
        {
            array[arrayIndex++] = pair;
        }
    }

    private static NotSupportedException ReadOnly() => new("A row has the columns of its table.");
}

/// <summary>The rows of a table.</summary>
public class DataTableRows : IEnumerable<DataTableRow>
{
    private readonly List<DataTableRow> _rows = [];

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>The row at a zero-based position.</summary>
    public DataTableRow this[int index] => _rows[index];

    /// <summary>The rows in order.</summary>
    public IEnumerator<DataTableRow> GetEnumerator() => _rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(DataTableRow row) => _rows.Add(row);
}
