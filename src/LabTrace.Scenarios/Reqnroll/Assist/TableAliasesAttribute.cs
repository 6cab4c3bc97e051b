namespace Reqnroll.Assist.Attributes;

/// <summary>Other names of a member in tables.</summary>
/// <param name="aliases">The names.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TableAliasesAttribute(params string[] aliases) : Attribute
{
    /// <summary>The names.</summary>
    public string[] Aliases { get; } = aliases;
}
