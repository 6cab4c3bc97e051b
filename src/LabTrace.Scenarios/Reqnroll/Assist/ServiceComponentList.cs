using System.Collections;

namespace Reqnroll.Assist;

/// <summary>A list of helpers, asked from the one registered last to the default one.</summary>
public class ServiceComponentList<T> : IEnumerable<T>
    where T : class
{
    private readonly LinkedList<T> _components = new();
    private T? _default;

    /// <summary>The helpers in the order they are asked.</summary>
    public IEnumerator<T> GetEnumerator() => (_default is null ? _components : _components.Append(_default)).ToList().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds a helper that is asked before all others.</summary>
    public void Register(T component) => _components.AddFirst(component);

    /// <summary>Adds a helper that is asked before all others.</summary>
    public void Register<TImpl>()
        where TImpl : T, new() => Register(new TImpl());

    /// <summary>Takes a helper out.</summary>
    public void Unregister(T component)
    {
        _components.Remove(component);
        if (_default == component)
        {
            _default = null;
        }
    }

    /// <summary>Takes all helpers of a type out.</summary>
    public void Unregister<TImpl>()
        where TImpl : T
    {
        foreach (var component in this.OfType<TImpl>().ToList())
        {
            Unregister(component);
        }
    }

    /// <summary>Puts a helper in another's place.</summary>
    public void Replace(T oldComponent, T newComponent)
    {
        if (_components.Find(oldComponent) is { } node)
        {
            node.Value = newComponent;
        }
    }

    /// <summary>Puts a helper in the place of one of a type.</summary>
    public void Replace<TOld, TNew>()
        where TOld : T
        where TNew : T, new()
    {
        if (this.OfType<TOld>().FirstOrDefault() is { } old)
        {
            Replace(old, new TNew());
        }
    }

    /// <summary>Sets the helper that is asked last.</summary>
    public void SetDefault(T newComponent) => _default = newComponent;

    /// <summary>Sets the helper that is asked last.</summary>
    public void SetDefault<TImpl>()
        where TImpl : T, new() => SetDefault(new TImpl());

    /// <summary>Takes out the helper that is asked last.</summary>
    public void ClearDefault() => _default = null;

    /// <summary>Takes all out.</summary>
    public void Clear()
    {
        _components.Clear();
        _default = null;
    }
}
