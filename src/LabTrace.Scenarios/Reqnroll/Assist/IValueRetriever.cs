namespace Reqnroll.Assist;

/// <summary>Reads the value of a member from a cell.</summary>
public interface IValueRetriever
{
    /// <summary>Whether it reads members of this type.</summary>
    bool CanRetrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType);

    /// <summary>Reads the value.</summary>
    object? Retrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType);
}

/// <summary>Compares a cell with the value of a member.</summary>
public interface IValueComparer
{
    /// <summary>Whether it compares values like this one.</summary>
    bool CanCompare(object actualValue);

    /// <summary>Whether the cell says the value.</summary>
    bool Compare(string expectedValue, object actualValue);
}
