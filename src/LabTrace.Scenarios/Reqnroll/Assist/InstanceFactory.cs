using System.Reflection;

namespace Reqnroll.Assist;

/// <summary>Makes and fills instances from vertical tables.</summary>
internal static class InstanceFactory
{
    public static T Create<T>(Table vertical, InstanceCreationOptions? options)
    {
        if (typeof(T).IsValueType || typeof(T).GetConstructor(Type.EmptyTypes) is not null)
        {
            object instance = Activator.CreateInstance<T>()!;
            Fill(vertical, instance, options);
            return (T)instance;
        }

        return (T)CreateThroughConstructor(vertical, typeof(T), options);
    }

    public static void Fill(Table vertical, object instance, InstanceCreationOptions? options)
    {
        var members = TableMembers.Of(instance.GetType()).Where(TableMembers.IsSettable).ToArray();
        Verify(vertical, members.Select(member => (Func<string, bool>)(column => TableMembers.Matches(member, column))), options);
        foreach (var row in vertical.Rows)
        {
            foreach (var member in members.Where(member => TableMembers.Matches(member, row[0])))
            {
                if (TryRead(row, instance.GetType(), TableMembers.TypeOf(member), out var value))
                {
                    TableMembers.Set(member, instance, value);
                }
            }
        }
    }

    private static object CreateThroughConstructor(Table vertical, Type type, InstanceCreationOptions? options)
    {
        var constructor = type.GetConstructors().OrderByDescending(candidate => Score(candidate, vertical)).FirstOrDefault()
            ?? throw new MissingMethodException($"Unable to find a suitable constructor to create instance of {type.Name}");
        var parameters = constructor.GetParameters();
        var missing = parameters.Where(parameter => RowOf(vertical, parameter) is null).Select(parameter => parameter.Name!).ToList();
        if (options?.RequireTableToProvideAllConstructorParameters == true && missing.Count > 0)
        {
            throw new ColumnCouldNotBeBoundException($"Unable to find column(s) for constructor parameter(s) {string.Join(", ", missing)}", missing);
        }

        var members = TableMembers.Of(type)
            .Where(member => TableMembers.IsSettable(member) && !parameters.Any(parameter => TableMembers.Matches(member.Name, parameter.Name!)))
            .ToArray();
        Verify(
            vertical,
            parameters.Select(parameter => (Func<string, bool>)(column => TableMembers.Matches(parameter.Name!, column)))
                .Concat(members.Select(member => (Func<string, bool>)(column => TableMembers.Matches(member, column)))),
            options);
        var instance = constructor.Invoke([.. parameters.Select(parameter => Argument(vertical, type, parameter))]);
        foreach (var row in vertical.Rows)
        {
            foreach (var member in members.Where(member => TableMembers.Matches(member, row[0])))
            {
                if (TryRead(row, type, TableMembers.TypeOf(member), out var value))
                {
                    TableMembers.Set(member, instance, value);
                }
            }
        }

        return instance;
    }

    /// <summary>How well a constructor fits: parameters that have a row count for it, those without against it.</summary>
    private static int Score(ConstructorInfo constructor, Table vertical)
    {
        var parameters = constructor.GetParameters();
        var found = parameters.Count(parameter => RowOf(vertical, parameter) is not null);
        return (found * 2) - parameters.Length;
    }

    private static DataTableRow? RowOf(Table vertical, ParameterInfo parameter) =>
        vertical.Rows.FirstOrDefault(row => TableMembers.Matches(parameter.Name!, row[0]));

    private static object? Argument(Table vertical, Type type, ParameterInfo parameter)
    {
        if (RowOf(vertical, parameter) is { } row && TryRead(row, type, parameter.ParameterType, out var value))
        {
            return value;
        }

        return parameter.HasDefaultValue ? parameter.DefaultValue
            : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null;
    }

    private static bool TryRead(DataTableRow row, Type targetType, Type type, out object? value)
    {
        var cell = new KeyValuePair<string, string>(row[0], row[1]);
        var retriever = Service.Instance.Find(cell, targetType, type);
        value = retriever?.Retrieve(cell, targetType, type);
        return retriever is not null;
    }

    private static void Verify(Table vertical, IEnumerable<Func<string, bool>> targets, InstanceCreationOptions? options)
    {
        if (options?.VerifyAllColumnsBound != true)
        {
            return;
        }

        var all = targets.ToArray();
        var lost = vertical.Rows.Select(row => row[0]).Where(column => !Array.Exists(all, matches => matches(column))).ToList();
        if (lost.Count > 0)
        {
            throw new ColumnCouldNotBeBoundException(lost);
        }
    }
}
