namespace LabTrace.Devices;

/// <summary>A place cannot be had here at all: a program it is made with is missing. Scenarios are skipped there, and broken in CI.</summary>
public sealed class PlaceNotAvailableException : LabException
{
    private readonly string _place;
    private readonly string _missing;
    private readonly string _remedy;

    /// <summary>Makes the error.</summary>
    /// <param name="place">The place's name.</param>
    /// <param name="missing">What is missing.</param>
    /// <param name="remedy">What would supply it.</param>
    public PlaceNotAvailableException(string place, string missing, string remedy)
        : base($"place '{place}' cannot be had here: {missing} is missing", remedy) => (_place, _missing, _remedy) = (place, missing, remedy);

    /// <summary>The same error for another caller, who throws it from elsewhere.</summary>
    public PlaceNotAvailableException Again() => new(_place, _missing, _remedy);
}
