namespace LabTrace.Gherkin;

/// <summary>Finds the sentences that are nearest to one that was not found.</summary>
public static class NearestSentences
{
    private const int MaxWords = 64;

    /// <summary>Finds the nearest sentences by edit distance on words; words that differ in few letters count as nearly equal.</summary>
    /// <param name="sentence">The step's text.</param>
    /// <param name="candidates">The sentences there are; a parameter such as <c>{int}</c> in them stands for any word.</param>
    /// <param name="count">The most to return.</param>
    /// <returns>The nearest first; none that has less than half in common.</returns>
    public static IReadOnlyList<string> Find(string sentence, IEnumerable<string> candidates, int count)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        ArgumentNullException.ThrowIfNull(candidates);

        var words = Words(sentence);
        return [.. candidates
            .Select(candidate => (Candidate: candidate, Distance: Distance(words, Words(candidate))))
            .Where(scored => scored.Distance <= 0.5)
            .OrderBy(scored => scored.Distance)
            .ThenBy(scored => scored.Candidate, StringComparer.Ordinal)
            .Take(count)
            .Select(scored => scored.Candidate)];
    }

    private static string[] Words(string sentence)
    {
        var words = new List<string>();
        var start = 0;
        while (start < sentence.Length && words.Count < MaxWords)
        {
            var first = sentence[start];
            var end = first switch
            {
                ' ' => start,
                '"' or '\'' => sentence.IndexOf(first, start + 1),
                '{' => sentence.IndexOf('}', start + 1),
                _ => -1,
            };
            if (end < 0)
            {
                end = sentence.IndexOf(' ', start);
                end = end < 0 ? sentence.Length - 1 : end - 1;
            }

            if (first != ' ')
            {
                words.Add(sentence[start..(end + 1)]);
            }

            start = end + 1;
        }

        return [.. words];
    }

    /// <summary>0 for equal sentences, 1 for sentences with nothing in common.</summary>
    private static double Distance(string[] left, string[] right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return left.Length == right.Length ? 0 : 1;
        }

        return Edit(left.Length, right.Length, (i, j) => WordDistance(left[i], right[j])) / Math.Max(left.Length, right.Length);
    }

    private static double WordDistance(string left, string right)
    {
        if (left == right || (IsParameter(left) && IsValue(right)) || (IsParameter(right) && IsValue(left)))
        {
            return 0;
        }

        var longest = Math.Min(MaxWords, Math.Max(left.Length, right.Length));
        var distance = Edit(
            Math.Min(left.Length, MaxWords),
            Math.Min(right.Length, MaxWords),
            (i, j) => char.ToLowerInvariant(left[i]) == char.ToLowerInvariant(right[j]) ? 0 : 1);
        return distance / longest;
    }

    private static bool IsParameter(string word) => word[0] == '{' || word[0] == '(';

    private static bool IsValue(string word) => IsParameter(word) || word[0] is '"' or '\'' or '-' or '.' || char.IsDigit(word[0]);

    private static double Edit(int leftLength, int rightLength, Func<int, int, double> substitute)
    {
        var previous = new double[rightLength + 1];
        var current = new double[rightLength + 1];
        for (var j = 0; j <= rightLength; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= leftLength; i++)
        {
            current[0] = i;
            for (var j = 1; j <= rightLength; j++)
            {
                var replaced = previous[j - 1] + substitute(i - 1, j - 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[rightLength];
    }
}
