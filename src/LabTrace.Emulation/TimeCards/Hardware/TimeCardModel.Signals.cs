namespace LabTrace.Emulation.TimeCards.Hardware;

/// <content>Signals: when their edges come, who stamps and counts them, what codes say.</content>
internal sealed partial class TimeCardModel
{
    private static bool IsPulse(CardSignal signal) => signal is not (CardSignal.None or CardSignal.High or CardSignal.TenMegahertz);

    private void Stamp(int stamper)
    {
        var edge = _nextSource[stamper];
        Stampers[stamper].Edge(edge);
        if (Defect == CardDefect.PpsTwice && stamper == 5)
        {
            Stampers[stamper].Edge(edge + 1_000_000);
        }

        _lastEdge[stamper] = _done;
        PlanEdge(stamper, _done + 1);
    }

    private void Replan()
    {
        for (var i = 0; i < _nextEdge.Length; i++)
        {
            // An edge of this very moment is still to come, unless it was it that was just stamped.
            PlanEdge(i, Math.Max(_done, _lastEdge[i] + 1));
        }

        IrigIn.Plan(_done);
        DcfIn.Plan(_done);
    }

    private void PlanEdge(int stamper, long from)
    {
        if (!Stampers[stamper].IsEnabled)
        {
            _nextEdge[stamper] = long.MaxValue;
            return;
        }

        var (signal, delay) = stamper switch
        {
            0 => (CardSignal.Gnss1, 0),
            5 => (CardSignal.Phc, 0),
            _ => Sma.Source(StamperBits[stamper]),
        };
        var (edge, phc) = NextEdge(signal, from - delay);
        _nextEdge[stamper] = edge == long.MaxValue ? edge : edge + delay;
        _nextSource[stamper] = edge == long.MaxValue ? 0 : phc + delay;
    }

    /// <summary>The next rising edge of a signal not before a moment: when it comes, and what the clock shows then.</summary>
    private (long At, long Phc) NextEdge(CardSignal signal, long from)
    {
        switch (signal)
        {
            case CardSignal.Phc:
                return OfPhc(((_phc.At(from) + Second - 1) / Second) * Second, from);
            case CardSignal.Irig or CardSignal.Dcf:
                return OfPhc((signal == CardSignal.Irig ? IrigOut : DcfOut).NextEdge(_phc.At(from)), from);
            case CardSignal.Gnss1 or CardSignal.Gnss2:
                var second = ((from + Second - 1) / Second) * Second;
                var at = second + Gnss.Noise(second);
                return Gnss.HasFix(second) ? (at, _phc.At(at)) : (long.MaxValue, 0);
            case CardSignal.Mac:
                var mac = ((from + Second - 1) / Second) * Second;
                return (mac, _phc.At(mac));
            case >= CardSignal.Gen1 and <= CardSignal.Gen4:
                return OfPhc(Generators[signal - CardSignal.Gen1].NextEdge(_phc.At(from)), from);
            default:
                return (long.MaxValue, 0);
        }
    }

    private (long At, long Phc) OfPhc(long phc, long from) => phc == long.MaxValue ? (phc, 0) : (WhenPhc(phc, from), phc);

    private long CountEdges(FrequencyCounter counter, long from, long to)
    {
        var index = Counters.ToList().IndexOf(counter);
        var (signal, _) = Sma.Source(0x100u << index);
        var seconds = (to - from) / Second;
        return signal switch
        {
            CardSignal.TenMegahertz => seconds * 10_000_000,
            CardSignal.Irig => CountEdges(IrigOut, from, to),
            CardSignal.Dcf => CountEdges(DcfOut, from, to),
            CardSignal.Gnss1 or CardSignal.Gnss2 => Gnss.HasFix(from) ? seconds : 0,
            >= CardSignal.Gen1 and <= CardSignal.Gen4 when Generators[signal - CardSignal.Gen1] is { IsRunning: true, Period: > 0 } running =>
                (to - from) / running.Period,
            _ when IsPulse(signal) && signal < CardSignal.Gen1 => seconds,
            _ => 0,
        };
    }

    private long CountEdges(TimecodeMaster code, long from, long to)
    {
        var count = 0;
        for (var edge = code.NextEdge(_phc.At(from)); edge < _phc.At(to); edge = code.NextEdge(edge + 1))
        {
            count++;
        }

        return count;
    }
}
