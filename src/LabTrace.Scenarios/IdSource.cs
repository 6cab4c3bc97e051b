using System.Globalization;

namespace LabTrace.Scenarios;

/// <summary>Counts ids of the message stream: the same input gives the same ids.</summary>
internal sealed class IdSource
{
    private int _next = -1;

    public string Next() => Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture);
}
