namespace LabTrace.Emulation.Ftrace;

/// <summary>A condition on an event's records, as written into its <c>filter</c> file.</summary>
internal sealed class EventFilter
{
    private readonly Func<FilterInput, bool> _matches;

    private EventFilter(string text, Func<FilterInput, bool> matches)
    {
        Text = text;
        _matches = matches;
    }

    /// <summary>The filter as it was written, blanks behind it cut off.</summary>
    public string Text { get; }

    /// <exception cref="FilterException">The filter is refused.</exception>
    public static EventFilter Parse(EmulatedEvent of, string text, int cpus) => new(text, new FilterParser(of, text, cpus).Parse());

    public bool Matches(in FilterInput input) => _matches(input);
}

/// <summary>What a filter looks at.</summary>
/// <param name="Record">The event's record.</param>
/// <param name="Cpu">The cpu it happens on.</param>
/// <param name="Comm">The command that runs there.</param>
internal readonly record struct FilterInput(ReadOnlyMemory<byte> Record, int Cpu, string Comm);
