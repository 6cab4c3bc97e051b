namespace LabTrace.Tracing;

/// <summary>Shell-like patterns: <c>*</c> any run, <c>?</c> one character; everything else is itself.</summary>
public static class Glob
{
    /// <summary>Says whether a text, from end to end, is as a pattern says; letters' case counts.</summary>
    public static bool IsMatch(string pattern, string text)
    {
        if (pattern.AsSpan().IndexOfAny('*', '?') < 0)
        {
            return string.Equals(pattern, text, StringComparison.Ordinal);
        }

        var (p, t, star, mark) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }
}
