using Reqnroll.Assist.ValueRetrievers;

namespace Reqnroll.Assist;

/// <summary>The retrievers and comparers that table helpers use; add your own before the run.</summary>
public class Service
{
    /// <summary>Starts with those for the usual types.</summary>
    public Service() => RestoreDefaults();

    /// <summary>The one that table helpers use.</summary>
    public static Service Instance { get; internal set; } = new();

    /// <summary>Comparers; the one registered last is asked first.</summary>
    public ServiceComponentList<IValueComparer> ValueComparers { get; } = new();

    /// <summary>Retrievers; the one registered last is asked first.</summary>
    public ServiceComponentList<IValueRetriever> ValueRetrievers { get; } = new();

    /// <summary>Forgets what was registered.</summary>
    public void RestoreDefaults()
    {
        ValueComparers.Clear();
        ValueComparers.SetDefault(new DefaultValueComparer());
        ValueComparers.Register(new ListValueComparer());
        ValueComparers.Register(new ParsingValueComparer());
        ValueRetrievers.Clear();
        ValueRetrievers.Register(new ListValueRetriever());
        ValueRetrievers.Register(new EnumValueRetriever());
        ValueRetrievers.Register(new UriValueRetriever());
        ValueRetrievers.Register(new GuidValueRetriever());
        ValueRetrievers.Register(new ParsableValueRetriever());
        ValueRetrievers.Register(new StringValueRetriever());
    }

    /// <summary>The retriever for a cell, or null.</summary>
    /// <param name="row">A row whose first cell names the member and whose second holds the value.</param>
    /// <param name="targetType">The type that has the member.</param>
    /// <param name="propertyType">The member's type.</param>
    public IValueRetriever GetValueRetrieverFor(DataTableRow row, Type targetType, Type propertyType) =>
        Find(new KeyValuePair<string, string>(row[0], row[1]), targetType, propertyType)!;

    internal IValueRetriever? Find(KeyValuePair<string, string> cell, Type targetType, Type propertyType) =>
        ValueRetrievers.FirstOrDefault(retriever => retriever.CanRetrieve(cell, targetType, propertyType));

    internal bool AreEqual(string expected, object? actual) =>
        ValueComparers.First(comparer => comparer.CanCompare(actual!)).Compare(expected, actual!);
}
