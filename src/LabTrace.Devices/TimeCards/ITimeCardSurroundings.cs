namespace LabTrace.Devices.TimeCards;

/// <summary>What is around one Time Card whose hardware is a model: see <see cref="ITimeCardBench"/>.</summary>
public interface ITimeCardSurroundings
{
    /// <summary>Connects or disconnects the GNSS antenna.</summary>
    void SetAntenna(bool isConnected);

    /// <summary>Lays a cable from an output to an input, connectors 1 to 4, or takes it away.</summary>
    void SetCable(int from, int to, bool isLaid);

    /// <summary>Lets the GNSS signal announce a leap second.</summary>
    void AnnounceLeapSecond(TimeSpan after, int sign);

    /// <summary>Lets something break.</summary>
    void Break(TimeCardFault fault);
}
