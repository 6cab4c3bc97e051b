using System.ComponentModel;
using System.Globalization;
using Reqnroll;
using Reqnroll.Assist.ValueRetrievers;
using Reqnroll.BoDi;

namespace LabTrace.Scenarios.Bindings;

/// <summary>Makes a method's arguments from text and tables: transformations, then what fits, then enums, Guids, type converters.</summary>
internal sealed class ArgumentConverter(IReadOnlyList<ArgumentTransformation> transformations)
{
    private readonly ArgumentTransformation[] _transformations = [.. transformations.OrderBy(transformation => transformation.Order)];

    /// <summary>Whether text needs no more than itself to be an argument of the type.</summary>
    public bool IsTrivial(Type type) => _transformations.Length == 0 && type == typeof(string);

    public ValueTask<object?> ConvertAsync(object? value, Type type, CultureInfo culture, IObjectContainer container)
    {
        if (_transformations.Length > 0 && value is not null)
        {
            foreach (var transformation in _transformations)
            {
                if (type.IsAssignableFrom(transformation.Makes) && ArgumentsFor(transformation, value) is { } arguments)
                {
                    return TransformAsync(transformation, arguments, culture, container);
                }
            }
        }

        if (value is null || type.IsInstanceOfType(value))
        {
            return new ValueTask<object?>(value);
        }

        return new ValueTask<object?>(value is string text
            ? FromText(text, type, culture)
            : throw new BindingException($"cannot make {type.Name} of a table\n  try: take a DataTable, or write a [StepArgumentTransformation] from DataTable to {type.Name}"));
    }

    private static object?[]? ArgumentsFor(ArgumentTransformation transformation, object value)
    {
        if (value is string text)
        {
            return transformation.Call.Parameters is [var single, ..] && typeof(Table).IsAssignableFrom(single.ParameterType)
                ? null
                : transformation.ArgumentsFrom(text);
        }

        return transformation.Call.Parameters is [var parameter] && parameter.ParameterType.IsInstanceOfType(value) ? [value] : null;
    }

    private async ValueTask<object?> TransformAsync(
        ArgumentTransformation transformation, object?[] arguments, CultureInfo culture, IObjectContainer container)
    {
        var call = transformation.Call;
        for (var i = 0; i < arguments.Length; i++)
        {
            // A transformation to its own input (string to string) would come back here for ever.
            if (call.Parameters[i].ParameterType is var parameterType && !parameterType.IsInstanceOfType(arguments[i]))
            {
                arguments[i] = await ConvertAsync(arguments[i], parameterType, culture, container);
            }
        }

        return await call.CallForResultAsync(call.TargetType is null ? null : container.Resolve(call.TargetType), arguments);
    }

    private static object? FromText(string text, Type type, CultureInfo culture)
    {
        if (type == typeof(int) && int.TryParse(text, NumberStyles.Integer, culture, out var number))
        {
            return number;
        }

        var target = Nullable.GetUnderlyingType(type) ?? type;
        try
        {
            if (target != type && text.Length == 0)
            {
                return null;
            }

            if (target.IsEnum)
            {
                return Enum.Parse(target, text.Replace(" ", string.Empty), ignoreCase: true);
            }

            if (target == typeof(Guid))
            {
                return GuidValueRetriever.Parse(text);
            }

            if (typeof(IConvertible).IsAssignableFrom(target))
            {
                return Convert.ChangeType(text, target, culture);
            }

            var converter = TypeDescriptor.GetConverter(target);
            if (converter.CanConvertFrom(typeof(string)))
            {
                return converter.ConvertFrom(null, culture, text);
            }
        }
        catch (Exception error) when (error is FormatException or OverflowException or InvalidCastException or ArgumentException or NotSupportedException)
        {
            throw new BindingException($"cannot make {target.Name} of '{text}': {error.Message}", error);
        }

        throw new BindingException($"cannot make {target.Name} of '{text}'\n  try: write a [StepArgumentTransformation] from string to {target.Name}");
    }
}
