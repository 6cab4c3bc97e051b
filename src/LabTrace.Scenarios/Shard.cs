using System.Globalization;

namespace LabTrace.Scenarios;

/// <summary>One of several equal parts of a run, for several machines: every scenario is in exactly one.</summary>
/// <param name="Number">Which part; one-based.</param>
/// <param name="Count">How many parts there are.</param>
public sealed record Shard(int Number, int Count)
{
    /// <summary>Reads <c>i/n</c>.</summary>
    /// <exception cref="FormatException">It is not that, or <c>i</c> is not from 1 to <c>n</c>.</exception>
    public static Shard Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var slash = text.IndexOf('/');
        return slash > 0
            && int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && number >= 1 && number <= count
            ? new Shard(number, count)
            : throw new FormatException($"no shard '{text}'\n  try: i/n with i from 1 to n, for example 1/3");
    }

    /// <summary>The form that <see cref="Parse"/> reads.</summary>
    public override string ToString() => $"{Number}/{Count}";

    // Every n-th, so that the long scenarios of one feature are spread.
    internal T[] Take<T>(T[] all) => [.. all.Where((_, index) => index % Count == Number - 1)];
}
