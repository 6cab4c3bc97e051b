using Reqnroll.Assist;

namespace Reqnroll;

/// <summary>Makes instances from tables. Columns name members; letter case, blanks and underscores are ignored.</summary>
public static class TableHelperExtensionMethods
{
    /// <summary>Makes an instance of a table with one row, or with names and values below each other.</summary>
    public static T CreateInstance<T>(this Table table) => table.CreateInstance<T>((InstanceCreationOptions?)null);

    /// <summary>Makes an instance of a table with one row, or with names and values below each other.</summary>
    /// <exception cref="ColumnCouldNotBeBoundException">A column has no member, and the options ask for one.</exception>
    public static T CreateInstance<T>(this Table table, InstanceCreationOptions? creationOptions) =>
        InstanceFactory.Create<T>(TableMembers.Vertical(table, typeof(T)), creationOptions);

    /// <summary>Fills an instance that a function makes.</summary>
    public static T CreateInstance<T>(this Table table, Func<T> methodToCreateTheInstance) => table.CreateInstance(methodToCreateTheInstance, null);

    /// <summary>Fills an instance that a function makes.</summary>
    public static T CreateInstance<T>(this Table table, Func<T> methodToCreateTheInstance, InstanceCreationOptions? creationOptions)
    {
        var instance = methodToCreateTheInstance();
        table.FillInstance(instance!, creationOptions);
        return instance;
    }

    /// <summary>Sets the members that the table names.</summary>
    public static void FillInstance(this Table table, object instance) => table.FillInstance(instance, null);

    /// <summary>Sets the members that the table names.</summary>
    public static void FillInstance(this Table table, object instance, InstanceCreationOptions? creationOptions) =>
        InstanceFactory.Fill(TableMembers.Vertical(table, instance.GetType()), instance, creationOptions);

    /// <summary>Makes an instance of each row.</summary>
    public static IEnumerable<T> CreateSet<T>(this Table table) => table.CreateSet<T>((InstanceCreationOptions?)null);

    /// <summary>Makes an instance of each row.</summary>
    public static IEnumerable<T> CreateSet<T>(this Table table, InstanceCreationOptions? creationOptions) =>
        [.. table.Rows.Select(row => InstanceFactory.Create<T>(TableMembers.Vertical(row), creationOptions))];

    /// <summary>Fills an instance that a function makes for each row.</summary>
    public static IEnumerable<T> CreateSet<T>(this Table table, Func<T> methodToCreateEachInstance) =>
        table.CreateSet(_ => methodToCreateEachInstance(), null);

    /// <summary>Fills an instance that a function makes for each row.</summary>
    public static IEnumerable<T> CreateSet<T>(this Table table, Func<T> methodToCreateEachInstance, InstanceCreationOptions? creationOptions) =>
        table.CreateSet(_ => methodToCreateEachInstance(), creationOptions);

    /// <summary>Fills an instance that a function makes of each row.</summary>
    public static IEnumerable<T> CreateSet<T>(this Table table, Func<DataTableRow, T> methodToCreateEachInstance) =>
        table.CreateSet(methodToCreateEachInstance, null);

    /// <summary>Fills an instance that a function makes of each row.</summary>
    public static IEnumerable<T> CreateSet<T>(
        this Table table, Func<DataTableRow, T> methodToCreateEachInstance, InstanceCreationOptions? creationOptions)
    {
        var set = new List<T>();
        foreach (var row in table.Rows)
        {
            object instance = methodToCreateEachInstance(row)!;
            InstanceFactory.Fill(TableMembers.Vertical(row), instance, creationOptions);
            set.Add((T)instance);
        }

        return set;
    }
}

/// <summary>Names the cells of a table of names and values.</summary>
public static class TableHelpers
{
    /// <summary>The first cell.</summary>
    public static string Id(this DataTableRow row) => row[0];

    /// <summary>The second cell.</summary>
    public static string Value(this DataTableRow row) => row[1];
}

/// <summary>Compares a table with an instance.</summary>
public static class InstanceComparisonExtensionMethods
{
    /// <summary>Compares the members that the table names.</summary>
    /// <exception cref="ComparisonException">They differ; the message lists how.</exception>
    public static void CompareToInstance<T>(this Table table, T instance)
    {
        if (instance is null)
        {
            throw new ComparisonException("The item to compare was null.");
        }

        var differences = Differences(TableMembers.Vertical(table, typeof(T)), instance).ToList();
        if (differences.Count > 0)
        {
            throw new ComparisonException($"The following fields did not match:{Environment.NewLine}{string.Join(Environment.NewLine, differences)}");
        }
    }

    /// <summary>Whether the members that the table names have its values.</summary>
    public static bool IsEquivalentToInstance<T>(this Table table, T instance) =>
        instance is not null && !Differences(TableMembers.Vertical(table, typeof(T)), instance).Any();

    internal static IEnumerable<string> Differences(Table vertical, object instance)
    {
        foreach (var row in vertical.Rows)
        {
            var member = TableMembers.Of(instance.GetType()).FirstOrDefault(candidate => TableMembers.Matches(candidate, row[0]));
            if (member is null)
            {
                yield return $"{row[0]}: Property does not exist";
            }
            else if (TableMembers.Get(member, instance) is var actual && !Service.Instance.AreEqual(row[1], actual))
            {
                yield return $"{member.Name}: Expected <{row[1]}>, Actual <{actual}>";
            }
        }
    }
}

/// <summary>Compares a table with a set.</summary>
public static class SetComparisonExtensionMethods
{
    /// <summary>Compares the members that the table names, row by row.</summary>
    /// <param name="table">What is expected.</param>
    /// <param name="set">What there is.</param>
    /// <param name="sequentialEquality">The order must be the same.</param>
    /// <exception cref="ComparisonException">They differ; the message lists how.</exception>
    public static void CompareToSet<T>(this Table table, IEnumerable<T> set, bool sequentialEquality = false) =>
        new SetComparer<T>(table).CompareToSet(set, sequentialEquality);
}
