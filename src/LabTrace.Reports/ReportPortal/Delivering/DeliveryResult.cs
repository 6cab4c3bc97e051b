namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>How far a delivery has come, or came.</summary>
/// <param name="Total">Requests in the spool, as far as it was read.</param>
/// <param name="Delivered">Those the server has.</param>
internal sealed record DeliveryResult(int Total, int Delivered)
{
    /// <summary>The spool was read to its end, and that end is the run's.</summary>
    public bool SawEnd { get; init; }

    /// <summary>Why it was given up; null when it was not.</summary>
    public string? GaveUp { get; init; }

    /// <summary>What the server will not take, with its reason; the first few.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];

    /// <summary>What was sent otherwise than it was told; the first few.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The launch's page, or null.</summary>
    public string? Link { get; init; }

    /// <summary>The launch's number, or null.</summary>
    public long? Number { get; init; }

    /// <summary>The server has all of it.</summary>
    public bool IsComplete => SawEnd && Delivered == Total;

    /// <summary>Requests the server does not have.</summary>
    public int Left => Total - Delivered;
}
