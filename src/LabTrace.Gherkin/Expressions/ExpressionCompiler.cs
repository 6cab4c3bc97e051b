using System.Text;

namespace LabTrace.Gherkin.Expressions;

/// <summary>Checks a parsed expression and makes of it what is matched: elements where they suffice, and a regular expression.</summary>
internal sealed class ExpressionCompiler(string expression, ParameterTypeRegistry registry)
{
    private const int MaxElements = 64;
    private const int MaxChoices = 64;

    private readonly List<Element> _elements = [];
    private readonly List<ParameterType> _parameterTypes = [];
    private bool _needsRegex;

    public IReadOnlyList<ParameterType> ParameterTypes => _parameterTypes;

    /// <summary>The elements, or null when only the regular expression can match.</summary>
    public Element[]? Elements => _needsRegex || _elements.Count > MaxElements ? null : [.. _elements];

    public void Compile(Node root)
    {
        foreach (var node in root.Nodes)
        {
            switch (node.Type)
            {
                case NodeType.Parameter:
                    AddParameter(node);
                    break;
                case NodeType.Alternation:
                    AddChoices(Alternatives(node));
                    break;
                case NodeType.Optional:
                    CheckOptional(node);
                    AddChoices([node.Text, ""]);
                    break;
                default:
                    AddText(node.Token);
                    break;
            }
        }
    }

    /// <summary>The regular expression of a checked expression, anchored at both ends.</summary>
    public static string ToRegex(Node root, IReadOnlyList<ParameterType> parameterTypes)
    {
        var pattern = new StringBuilder("^");
        var parameter = 0;
        foreach (var node in root.Nodes)
        {
            pattern.Append(node.Type switch
            {
                NodeType.Parameter => parameterTypes[parameter++].GroupPattern,
                NodeType.Alternation => $"(?:{string.Join('|', node.Nodes.Select(PatternOfAlternative))})",
                _ => PatternOf(node),
            });
        }

        return pattern.Append(@"\z").ToString();

        string PatternOfAlternative(Node alternative) => string.Concat(alternative.Nodes.Select(
            part => part.Type == NodeType.Parameter ? parameterTypes[parameter++].GroupPattern : PatternOf(part)));
    }

    private static string PatternOf(Node node) => node.Type == NodeType.Optional ? $"(?:{Escape(node.Text)})?" : Escape(node.Text);

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (@"\^[({$.|?*+})]".Contains(character))
            {
                escaped.Append('\\');
            }

            escaped.Append(character);
        }

        return escaped.ToString();
    }

    private void AddText(string text)
    {
        if (_elements is [.., { Parameter: null, Choices: [var before] }])
        {
            _elements[^1] = new Element([before + text]);
        }
        else
        {
            _elements.Add(new Element([text]));
        }
    }

    private void AddChoices(List<string> choices)
    {
        _needsRegex |= choices.Count > MaxChoices;
        _elements.Add(new Element([.. choices.Take(MaxChoices)]));
    }

    private void AddParameter(Node node)
    {
        var type = Lookup(node);
        _needsRegex |= type.Matcher == ParameterMatcher.None;
        _elements.Add(new Element([], type.Matcher));
    }

    private ParameterType Lookup(Node node)
    {
        var type = registry.Find(node.Text) ?? throw Problems.UndefinedParameterType(node, expression, node.Text);
        _parameterTypes.Add(type);
        return type;
    }

    private void CheckOptional(Node node)
    {
        if (node.Nodes.FirstOrDefault(part => part.Type == NodeType.Parameter) is { } parameter)
        {
            throw Problems.ParameterIsNotAllowedInOptional(parameter, expression);
        }

        if (node.Nodes.FirstOrDefault(part => part.Type == NodeType.Optional) is { } optional)
        {
            throw Problems.OptionalIsNotAllowedInOptional(optional.Start, optional.End, expression);
        }

        if (node.Nodes.Count == 0)
        {
            throw Problems.OptionalMayNotBeEmpty(node, expression);
        }
    }

    /// <summary>Every text the alternatives stand for, in the order the regular expression tries them.</summary>
    private List<string> Alternatives(Node alternation)
    {
        foreach (var alternative in alternation.Nodes)
        {
            if (alternative.Nodes.Count == 0)
            {
                throw Problems.AlternativeMayNotBeEmpty(alternative, expression);
            }

            if (!alternative.Nodes.Any(part => part.Type == NodeType.Text))
            {
                throw Problems.AlternativeMayNotExclusivelyContainOptionals(alternative, expression);
            }
        }

        var all = new List<string>();
        foreach (var alternative in alternation.Nodes)
        {
            List<string> texts = [""];
            foreach (var part in alternative.Nodes)
            {
                switch (part.Type)
                {
                    case NodeType.Optional:
                        CheckOptional(part);
                        texts = [.. texts.SelectMany(text => new[] { text + part.Text, text })];
                        break;
                    case NodeType.Parameter:
                        Lookup(part);
                        _needsRegex = true;
                        break;
                    default:
                        texts = [.. texts.Select(text => text + part.Token)];
                        break;
                }

                if (texts.Count > MaxChoices)
                {
                    _needsRegex = true;
                    texts = [""];
                }
            }

            all.AddRange(texts);
        }

        return all;
    }
}
