namespace LabTrace.Devices.TimeCards;

/// <summary>What can be done around Time Cards without a person's hands: antennas, cables, GNSS signals, slots.</summary>
/// <remarks>Cards are named as in <c>/sys/class/timecard</c>. A target may have the interface and no card: see <see cref="HasBench"/>.</remarks>
public interface ITimeCardBench
{
    /// <summary>Whether there is a card whose surroundings can be changed.</summary>
    bool HasBench { get; }

    /// <summary>Connects or disconnects a card's GNSS antenna.</summary>
    /// <exception cref="TargetIOException">ENODEV: there is no such card.</exception>
    ValueTask SetAntennaAsync(string card, bool isConnected, CancellationToken cancellationToken);

    /// <summary>Lays a cable from one of a card's connectors to another, or takes it away.</summary>
    /// <param name="card">The card.</param>
    /// <param name="from">The connector that puts out, 1 to 4.</param>
    /// <param name="to">The connector that takes in, 1 to 4.</param>
    /// <param name="isLaid">Whether the cable is to be there.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">ENODEV: there is no such card.</exception>
    ValueTask SetCableAsync(string card, int from, int to, bool isLaid, CancellationToken cancellationToken);

    /// <summary>Lets the GNSS signal announce a leap second.</summary>
    /// <param name="card">The card.</param>
    /// <param name="after">How long until UTC leaps.</param>
    /// <param name="sign">+1 or -1.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="TargetIOException">ENODEV: there is no such card.</exception>
    ValueTask AnnounceLeapSecondAsync(string card, TimeSpan after, int sign, CancellationToken cancellationToken);

    /// <summary>Lets something about a card break.</summary>
    /// <exception cref="TargetIOException">ENODEV: there is no such card.</exception>
    ValueTask BreakAsync(string card, TimeCardFault fault, CancellationToken cancellationToken);

    /// <summary>Pulls a card out of its slot while it works.</summary>
    /// <exception cref="TargetIOException">ENODEV: there is no such card.</exception>
    ValueTask PullOutAsync(string card, CancellationToken cancellationToken);
}

/// <summary>What may break about a card.</summary>
public enum TimeCardFault
{
    /// <summary>The clock core never says that a time is ready to be read.</summary>
    ClockNeverReady,

    /// <summary>The EEPROMs do not answer.</summary>
    EepromUnreadable,

    /// <summary>The flash does not answer; a driver that has found it goes on asking.</summary>
    FlashUnreadable,

    /// <summary>The clock falls back to 1970 and says that it is in sync.</summary>
    ClockAt1970,
}
