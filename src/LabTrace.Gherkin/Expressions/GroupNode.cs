using System.Text.RegularExpressions;

namespace LabTrace.Gherkin.Expressions;

/// <summary>A capturing group of a regular expression and the groups within.</summary>
internal sealed class GroupNode
{
    private readonly List<GroupNode> _children = [];

    public string Source { get; private set; } = "";

    private int Number { get; set; }

    /// <summary>Finds the capturing groups of a pattern that .NET has accepted.</summary>
    /// <returns>The outer groups; all groups side by side where the pattern's structure is beyond this reader.</returns>
    public static GroupNode[] Read(string pattern, Regex regex)
    {
        var root = new GroupNode();
        var all = new List<(GroupNode Node, string? Name)>();
        var open = new Stack<(GroupNode Node, int Start)>();
        open.Push((root, 0));
        var isInClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '[' when !isInClass:
                    isInClass = true;
                    i += i + 1 < pattern.Length && pattern[i + 1] == '^' ? 1 : 0;
                    i += i + 1 < pattern.Length && pattern[i + 1] == ']' ? 1 : 0;
                    break;
                case ']':
                    isInClass = false;
                    break;
                case '(' when !isInClass:
                    var isCapturing = IsCapturing(pattern.AsSpan(i + 1), out var name);
                    var node = isCapturing ? new GroupNode() : open.Peek().Node;
                    if (isCapturing)
                    {
                        all.Add((node, name));
                        open.Peek().Node._children.Add(node);
                    }

                    open.Push((node, isCapturing ? i + 1 : -1));
                    break;
                case ')' when !isInClass && open.Count > 1:
                    var (closed, start) = open.Pop();
                    closed.Source = start < 0 ? closed.Source : pattern[start..i];
                    break;
            }
        }

        return TryNumber(all, regex) ? [.. root._children] : Flat(regex);
    }

    public MatchGroup Build(Match match)
    {
        var group = match.Groups[Number];
        var children = _children.Count == 0 ? [] : _children.ConvertAll(child => child.Build(match));
        return group.Success ? new MatchGroup(group.Value, group.Index, children) : new MatchGroup(null, null, children);
    }

    private static GroupNode[] Flat(Regex regex) =>
        [.. regex.GetGroupNumbers().Where(number => number > 0).Select(number => new GroupNode { Number = number })];

    /// <summary>.NET numbers groups without a name first.</summary>
    private static bool TryNumber(List<(GroupNode Node, string? Name)> groups, Regex regex)
    {
        if (groups.Count != regex.GetGroupNumbers().Length - 1)
        {
            return false;
        }

        var next = 1;
        foreach (var (node, name) in groups)
        {
            node.Number = name is null ? next++ : regex.GroupNumberFromName(name);
            if (node.Number < 1)
            {
                return false;
            }
        }

        return true;
    }

    /// <param name="rest">What follows the parenthesis.</param>
    /// <param name="name">The group's name, if it has one.</param>
    private static bool IsCapturing(ReadOnlySpan<char> rest, out string? name)
    {
        name = null;
        if (rest is not ['?', ..])
        {
            return true;
        }

        if (rest is not (['?', '\'', ..] or ['?', '<', not ('=' or '!'), ..]))
        {
            return false;
        }

        var end = rest[2..].IndexOf(rest[1] == '<' ? '>' : '\'');
        name = end < 0 ? "" : rest.Slice(2, end).ToString();
        return true;
    }
}
