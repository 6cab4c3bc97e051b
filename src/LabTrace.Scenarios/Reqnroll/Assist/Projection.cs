using System.Collections;

namespace Reqnroll.Assist;

/// <summary>An instance seen through some of its members, so that LINQ's set operators compare it with rows of a table.</summary>
/// <param name="item">The instance.</param>
/// <param name="properties">The members that count, or null for all.</param>
public class Projection<T>(T item, IEnumerable<string>? properties)
{
    private readonly string[] _properties = properties?.ToArray() ?? [];

    /// <summary>Whether the members that count are the same in both.</summary>
    public override bool Equals(object? obj) => obj is Projection<T> other && Values(this).SequenceEqual(Values(other));

    /// <summary>The same for all: members are compared one by one.</summary>
    public override int GetHashCode() => 0;

    private static IEnumerable<object?> Values(Projection<T> projection) => TableMembers.Of(typeof(T))
        .Where(member => projection._properties.Length == 0 || projection._properties.Any(property => TableMembers.Matches(member, property)))
        .Select(member => TableMembers.Get(member, projection.Item!));

    private T Item => item;
}

/// <summary>Instances seen through the members that a table names.</summary>
/// <param name="table">The table.</param>
/// <param name="collection">The instances, or null for those the table describes.</param>
public class EnumerableProjection<T>(Table table, IEnumerable<T>? collection = null) : IEnumerable<Projection<T>>
{
    /// <summary>The instances in order.</summary>
    public IEnumerator<Projection<T>> GetEnumerator() =>
        (collection ?? table.CreateSet<T>()).Select(item => new Projection<T>(item, table.Header)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether both hold the same, order ignored.</summary>
    public override bool Equals(object? obj) =>
        obj is IEnumerable<Projection<T>> other && this.Count() == other.Count() && !this.Except(other).Any();

    /// <summary>The same for all: members are compared one by one.</summary>
    public override int GetHashCode() => 0;
}

/// <summary>Sees tables and sets as projections.</summary>
public static class ProjectionExtensionMethods
{
    /// <summary>A set, seen through the members that the table names.</summary>
    public static IEnumerable<Projection<T>> ToProjection<T>(this IEnumerable<T> collection, Table? table = null) =>
        table is null ? collection.Select(item => new Projection<T>(item, null)) : new EnumerableProjection<T>(table, collection);

    /// <summary>The instances that a table describes.</summary>
    public static IEnumerable<Projection<T>> ToProjection<T>(this Table table) => new EnumerableProjection<T>(table);

    /// <summary>The instances that a table describes, to be compared with a set.</summary>
    public static IEnumerable<Projection<T>> ToProjectionOfSet<T>(this Table table, IEnumerable<T> collection) => new EnumerableProjection<T>(table);

    /// <summary>The instance that a table describes, to be compared with one.</summary>
    public static IEnumerable<Projection<T>> ToProjectionOfInstance<T>(this Table table, T instance) =>
        [new Projection<T>(table.CreateInstance<T>(), TableMembers.Vertical(table, typeof(T)).Rows.Select(row => row[0]))];
}
