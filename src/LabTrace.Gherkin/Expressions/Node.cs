namespace LabTrace.Gherkin.Expressions;

/// <summary>A node of a cucumber expression: a text has <see cref="Token"/>, all else <see cref="Nodes"/>.</summary>
internal sealed record Node(NodeType Type, IReadOnlyList<Node> Nodes, string Token, int Start, int End)
{
    /// <summary>All text below it.</summary>
    public string Text => Type == NodeType.Text ? Token : string.Concat(Nodes.Select(node => node.Text));
}

internal enum NodeType
{
    Text,
    Optional,
    Alternation,
    Alternative,
    Parameter,
    Expression,
}
