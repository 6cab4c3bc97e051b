using System.Collections;

namespace LabTrace.Gherkin.Expressions;

/// <summary>Matches a text against elements, backing off as the equal regular expression would.</summary>
/// <remarks>A place from which an element once failed is remembered as soon as backing off becomes frequent, so the time is bounded.</remarks>
internal ref struct ElementMatcher(Element[] elements, ReadOnlySpan<char> text, Span<int> ends)
{
    private const int CallsBeforeRemembering = 256;

    private readonly ReadOnlySpan<char> _text = text;
    private readonly Span<int> _ends = ends;
    private BitArray? _failed;
    private int _calls;

    /// <summary>Matches the whole text; the end of each element is then in the span given.</summary>
    public bool Match() => MatchFrom(0, 0);

    private bool MatchFrom(int index, int start)
    {
        if (index == elements.Length)
        {
            return start == _text.Length;
        }

        var key = (index * (_text.Length + 1)) + start;
        if (_failed is not null && _failed[key])
        {
            return false;
        }

        var element = elements[index];
        if (element.Parameter is null ? MatchChoices(index, start) : MatchParameter(index, start))
        {
            return true;
        }

        if (++_calls > CallsBeforeRemembering)
        {
            _failed ??= new BitArray(elements.Length * (_text.Length + 1));
            _failed[key] = true;
        }

        return false;
    }

    private bool MatchChoices(int index, int start)
    {
        foreach (var choice in elements[index].Choices)
        {
            if (!_text[start..].StartsWith(choice, StringComparison.Ordinal))
            {
                continue;
            }

            _ends[index] = start + choice.Length;
            if (MatchFrom(index + 1, _ends[index]))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchParameter(int index, int start)
    {
        var parameter = elements[index].Parameter!;
        var end = -1;
        while ((end = parameter.NextEnd(_text, start, end)) >= 0)
        {
            _ends[index] = end;
            if (MatchFrom(index + 1, end))
            {
                return true;
            }
        }

        return false;
    }
}
