using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace LabTrace.Scenarios;

/// <summary>The order in which scenarios run.</summary>
public sealed record RunOrder
{
    private RunOrder(RunOrderKind kind, int seed = 0)
    {
        Kind = kind;
        Seed = seed;
    }

    /// <summary>As written.</summary>
    public static RunOrder Defined { get; } = new(RunOrderKind.Defined);

    /// <summary>Last first.</summary>
    public static RunOrder Reverse { get; } = new(RunOrderKind.Reverse);

    /// <summary>Which order it is.</summary>
    public RunOrderKind Kind { get; }

    /// <summary>What a random order is made from; the same seed gives the same order on every machine.</summary>
    public int Seed { get; }

    /// <summary>Shuffled.</summary>
    /// <param name="seed">Zero or more; null picks one.</param>
    public static RunOrder Random(int? seed = null) => new(RunOrderKind.Random, seed ?? RandomNumberGenerator.GetInt32(int.MaxValue));

    /// <summary>Reads <c>defined</c>, <c>reverse</c>, <c>random</c> or <c>random:SEED</c>.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static RunOrder Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string SeedPrefix = "random:";
        return text switch
        {
            "defined" => Defined,
            "reverse" => Reverse,
            "random" => Random(),
            _ when text.StartsWith(SeedPrefix, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(SeedPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) => Random(seed),
            _ => throw new FormatException($"no order '{text}'\n  try: defined, reverse, random or random:SEED"),
        };
    }

    /// <summary>The form that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Kind switch
    {
        RunOrderKind.Random => $"random:{Seed}",
        RunOrderKind.Reverse => "reverse",
        _ => "defined",
    };

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "An order that can be repeated is the point.")]
    internal void Apply<T>(T[] items)
    {
        switch (Kind)
        {
            case RunOrderKind.Reverse:
                Array.Reverse(items);
                break;
            case RunOrderKind.Random:
                new Random(Seed).Shuffle(items);
                break;
        }
    }
}

/// <summary>Kinds of order.</summary>
public enum RunOrderKind
{
    /// <summary>As written.</summary>
    Defined,

    /// <summary>Last first.</summary>
    Reverse,

    /// <summary>Shuffled.</summary>
    Random,
}
