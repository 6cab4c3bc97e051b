using System.Collections;
using Reqnroll.Assist.ValueRetrievers;

namespace Reqnroll.Assist;

/// <summary>Compares by text; an empty cell says null.</summary>
internal sealed class DefaultValueComparer : IValueComparer
{
    public bool CanCompare(object? actualValue) => true;

    public bool Compare(string expectedValue, object? actualValue) => expectedValue == (actualValue?.ToString() ?? string.Empty);
}

/// <summary>Compares values that have more than one spelling: 1.0 and 1, 2026-11-21 and 21 Nov 2026.</summary>
internal sealed class ParsingValueComparer : IValueComparer
{
    public bool CanCompare(object? actualValue) => actualValue is not null and not char
        && (actualValue is Guid || new ParsableValueRetriever().CanRetrieve(default, actualValue.GetType(), actualValue.GetType()));

    public bool Compare(string expectedValue, object? actualValue)
    {
        try
        {
            return actualValue is Guid guid
                ? GuidValueRetriever.Parse(expectedValue) == guid
                : ParsableValueRetriever.Read(expectedValue, actualValue!.GetType()).Equals(actualValue);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return false;
        }
    }
}

/// <summary>Compares lists with values that are separated by commas or semicolons.</summary>
internal sealed class ListValueComparer : IValueComparer
{
    public bool CanCompare(object? actualValue) => actualValue is IEnumerable and not string;

    public bool Compare(string expectedValue, object? actualValue)
    {
        var actual = ((IEnumerable)actualValue!).Cast<object?>().ToArray();
        var expected = expectedValue.Length == 0 ? [] : ListValueRetriever.Split(expectedValue);
        return expected.Length == actual.Length && expected.Zip(actual).All(pair => Service.Instance.AreEqual(pair.First, pair.Second));
    }
}
