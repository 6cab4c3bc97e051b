namespace LabTrace.Tracing.Queries;

/// <summary>Counts events in equal steps of time while they come: how the rate goes on.</summary>
/// <param name="step">The length of a step, above zero.</param>
/// <remarks>Memory grows with the steps that the trace covers, up to <see cref="MaxSteps"/>; later events are counted as beyond.</remarks>
public sealed class RateSeries(Duration step)
{
    /// <summary>The most steps that are kept.</summary>
    public const int MaxSteps = 10_000_000;

    private readonly List<long> _counts = [];
    private TraceTime _start;
    private bool _hasStart;

    /// <summary>The length of a step.</summary>
    public Duration Step { get; } = step > Duration.Zero ? step : throw new ArgumentOutOfRangeException(nameof(step), "a step must be longer than nothing");

    /// <summary>When the first step begins: at the first event that was added.</summary>
    public TraceTime Start => _start;

    /// <summary>Events in each step.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Events before the first step or behind the last that is kept.</summary>
    public long Beyond { get; private set; }

    /// <summary>Counts an event.</summary>
    public void Add(TraceTime time)
    {
        if (!_hasStart)
        {
            (_start, _hasStart) = (time, true);
        }

        var index = (time - _start).Nanoseconds / Step.Nanoseconds;
        if (time < _start || index >= MaxSteps)
        {
            Beyond++;
            return;
        }

        while (_counts.Count <= index)
        {
            _counts.Add(0);
        }

        _counts[(int)index]++;
    }
}
