namespace LabTrace.Scenarios.Bindings;

/// <summary>Something wrong with a piece of step code.</summary>
/// <param name="Member">The class and method.</param>
/// <param name="Source">Where its attribute stands.</param>
/// <param name="Message">What is wrong.</param>
public sealed record BindingError(string Member, SourcePosition Source, string Message)
{
    /// <summary><c>file:line: message</c>.</summary>
    public override string ToString() => Source.File is null ? $"{Member}: {Message}" : $"{Source}: {Member}: {Message}";
}
