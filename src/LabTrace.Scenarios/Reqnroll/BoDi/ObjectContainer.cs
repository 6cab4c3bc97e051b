using System.Runtime.ExceptionServices;

namespace Reqnroll.BoDi;

/// <summary>Makes objects with what they need, and keeps them until it is disposed. Asks outer containers for what it does not know.</summary>
public class ObjectContainer : IObjectContainer, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ObjectContainer[] _outer;
    private Dictionary<object, Registration>? _registrations;
    private Dictionary<object, object>? _objects;
    private List<object>? _owned;
    private bool _disposed;

    /// <summary>Makes an empty container.</summary>
    /// <param name="baseContainer">The outer container to ask, or null.</param>
    public ObjectContainer(IObjectContainer? baseContainer = null)
    {
        BaseContainer = baseContainer!;
        _outer = baseContainer is ObjectContainer outer ? [outer, .. outer._outer] : [];
    }

    /// <summary>Makes a container that asks several outer ones, the nearest first.</summary>
    internal ObjectContainer(ObjectContainer[] outer)
    {
        BaseContainer = outer[0];
        _outer = outer;
    }

    private delegate object Factory(ObjectContainer container, ResolutionPath path);

    /// <inheritdoc/>
    public event Action<object>? ObjectCreated;

    /// <summary>How long a resolution waits for another thread's. Resolutions never wait here; kept for source compatibility.</summary>
    public static TimeSpan DefaultConcurrentObjectResolutionTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The outer container, or null.</summary>
    public IObjectContainer BaseContainer { get; }

    /// <summary>How long a resolution waits for another thread's. Resolutions never wait here; kept for source compatibility.</summary>
    public TimeSpan ConcurrentObjectResolutionTimeout { get; set; } = DefaultConcurrentObjectResolutionTimeout;

    /// <summary>Has an interface answered by a type.</summary>
    public IStrategyRegistration RegisterTypeAs<TInterface>(Type implementationType, string? name = null) =>
        RegisterTypeAs(implementationType, typeof(TInterface), name);

    /// <inheritdoc/>
    public IStrategyRegistration RegisterTypeAs<TType, TInterface>(string? name = null)
        where TType : class, TInterface => RegisterTypeAs(typeof(TType), typeof(TInterface), name);

    /// <summary>Has an interface answered by a type.</summary>
    public IStrategyRegistration RegisterTypeAs(Type implementationType, Type interfaceType, string? name = null)
    {
        if (!interfaceType.IsAssignableFrom(implementationType) && !interfaceType.IsGenericTypeDefinition)
        {
            throw new InvalidOperationException($"type mapping is not valid: {implementationType.FullName} is not {interfaceType.FullName}");
        }

        return Register(interfaceType, name, (container, path) => container.Create(implementationType, path));
    }

    /// <inheritdoc/>
    public void RegisterInstanceAs<TInterface>(TInterface instance, string? name = null, bool dispose = false)
        where TInterface : class => RegisterInstanceAs(instance, typeof(TInterface), name, dispose);

    /// <inheritdoc/>
    public void RegisterInstanceAs(object instance, Type interfaceType, string? name = null, bool dispose = false)
    {
        ArgumentNullException.ThrowIfNull(instance);
        lock (_gate)
        {
            ThrowIfDisposed();
            (_objects ??= [])[new Key(interfaceType, name).Entry] = instance;
            if (dispose)
            {
                (_owned ??= []).Add(instance);
            }
        }
    }

    /// <inheritdoc/>
    public IStrategyRegistration RegisterFactoryAs<TInterface>(Func<TInterface> factoryDelegate, string? name = null) =>
        Register(typeof(TInterface), name, (_, _) => factoryDelegate()!);

    /// <inheritdoc/>
    public IStrategyRegistration RegisterFactoryAs<TInterface>(Func<IObjectContainer, TInterface> factoryDelegate, string? name = null) =>
        Register(typeof(TInterface), name, (container, _) => factoryDelegate(container)!);

    /// <summary>Has an interface answered by what a function makes, its parameters resolved.</summary>
    public void RegisterFactoryAs<TInterface>(Delegate factoryDelegate, string? name = null) =>
        _ = RegisterFactoryAs(factoryDelegate, typeof(TInterface), name);

    /// <summary>Has an interface answered by what a function makes, its parameters resolved.</summary>
    public IStrategyRegistration RegisterFactoryAs(Delegate factoryDelegate, Type interfaceType, string? name = null)
    {
        var parameters = factoryDelegate.Method.GetParameters();
        return Register(interfaceType, name, (container, path) => factoryDelegate.DynamicInvoke(
            [.. parameters.Select(parameter => container.Resolve(new Key(parameter.ParameterType, null), path))])!);
    }

    /// <inheritdoc/>
    public bool IsRegistered<T>(string? name = null) => IsRegistered(typeof(T), name);

    /// <inheritdoc/>
    public bool IsRegistered(Type type, string? name = null)
    {
        var key = new Key(type, name);
        return Knows(key) || _outer.Any(outer => outer.Knows(key));
    }

    /// <inheritdoc/>
    public T Resolve<T>() => (T)Resolve(typeof(T));

    /// <inheritdoc/>
    public T Resolve<T>(string? name) => (T)Resolve(typeof(T), name);

    /// <inheritdoc/>
    public object Resolve(Type typeToResolve, string? name = null) => Resolve(new Key(typeToResolve, name), ResolutionPath.Empty);

    /// <inheritdoc/>
    public IEnumerable<T> ResolveAll<T>()
        where T : class
    {
        var keys = new HashSet<Key>();
        foreach (var container in _outer.Prepend(this))
        {
            lock (container._gate)
            {
                keys.UnionWith(container.Keys.Where(key => key.Type == typeof(T)));
            }
        }

        return [.. keys.Select(key => (T)Resolve(key, ResolutionPath.Empty))];
    }

    /// <summary>Disposes of the objects the container made, the latest first; waits for those that are disposed asynchronously.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Disposes of the objects the container made, the latest first. All are disposed of, also when one throws.</summary>
    public async ValueTask DisposeAsync()
    {
        List<object>? owned;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            owned = _owned;
            _owned = null;
        }

        if (owned is null)
        {
            return;
        }

        List<Exception>? errors = null;
        for (var i = owned.Count - 1; i >= 0; i--)
        {
            try
            {
                switch (owned[i])
                {
                    case IAsyncDisposable disposable:
                        await disposable.DisposeAsync();
                        break;
                    case IDisposable disposable:
                        disposable.Dispose();
                        break;
                }
            }
            catch (Exception error)
            {
                (errors ??= []).Add(error);
            }
        }

        if (errors is [var single])
        {
            ExceptionDispatchInfo.Throw(single);
        }

        if (errors is not null)
        {
            throw new AggregateException(errors);
        }
    }

    /// <summary>What is registered, for a look in the debugger.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            return string.Join(Environment.NewLine, Keys.Select(key => key.ToString()).Distinct().Prepend(nameof(ObjectContainer)));
        }
    }

    /// <summary>Tells that an object was made.</summary>
    protected virtual void OnObjectCreated(object obj) => ObjectCreated?.Invoke(obj);

    /// <summary>The objects made so far that need disposing.</summary>
    internal bool OwnsAnything
    {
        get
        {
            lock (_gate)
            {
                return _owned is { Count: > 0 };
            }
        }
    }

    private IEnumerable<Key> Keys =>
        (_registrations?.Keys ?? Enumerable.Empty<object>()).Concat(_objects?.Keys ?? Enumerable.Empty<object>()).Select(Key.Of);

    private bool Knows(Key key)
    {
        lock (_gate)
        {
            return _objects?.ContainsKey(key.Entry) == true || _registrations?.ContainsKey(key.Entry) == true;
        }
    }

    private Registration Register(Type type, string? name, Factory factory)
    {
        var registration = new Registration(factory);
        lock (_gate)
        {
            ThrowIfDisposed();
            var key = new Key(type, name);
            (_registrations ??= [])[key.Entry] = registration;
            _objects?.Remove(key.Entry);
        }

        return registration;
    }

    private object Resolve(Key key, ResolutionPath path)
    {
        if (key.Name is null && (key.Type == typeof(IObjectContainer) || key.Type == typeof(ObjectContainer)))
        {
            return this;
        }

        if (Find(key, path) is { } known)
        {
            return known;
        }

        foreach (var outer in _outer)
        {
            if (outer.Find(key, path) is { } outerKnown)
            {
                return outerKnown;
            }
        }

        return key.Name is null ? GetOrCreate(key, path, static (container, key, path) => container.Create(key.Type, path)) : NotRegistered(key, path);
    }

    private object? Find(Key key, ResolutionPath path)
    {
        Registration? registration = null;
        lock (_gate)
        {
            ThrowIfDisposed();
            if (_objects?.TryGetValue(key.Entry, out var known) == true)
            {
                return known;
            }

            if (_registrations?.TryGetValue(key.Entry, out registration) != true)
            {
                return null;
            }
        }

        if (!registration!.OnePerContainer)
        {
            return registration.Factory(this, path);
        }

        // Held while the object is made, so that two threads get the same one.
        lock (registration)
        {
            return GetOrCreate(key, path, (container, _, innerPath) => registration.Factory(container, innerPath));
        }
    }

    private object GetOrCreate(Key key, ResolutionPath path, Func<ObjectContainer, Key, ResolutionPath, object> create)
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            if (_objects?.TryGetValue(key.Entry, out var known) == true)
            {
                return known;
            }
        }

        var made = create(this, key, path.With(key.Type));
        lock (_gate)
        {
            (_objects ??= [])[key.Entry] = made;
        }

        return made;
    }

    private object Create(Type type, ResolutionPath path)
    {
        if (type.IsInterface)
        {
            throw new ObjectContainerException($"Interface cannot be resolved: {type.FullName}", path.Types);
        }

        if (type.IsAbstract || type.IsPrimitive || type == typeof(string) || type.IsValueType)
        {
            throw new ObjectContainerException($"Primitive types or structs cannot be resolved: {type.FullName}", path.Types);
        }

        var plan = ConstructorPlan.For(type);
        var arguments = plan.Parameters.Length == 0 ? [] : new object?[plan.Parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = plan.Parameters[i];
            if (path.Contains(parameter))
            {
                throw new ObjectContainerException($"Circular dependency found! {type.FullName}", path.With(parameter).Types);
            }

            arguments[i] = Resolve(new Key(parameter, null), path);
        }

        var made = plan.Create(arguments);
        if (made is IDisposable or IAsyncDisposable)
        {
            lock (_gate)
            {
                (_owned ??= []).Add(made);
            }
        }

        OnObjectCreated(made);
        return made;
    }

    private static object NotRegistered(Key key, ResolutionPath path) =>
        throw new ObjectContainerException($"No registration of {key}", path.Types);

    private void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw new ObjectContainerException("Object container disposed", null);
        }
    }

    /// <summary>What is asked for. In the dictionaries an unnamed type stands for itself, so that they need no code made at run time.</summary>
    private readonly record struct Key(Type Type, string? Name)
    {
        public object Entry => Name is null ? Type : new Named(Type, Name);

        public static Key Of(object entry) => entry is Named named ? new Key(named.Type, named.Name) : new Key((Type)entry, null);

        public override string ToString() => Name is null ? $"{Type.FullName}" : $"{Type.FullName}('{Name}')";
    }

    private sealed record Named(Type Type, string Name);

    private sealed class Registration(Factory factory) : IStrategyRegistration
    {
        public Factory Factory { get; } = factory;

        public bool OnePerContainer { get; private set; } = true;

        public IStrategyRegistration InstancePerDependency()
        {
            OnePerContainer = false;
            return this;
        }

        public IStrategyRegistration InstancePerContext()
        {
            OnePerContainer = true;
            return this;
        }
    }

    private sealed class ResolutionPath(ResolutionPath? previous, Type? type)
    {
        public static readonly ResolutionPath Empty = new(null, null);

        public Type[] Types => previous is null ? [] : [.. previous.Types, type!];

        public ResolutionPath With(Type next) => new(this, next);

        public bool Contains(Type searched)
        {
            for (var at = this; at.Type is { } current; at = at.Previous!)
            {
                if (current == searched)
                {
                    return true;
                }
            }

            return false;
        }

        private ResolutionPath? Previous => previous;

        private Type? Type => type;
    }
}
