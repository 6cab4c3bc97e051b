using System.Collections;
using System.Globalization;

namespace Reqnroll.Assist.ValueRetrievers;

/// <summary>Takes a cell as it is.</summary>
public class StringValueRetriever : IValueRetriever
{
    /// <inheritdoc/>
    public bool CanRetrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) => propertyType == typeof(string);

    /// <inheritdoc/>
    public object? Retrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) => keyValuePair.Value;
}

/// <summary>Reads a chosen text as null: <c>Service.Instance.ValueRetrievers.Register(new NullValueRetriever("&lt;null&gt;"))</c>.</summary>
/// <param name="nullText">The text that means null, letter case ignored.</param>
public class NullValueRetriever(string nullText) : IValueRetriever
{
    /// <inheritdoc/>
    public bool CanRetrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) =>
        (!propertyType.IsValueType || Nullable.GetUnderlyingType(propertyType) is not null)
        && string.Equals(keyValuePair.Value, nullText, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public object? Retrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) => null;
}

/// <summary>Reads enums by name, blanks removed and letter case ignored.</summary>
public class EnumValueRetriever : IValueRetriever
{
    /// <inheritdoc/>
    public bool CanRetrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) =>
        (Nullable.GetUnderlyingType(propertyType) ?? propertyType).IsEnum;

    /// <inheritdoc/>
    public object? Retrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType)
    {
        var type = Nullable.GetUnderlyingType(propertyType);
        if (type is not null && string.IsNullOrWhiteSpace(keyValuePair.Value))
        {
            return null;
        }

        return Enum.TryParse(type ?? propertyType, keyValuePair.Value.Replace(" ", string.Empty), ignoreCase: true, out var value)
            ? value
            : throw new InvalidOperationException($"No enum with value {keyValuePair.Value} found");
    }
}

/// <summary>Reads URIs.</summary>
public class UriValueRetriever : IValueRetriever
{
    /// <inheritdoc/>
    public bool CanRetrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) => propertyType == typeof(Uri);

    /// <inheritdoc/>
    public object? Retrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) =>
        string.IsNullOrEmpty(keyValuePair.Value) ? null : new Uri(keyValuePair.Value, UriKind.RelativeOrAbsolute);
}

/// <summary>Reads numbers, dates, times, characters and booleans; an empty cell is null or the type's default.</summary>
/// <remarks>A cell that is no such value is an error; Reqnroll takes it for zero.</remarks>
public class ParsableValueRetriever : IValueRetriever
{
    private static readonly HashSet<Type> Types =
    [
        typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(float), typeof(double), typeof(decimal), typeof(char), typeof(bool), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan),
    ];

    /// <inheritdoc/>
    public bool CanRetrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) =>
        Types.Contains(Nullable.GetUnderlyingType(propertyType) ?? propertyType);

    /// <inheritdoc/>
    public object? Retrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType)
    {
        var type = Nullable.GetUnderlyingType(propertyType);
        if (string.IsNullOrEmpty(keyValuePair.Value))
        {
            return type is null ? Activator.CreateInstance(propertyType) : null;
        }

        return Read(keyValuePair.Value, type ?? propertyType);
    }

    internal static object Read(string text, Type type)
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            return type == typeof(bool) ? Truth(text)
                : type == typeof(TimeSpan) ? TimeSpan.Parse(text, culture)
                : type == typeof(DateTimeOffset) ? DateTimeOffset.Parse(text, culture)
                : type == typeof(float) ? float.Parse(text, NumberStyles.Any, culture)
                : type == typeof(double) ? double.Parse(text, NumberStyles.Any, culture)
                : type == typeof(decimal) ? decimal.Parse(text, NumberStyles.Any, culture)
                : type == typeof(char) ? text.Length == 1 ? text[0] : '\0'
                : type == typeof(DateTime) ? DateTime.Parse(text, culture)
                : Convert.ChangeType(decimal.Parse(text, NumberStyles.Any, culture), type, culture);
        }
        catch (FormatException error)
        {
            throw new FormatException($"'{text}' is no {type.Name}", error);
        }
    }

    private static bool Truth(string text) => text.ToLowerInvariant() switch
    {
        "true" or "1" or "yes" => true,
        "false" or "0" or "no" => false,
        _ => throw new FormatException($"'{text}' is no Boolean"),
    };
}

/// <summary>Reads lists and arrays of values that are separated by commas or semicolons.</summary>
public class ListValueRetriever : IValueRetriever
{
    /// <inheritdoc/>
    public bool CanRetrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType) => ElementOf(propertyType) is not null;

    /// <inheritdoc/>
    public object? Retrieve(KeyValuePair<string, string> keyValuePair, Type targetType, Type propertyType)
    {
        if (string.IsNullOrEmpty(keyValuePair.Value))
        {
            return null;
        }

        var element = ElementOf(propertyType)!;
        var texts = Split(keyValuePair.Value);
        var array = Array.CreateInstance(element, texts.Length);
        for (var i = 0; i < texts.Length; i++)
        {
            var cell = new KeyValuePair<string, string>(keyValuePair.Key, texts[i]);
            array.SetValue(Service.Instance.Find(cell, targetType, element)?.Retrieve(cell, targetType, element), i);
        }

        return propertyType.IsAssignableFrom(array.GetType()) ? array : Activator.CreateInstance(typeof(List<>).MakeGenericType(element), array);
    }

    internal static string[] Split(string text) => text.Split([',', ';'], StringSplitOptions.TrimEntries);

    internal static Type? ElementOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        return type.IsGenericType && type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments() is [var element]
            ? element
            : null;
    }
}
