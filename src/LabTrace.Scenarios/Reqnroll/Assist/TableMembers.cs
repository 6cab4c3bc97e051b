using System.Reflection;
using Reqnroll.Assist.Attributes;

namespace Reqnroll.Assist;

/// <summary>Finds the members that columns name: letter case, blanks and underscores are ignored.</summary>
internal static class TableMembers
{
    public static bool Matches(MemberInfo member, string column) =>
        Matches(member.Name, column)
        || (member.GetCustomAttribute<TableAliasesAttribute>() is { } aliases && aliases.Aliases.Any(alias => Matches(alias, column)));

    public static bool Matches(string name, string column) => Normalize(name).Equals(Normalize(column), StringComparison.OrdinalIgnoreCase);

    /// <summary>The properties and fields of a type.</summary>
    public static IEnumerable<MemberInfo> Of(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.GetIndexParameters().Length == 0)
            .Concat<MemberInfo>(type.GetFields(BindingFlags.Instance | BindingFlags.Public));

    public static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    public static bool IsSettable(MemberInfo member) => member is PropertyInfo property ? property.GetSetMethod() is not null : !((FieldInfo)member).IsInitOnly;

    public static object? Get(MemberInfo member, object instance) =>
        member is PropertyInfo property ? property.GetValue(instance) : ((FieldInfo)member).GetValue(instance);

    public static void Set(MemberInfo member, object instance, object? value)
    {
        if (member is PropertyInfo property)
        {
            property.SetValue(instance, value);
        }
        else
        {
            ((FieldInfo)member).SetValue(instance, value);
        }
    }

    /// <summary>A table of one instance as names and values, whichever way it stands.</summary>
    public static Table Vertical(Table table, Type type)
    {
        if (table.Header.SequenceEqual(["Field", "Value"]) || table.RowCount != 1 || (table.Header.Count == 2 && FirstCellNamesMember(table, type)))
        {
            return table;
        }

        return Vertical(table.Rows[0]);
    }

    public static Table Vertical(DataTableRow row)
    {
        var vertical = new Table("Field", "Value");
        foreach (var (column, value) in row)
        {
            vertical.AddRow(column, value);
        }

        return vertical;
    }

    private static bool FirstCellNamesMember(Table table, Type type) => Of(type).Any(member => Matches(member, table.Rows[0][0]));

    private static string Normalize(string name) => string.Concat(name.Where(char.IsLetterOrDigit));
}
