namespace Reqnroll.Assist.ValueRetrievers;

/// <summary>Reads a value type, and null for an empty cell where the member may be null.</summary>
public abstract class StructRetriever<T> : IValueRetriever
    where T : struct
{
    /// <inheritdoc/>
    public bool CanRetrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) =>
        propertyType == typeof(T) || propertyType == typeof(T?);

    /// <inheritdoc/>
    public object? Retrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType)
    {
        if (string.IsNullOrEmpty(keyValuePair.Value))
        {
            return propertyType == typeof(T?) ? null : default(T);
        }

        return GetNonEmptyValue(keyValuePair.Value);
    }

    /// <summary>Reads a cell that is not empty.</summary>
    protected abstract T GetNonEmptyValue(string value);
}
