using System.Text;

namespace Reqnroll;

/// <summary>A step's table: a header and rows of text.</summary>
public class Table
{
    private readonly List<string> _header;

    /// <summary>Makes a table without rows.</summary>
    /// <param name="header">Names of the columns.</param>
    /// <exception cref="ArgumentException">There is no column.</exception>
    public Table(params string[] header)
    {
        if (header is null || header.Length == 0)
        {
            throw new ArgumentException("No headers to add", nameof(header));
        }

        _header = [.. header];
        Rows = new DataTableRows();
    }

    /// <summary>Makes a table of rows.</summary>
    /// <param name="header">Names of the columns.</param>
    /// <param name="dataRows">The rows, each as long as the header.</param>
    /// <exception cref="ArgumentException">There is no column, or a row has another length.</exception>
    public Table(string[] header, string[][] dataRows)
        : this(header)
    {
        ArgumentNullException.ThrowIfNull(dataRows);
        foreach (var row in dataRows)
        {
            AddRow(row);
        }
    }

    /// <summary>Copies a table.</summary>
    public Table(Table copyFrom)
        : this([.. copyFrom.Header])
    {
        foreach (var row in copyFrom.Rows)
        {
            AddRow([.. row.Values]);
        }
    }

    /// <summary>Names of the columns.</summary>
    public ICollection<string> Header => _header;

    /// <summary>The rows below the header.</summary>
    public DataTableRows Rows { get; }

    /// <summary>How many rows there are, the header not counted.</summary>
    public int RowCount => Rows.Count;

    /// <summary>Whether a column of exactly this name exists.</summary>
    public bool ContainsColumn(string column) => _header.Contains(column);

    /// <summary>Adds a row from values by column; columns that are not named are left empty.</summary>
    public void AddRow(IDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var cells = new string[_header.Count];
        Array.Fill(cells, string.Empty);
        foreach (var (column, value) in values)
        {
            var index = _header.IndexOf(column);
            if (index >= 0)
            {
                cells[index] = value;
            }
        }

        AddRow(cells);
    }

    /// <summary>Adds a row.</summary>
    /// <exception cref="ArgumentException">It is not as long as the header.</exception>
    public void AddRow(params string[] cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells.Length != _header.Count)
        {
            throw new ArgumentException(
                $"The number of cells ({cells.Length}) you are trying to add doesn't match the number of columns ({_header.Count})", nameof(cells));
        }

        Rows.Add(new DataTableRow(this, cells));
    }

    /// <summary>Gives a column another name.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such column.</exception>
    public void RenameColumn(string oldColumn, string newColumn) => _header[HeaderIndex(oldColumn)] = newColumn;

    /// <summary>The table as it would stand in a feature file.</summary>
    public override string ToString() => ToString(headersOnly: false);

    /// <summary>The table as it would stand in a feature file.</summary>
    /// <param name="headersOnly">Leave the rows out.</param>
    /// <param name="withNewline">End with a line break.</param>
    public string ToString(bool headersOnly, bool withNewline = true)
    {
        var widths = new int[_header.Count];
        for (var i = 0; i < widths.Length; i++)
        {
            widths[i] = headersOnly ? _header[i].Length : Rows.Select(row => row[i].Length).Append(_header[i].Length).Max();
        }

        var text = new StringBuilder();
        AppendRow(text, widths, _header);
        if (!headersOnly)
        {
            foreach (var row in Rows)
            {
                text.AppendLine();
                AppendRow(text, widths, row.Values);
            }
        }

        if (withNewline)
        {
            text.AppendLine();
        }

        return text.ToString();
    }

    internal int IndexOf(string column) => _header.IndexOf(column);

    internal int HeaderIndex(string column)
    {
        var index = _header.IndexOf(column);
        return index >= 0
            ? index
            : throw new IndexOutOfRangeException($"Could not find a column named '{column}' in the table.\nThe table looks like this:\n{this}");
    }

    private static void AppendRow(StringBuilder text, int[] widths, ICollection<string> cells)
    {
        text.Append('|');
        var column = 0;
        foreach (var cell in cells)
        {
            text.Append(' ').Append(cell.PadRight(widths[column++])).Append(" |");
        }
    }
}

/// <summary>A step's table, under the name that Cucumber gives it.</summary>
public class DataTable : Table
{
    /// <summary>Makes a table without rows.</summary>
    /// <param name="header">Names of the columns.</param>
    public DataTable(params string[] header)
        : base(header)
    {
    }

    /// <summary>Makes a table of rows.</summary>
    /// <param name="header">Names of the columns.</param>
    /// <param name="dataRows">The rows, each as long as the header.</param>
    public DataTable(string[] header, string[][] dataRows)
        : base(header, dataRows)
    {
    }

    /// <summary>Copies a table.</summary>
    public DataTable(Table copyFrom)
        : base(copyFrom)
    {
    }

    /// <summary>The same table if it is a <see cref="DataTable"/> already, else a copy.</summary>
    public static DataTable FromTable(Table table) => table as DataTable ?? new DataTable(table);
}
