namespace LabTrace.Emulation.Grtrace;

/// <summary>Takes so many of each hundred events, evenly spread: no chance takes part, so that every hundred in a row holds its share.</summary>
internal sealed class PercentSampler
{
    private int _owed;

    /// <summary>Whether the next event is taken.</summary>
    /// <param name="percent">0 to 100.</param>
    public bool Takes(int percent)
    {
        _owed += percent;
        if (_owed < 100)
        {
            return false;
        }

        _owed -= 100;
        return true;
    }
}
