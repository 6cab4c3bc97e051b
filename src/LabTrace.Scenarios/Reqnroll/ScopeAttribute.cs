namespace Reqnroll;

/// <summary>Limits a binding to some scenarios. What is set in one scope must all hold; one of several scopes must hold.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public class ScopeAttribute : Attribute
{
    /// <summary>A tag, with or without <c>@</c>, or a tag expression such as <c>not @slow and @timecard</c>.</summary>
    public string Tag { get; set; } = null!;

    /// <summary>A feature's title, letter case ignored.</summary>
    public string Feature { get; set; } = null!;

    /// <summary>A scenario's title, letter case ignored.</summary>
    public string Scenario { get; set; } = null!;
}
