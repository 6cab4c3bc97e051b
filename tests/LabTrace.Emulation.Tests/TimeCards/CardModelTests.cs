using FluentAssertions;
using LabTrace.Emulation.TimeCards.Hardware;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests.TimeCards;

/// <summary>What the registers show and no version of the driver does.</summary>
public sealed class CardModelTests
{
    private const long Second = 1_000_000_000;
    private const long Start = 1_800_000_000 * Second;

    [Test]
    public void Without_GNSS_the_clock_core_says_that_it_is_in_holdover_and_with_it_no_longer()
    {
        var now = Start;
        var card = new TimeCardModel(new CardOptions(), () => now);
        card.Write(Registers.Clock + Registers.Select, Registers.SelectPps);
        now += 10 * Second;
        IsInHoldover().Should().BeFalse();

        card.DisconnectAntenna();
        now += 10 * Second;
        IsInHoldover().Should().BeTrue();

        card.ConnectAntenna();
        now += 60 * Second;
        IsInHoldover().Should().BeFalse();

        bool IsInHoldover() => (card.Read(Registers.Clock + Registers.Status) & Registers.StatusHoldover) != 0;
    }

    [Test]
    public void Taking_back_a_drift_that_was_dialled_leaves_what_the_servo_has_learned()
    {
        var now = Start;
        var card = new TimeCardModel(new CardOptions { OscillatorPpt = 1_800_000, ResidualPpt = 0 }, () => now);
        DialDrift(1_000);
        now += 10 * Second;
        (card.PhcNow - now).Should().Be(10_000);

        DialDrift(0);
        now += 10 * Second;

        (card.PhcNow - now).Should().Be(10_000);

        void DialDrift(uint ppb)
        {
            card.Write(Registers.Clock + Registers.DriftNs, ppb);
            card.Write(Registers.Clock + Registers.DriftWindowNs, (uint)Second);
            card.Write(Registers.Clock + Registers.Ctrl, Registers.CtrlAdjustDrift | Registers.CtrlEnable);
        }
    }

    [Test]
    public void What_comes_next_is_never_in_the_past_and_comes()
    {
        var now = Start;
        var card = new TimeCardModel(new CardOptions(), () => now);
        for (var i = 0; i < 50; i++)
        {
            var next = card.NextEvent;
            next.Should().BeGreaterThan(card.Reached).And.BeLessThanOrEqualTo(now + (2 * Second));
            now = next;
            card.Advance();
            card.Reached.Should().Be(next);
        }
    }
}
