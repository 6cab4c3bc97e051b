namespace Reqnroll.Assist;

/// <summary>Finds what a table describes.</summary>
public static class FindInSetExtensionMethods
{
    /// <summary>The one instance that the table describes, or null.</summary>
    /// <exception cref="ComparisonException">There are several.</exception>
    public static T FindInSet<T>(this Table table, IEnumerable<T> set)
    {
        var found = table.FindAllInSet(set).ToList();
        return found.Count > 1 ? throw new ComparisonException("Multiple instances match the table") : found.FirstOrDefault()!;
    }

    /// <summary>All instances that the table describes.</summary>
    public static IEnumerable<T> FindAllInSet<T>(this Table table, IEnumerable<T> set) => [.. set.Where(table.IsEquivalentToInstance)];
}
