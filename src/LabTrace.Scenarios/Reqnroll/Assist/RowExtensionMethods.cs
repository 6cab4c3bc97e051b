using Reqnroll.Assist.ValueRetrievers;

namespace Reqnroll.Assist;

/// <summary>Reads cells as values.</summary>
public static class RowExtensionMethods
{
    /// <summary>A cell's text, or null when there is no such column.</summary>
    public static string GetString(this DataTableRow row, string id) => row.TryGetValue(id, out var value) ? value : null!;

    /// <summary>A cell as a whole number.</summary>
    public static int GetInt32(this DataTableRow row, string id) => Read<int>(row, id);

    /// <summary>A cell as a whole number.</summary>
    public static long GetInt64(this DataTableRow row, string id) => Read<long>(row, id);

    /// <summary>A cell as a decimal number.</summary>
    public static decimal GetDecimal(this DataTableRow row, string id) => Read<decimal>(row, id);

    /// <summary>A cell as a date.</summary>
    public static DateTime GetDateTime(this DataTableRow row, string id) => Read<DateTime>(row, id);

    /// <summary>A cell as a truth value.</summary>
    public static bool GetBoolean(this DataTableRow row, string id) => Read<bool>(row, id);

    /// <summary>A cell as a number.</summary>
    public static double GetDouble(this DataTableRow row, string id) => Read<double>(row, id);

    /// <summary>A cell as a number.</summary>
    public static float GetSingle(this DataTableRow row, string id) => Read<float>(row, id);

    /// <summary>A cell as a character.</summary>
    public static char GetChar(this DataTableRow row, string id) => Read<char>(row, id);

    /// <summary>A cell as a Guid.</summary>
    public static Guid GetGuid(this DataTableRow row, string id) => GuidValueRetriever.Parse(row[id]);

    /// <summary>A cell as an enum's value.</summary>
    public static T GetDiscreteEnum<T>(this DataTableRow row, string id)
        where T : struct => Enum.Parse<T>(row[id].Replace(" ", string.Empty), ignoreCase: true);

    /// <summary>A cell as an enum's value, or a default when it is none.</summary>
    public static T GetDiscreteEnum<T>(this DataTableRow row, string id, T defaultValue)
        where T : struct => Enum.TryParse<T>(row[id].Replace(" ", string.Empty), ignoreCase: true, out var value) ? value : defaultValue;

    /// <summary>A cell as an enum's value.</summary>
    public static TEnum GetEnumValue<TEnum>(this DataTableRow row, string id)
        where TEnum : struct => row.GetDiscreteEnum<TEnum>(id);

    /// <summary>A cell as the value of the enum that the member of that name has.</summary>
    public static Enum GetEnum<T>(this DataTableRow row, string id)
    {
        var member = TableMembers.Of(typeof(T)).FirstOrDefault(candidate => TableMembers.Matches(candidate, id) && TableMembers.TypeOf(candidate).IsEnum)
            ?? throw new InvalidOperationException($"No enum property {id} found in type {typeof(T).Name}");
        return (Enum)Enum.Parse(TableMembers.TypeOf(member), row[id].Replace(" ", string.Empty), ignoreCase: true);
    }

    /// <summary>Makes an instance of a row.</summary>
    public static T CreateInstance<T>(this DataTableRow row) => InstanceFactory.Create<T>(TableMembers.Vertical(row), null);

    /// <summary>Fills an instance that a function makes.</summary>
    public static T CreateInstance<T>(this DataTableRow row, Func<T> methodToCreateTheInstance)
    {
        object instance = methodToCreateTheInstance()!;
        InstanceFactory.Fill(TableMembers.Vertical(row), instance, null);
        return (T)instance;
    }

    private static T Read<T>(DataTableRow row, string id) => (T)ParsableValueRetriever.Read(row[id], typeof(T));
}
