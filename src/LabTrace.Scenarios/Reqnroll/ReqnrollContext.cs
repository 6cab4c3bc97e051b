namespace Reqnroll;

/// <summary>A context that has an error to tell of.</summary>
public interface IReqnrollContext
{
    /// <summary>What ended the scenario, or null.</summary>
    Exception TestError { get; }
}

/// <summary>A bag of values that lives as long as a run, feature, scenario or step.</summary>
public abstract class ReqnrollContext : Dictionary<string, object>, IReqnrollContext, IDisposable
{
    /// <summary>What ended the scenario, or null.</summary>
    public Exception TestError { get; internal set; } = null!;

    /// <summary>The value kept for a type, if there is one.</summary>
    public bool TryGetValue<TValue>(out TValue value) => TryGetValue(KeyOf<TValue>(), out value);

    /// <summary>The value kept under a key, if there is one.</summary>
    public bool TryGetValue<TValue>(string key, out TValue value)
    {
        if (base.TryGetValue(key, out var found))
        {
            value = Unwrap<TValue>(found);
            return true;
        }

        value = default!;
        return false;
    }

    /// <summary>Keeps a value for its type.</summary>
    public void Set<T>(T data) => Set(data, KeyOf<T>());

    /// <summary>Keeps a value under a key.</summary>
    public void Set<T>(T data, string key) => this[key] = data!;

    /// <summary>Keeps a function that makes the value of a type when it is asked for.</summary>
    public void Set<T>(Func<T> func) => this[KeyOf<T>()] = func;

    /// <summary>The value kept for a type.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public T Get<T>() => Get<T>(KeyOf<T>());

    /// <summary>The value kept under a key.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public T Get<T>(string key) => Unwrap<T>(this[key]);

    /// <summary>Called when the context ends.</summary>
    public void Dispose() => Dispose(disposing: true);

    /// <summary>Called when the context ends.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private static string KeyOf<T>() => typeof(T).FullName ?? typeof(T).Name;

    private static T Unwrap<T>(object found) => found is Func<T> make && typeof(T) != typeof(Func<T>) ? make() : (T)found;
}
