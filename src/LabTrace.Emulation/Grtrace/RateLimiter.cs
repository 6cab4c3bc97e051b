namespace LabTrace.Emulation.Grtrace;

/// <summary>The limit on events a second: by windows, or by a bucket of tokens.</summary>
internal sealed class RateLimiter
{
    private const long SecondNs = 1_000_000_000;
    private long _windowStart = -1;
    private long _inWindow;
    private long _tokens;
    private long _remainder;
    private long _refilledAt = -1;

    /// <summary>Events a second; 0 is no limit.</summary>
    public long PerSecond { get; private set; }

    /// <summary>How many tokens the bucket holds; 0 is as many as come in a second.</summary>
    public long Burst { get; private set; }

    /// <summary>Which limiter.</summary>
    public RateLimiterMode Mode { get; private set; }

    private long Capacity => Burst > 0 ? Burst : PerSecond;

    /// <summary>Sets the limit; the limiter starts anew, its bucket full.</summary>
    public void Set(long perSecond, long burst, RateLimiterMode mode)
    {
        if ((perSecond, burst, mode) != (PerSecond, Burst, Mode))
        {
            (PerSecond, Burst, Mode) = (perSecond, burst, mode);
            (_windowStart, _refilledAt) = (-1, -1);
        }
    }

    /// <summary>Whether an event may pass.</summary>
    public bool Allows(long nowNs)
    {
        if (PerSecond == 0)
        {
            return true;
        }

        return Mode == RateLimiterMode.Window ? AllowsInWindow(nowNs) : TakesToken(nowNs);
    }

    private bool AllowsInWindow(long nowNs)
    {
        if (_windowStart < 0 || nowNs - _windowStart >= SecondNs)
        {
            (_windowStart, _inWindow) = (nowNs, 0);
        }

        if (_inWindow >= PerSecond)
        {
            return false;
        }

        _inWindow++;
        return true;
    }

    private bool TakesToken(long nowNs)
    {
        if (_refilledAt < 0)
        {
            (_tokens, _remainder) = (Capacity, 0);
        }
        else
        {
            // Whole tokens; what is left of one is kept in nanoseconds times tokens, so that nothing is rounded away.
            var earned = (UInt128)(ulong)Math.Max(0, nowNs - _refilledAt) * (ulong)PerSecond + (ulong)_remainder;
            var whole = (long)UInt128.Min(earned / SecondNs, (ulong)Capacity);
            _remainder = (long)(earned % SecondNs);
            _tokens = Math.Min(Capacity, _tokens + whole);
        }

        _refilledAt = Math.Max(_refilledAt, nowNs);
        if (_tokens == 0)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
