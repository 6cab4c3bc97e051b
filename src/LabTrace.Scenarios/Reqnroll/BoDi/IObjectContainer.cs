namespace Reqnroll.BoDi;

/// <summary>Makes objects with what they need, and keeps them until it is disposed.</summary>
public interface IObjectContainer : IDisposable
{
    /// <summary>An object was made by the container.</summary>
    event Action<object>? ObjectCreated;

    /// <summary>Has an interface answered by a type.</summary>
    IStrategyRegistration RegisterTypeAs<TType, TInterface>(string? name = null)
        where TType : class, TInterface;

    /// <summary>Has an interface answered by an object.</summary>
    /// <param name="instance">The object.</param>
    /// <param name="name">A name to ask for it by, or null.</param>
    /// <param name="dispose">Dispose of it with the container.</param>
    void RegisterInstanceAs<TInterface>(TInterface instance, string? name = null, bool dispose = false)
        where TInterface : class;

    /// <summary>Has an interface answered by an object.</summary>
    /// <param name="instance">The object.</param>
    /// <param name="interfaceType">The interface.</param>
    /// <param name="name">A name to ask for it by, or null.</param>
    /// <param name="dispose">Dispose of it with the container.</param>
    void RegisterInstanceAs(object instance, Type interfaceType, string? name = null, bool dispose = false);

    /// <summary>Has an interface answered by what a function makes.</summary>
    IStrategyRegistration RegisterFactoryAs<TInterface>(Func<IObjectContainer, TInterface> factoryDelegate, string? name = null);

    /// <summary>Has an interface answered by what a function makes.</summary>
    IStrategyRegistration RegisterFactoryAs<TInterface>(Func<TInterface> factoryDelegate, string? name = null);

    /// <summary>The object for a type, made if need be.</summary>
    /// <exception cref="ObjectContainerException">It cannot be made.</exception>
    T Resolve<T>();

    /// <summary>The object for a type and name, made if need be.</summary>
    /// <exception cref="ObjectContainerException">It cannot be made.</exception>
    T Resolve<T>(string? name);

    /// <summary>The object for a type and name, made if need be.</summary>
    /// <exception cref="ObjectContainerException">It cannot be made.</exception>
    object Resolve(Type typeToResolve, string? name = null);

    /// <summary>The objects of all registrations of a type, named and unnamed.</summary>
    IEnumerable<T> ResolveAll<T>()
        where T : class;

    /// <summary>Whether a type is registered here or in an outer container.</summary>
    bool IsRegistered<T>(string? name = null);

    /// <summary>Whether a type is registered here or in an outer container.</summary>
    bool IsRegistered(Type type, string? name = null);
}

/// <summary>How long the objects of a registration live.</summary>
public interface IStrategyRegistration
{
    /// <summary>A new object each time.</summary>
    IStrategyRegistration InstancePerDependency();

    /// <summary>One object a container.</summary>
    IStrategyRegistration InstancePerContext();
}

/// <summary>An object that knows the container it lives in.</summary>
public interface IContainedInstance
{
    /// <summary>The container.</summary>
    IObjectContainer Container { get; }
}

/// <summary>A container cannot make an object.</summary>
public class ObjectContainerException : Exception
{
    /// <summary>Says what is wrong and on which way it was met.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="resolutionPath">The types on the way, or null.</param>
    public ObjectContainerException(string message, Type[]? resolutionPath)
        : base(resolutionPath is { Length: > 0 } ? $"{message} (resolution path: {string.Join("->", resolutionPath.Select(type => type.FullName))})" : message)
    {
    }
}
