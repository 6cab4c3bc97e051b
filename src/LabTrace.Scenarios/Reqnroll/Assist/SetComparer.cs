using System.Text;

namespace Reqnroll.Assist;

/// <summary>Compares a table with a set.</summary>
/// <param name="table">What is expected.</param>
public class SetComparer<T>(Table table)
{
    /// <summary>Compares the members that the table names.</summary>
    /// <param name="set">What there is.</param>
    /// <param name="sequentialEquality">The order must be the same.</param>
    /// <exception cref="ComparisonException">They differ; the message lists how: <c>-</c> is missing, <c>+</c> is too many.</exception>
    public void CompareToSet(IEnumerable<T> set, bool sequentialEquality)
    {
        var actual = set.ToList();
        var unknown = table.Header.Where(column => !TableMembers.Of(typeof(T)).Any(member => TableMembers.Matches(member, column))).ToList();
        if (unknown.Count > 0)
        {
            throw new ComparisonException($"The following fields do not exist:{Environment.NewLine}{string.Join(Environment.NewLine, unknown)}");
        }

        var missing = new List<int>();
        var left = Enumerable.Range(0, actual.Count).ToList();
        for (var row = 0; row < table.RowCount; row++)
        {
            var expected = TableMembers.Vertical(table.Rows[row]);
            var found = sequentialEquality
                ? row < actual.Count && AreEqual(expected, actual[row]) ? row : -1
                : left.FindIndex(index => AreEqual(expected, actual[index])) is >= 0 and var at ? left[at] : -1;
            if (found < 0)
            {
                missing.Add(row);
            }
            else
            {
                left.Remove(found);
            }
        }

        if (missing.Count > 0 || left.Count > 0)
        {
            throw new ComparisonException(Describe(missing, left.ConvertAll(index => actual[index])));
        }
    }

    private static bool AreEqual(Table expected, T actual) => actual is not null && !InstanceComparisonExtensionMethods.Differences(expected, actual).Any();

    private string Describe(List<int> missing, List<T> extra)
    {
        var all = new Table([.. table.Header]);
        var marks = new List<char>();
        for (var row = 0; row < table.RowCount; row++)
        {
            all.AddRow([.. table.Rows[row].Values]);
            marks.Add(missing.Contains(row) ? '-' : ' ');
        }

        foreach (var item in extra)
        {
            all.AddRow([.. table.Header.Select(column => Text(item, column))]);
            marks.Add('+');
        }

        var text = new StringBuilder().AppendLine();
        var lines = all.ToString(headersOnly: false, withNewline: false).Split(Environment.NewLine);
        for (var i = 0; i < lines.Length; i++)
        {
            text.Append(i == 0 ? ' ' : marks[i - 1]).Append(' ').AppendLine(lines[i]);
        }

        return text.ToString();
    }

    private static string Text(T item, string column)
    {
        var member = TableMembers.Of(typeof(T)).First(candidate => TableMembers.Matches(candidate, column));
        return TableMembers.Get(member, item!)?.ToString() ?? string.Empty;
    }
}
