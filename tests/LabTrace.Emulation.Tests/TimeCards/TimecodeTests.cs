using FluentAssertions;
using LabTrace.Emulation.TimeCards.Hardware;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests.TimeCards;

/// <summary>The cores of IRIG-B and DCF77 through their registers, an output of the card at its own input.</summary>
public sealed class TimecodeTests
{
    private const long Second = 1_000_000_000;
    private const long Minute = 60 * Second;
    private const uint On = 1;
    private const uint Mode7 = 7 << 16;
    private const uint Correction = 0x10;
    private const uint Delay = 0x20;
    private const uint ManualYear = 0x24;
    private long _now;
    private TimeCardModel _card = null!;

    [SetUp]
    public void PowerUp()
    {
        // 2027-01-15, at 08:00:00.
        _now = 1_800_000_000 * Second;
        _card = new TimeCardModel(new CardOptions { OscillatorPpt = 0, ResidualPpt = 0, Cables = [(3, 2)] }, () => _now);
    }

    [Test]
    public void A_code_that_says_what_the_clock_shows_leaves_it_where_it_is()
    {
        Loop(Timecode.Irig, Mode7);
        SetClock(-5 * Second);

        Pass(8 * Second);

        IsInSync().Should().BeTrue();
        Moved().Should().BeCloseTo(-5 * Second, 1_000, "each frame is five nanoseconds late, for the cable, and so the clock becomes");
        Moved().Should().BeLessThan(-5 * Second);
    }

    [Test]
    public void A_cable_whose_delay_is_known_does_not_pull_the_clock()
    {
        Loop(Timecode.Irig, Mode7);
        _card.Write(Registers.IrigIn + Delay, 5);

        Pass(8 * Second);

        Moved().Should().Be(0);
    }

    [Test]
    public void What_the_master_takes_off_the_slave_puts_on_again()
    {
        _card.Write(Registers.IrigOut + Correction, 37);
        _card.Write(Registers.IrigIn + Correction, 37);
        Loop(Timecode.Irig, Mode7);

        Pass(8 * Second);

        IsInSync().Should().BeTrue();
        Moved().Should().BeCloseTo(0, 1_000);
    }

    [Test]
    public void And_where_it_does_not_the_clock_goes_back_with_every_frame()
    {
        _card.Write(Registers.IrigOut + Correction, 37);
        Loop(Timecode.Irig, Mode7);

        Pass((4 * Second) + 1000);

        IsInSync().Should().BeFalse();
        Moved().Should().BeCloseTo(-4 * 37 * Second, 1_000);
    }

    [Test]
    public void A_code_nobody_selected_moves_nothing()
    {
        _card.Write(Registers.IrigOut + Correction, 37);
        Loop(Timecode.Irig, Mode7);
        _card.Write(Registers.Clock + Registers.Select, Registers.SelectDcf);

        Pass(8 * Second);

        Moved().Should().Be(0);
    }

    [Test]
    public void A_frame_without_the_year_says_nothing_until_a_register_does()
    {
        Loop(Timecode.Irig, 3 << 16);
        SetClock(Second);
        Pass(8 * Second);
        IsInSync().Should().BeFalse();

        _card.Write(Registers.IrigIn + ManualYear, 2026);
        Pass(3 * Second);

        DateTimeOffset.FromUnixTimeSeconds(_card.PhcNow / Second).Should().BeCloseTo(new DateTimeOffset(2026, 1, 15, 8, 0, 12, TimeSpan.Zero), TimeSpan.FromSeconds(1));
    }

    [Test]
    public void Half_a_frame_is_none()
    {
        _card.Write(Registers.IrigOut + Correction, 37);
        Loop(Timecode.Irig, Mode7);
        for (var i = 0; i < 8; i++)
        {
            // Each frame is cut.
            Pass(900_000_000);
            _card.Lay(3, 2, isThere: false);
            Pass(100_000_000);
            _card.Lay(3, 2, isThere: true);
        }

        Moved().Should().Be(0);
    }

    [Test]
    public void A_master_that_is_off_makes_neither_frames_nor_edges()
    {
        Loop(Timecode.Irig, Mode7);
        _card.Write(Registers.IrigOut, Mode7);
        Route(output: 0x10, input: 4);
        _card.Write(Registers.Ts1, 1);
        Pass(2 * Second);

        _card.Read(Registers.Ts1 + Registers.EventCount).Should().Be(0);
        _card.Write(Registers.IrigOut, Mode7 | On);
        Pass(2 * Second);
        _card.Read(Registers.Ts1 + Registers.EventCount).Should().BeCloseTo(200, 1);
    }

    [Test]
    public void DCF_tells_minutes_and_the_second_before_one_is_without_an_edge()
    {
        Loop(Timecode.Dcf, 0);
        SetClock(-7 * Second);
        Pass(6 * Minute);
        IsInSync().Should().BeTrue();
        Moved().Should().BeCloseTo(-7 * Second, 1_000);

        Route(output: 0x20, input: 4);
        _card.Write(Registers.Ts1, 1);
        Pass(10 * Minute);
        _card.Read(Registers.Ts1 + Registers.EventCount).Should().Be(590);
    }

    [Test]
    public void DCF_tells_two_digits_of_the_year()
    {
        Loop(Timecode.Dcf, 0);
        SetClock(-_now + (30 * 365 * 86_400 * Second));
        var before = DateTimeOffset.FromUnixTimeSeconds(_card.PhcNow / Second);

        Pass(3 * Minute);

        before.Year.Should().Be(1999);
        DateTimeOffset.FromUnixTimeSeconds(_card.PhcNow / Second).Year.Should().Be(2099);
    }

    [Test]
    public void Another_signal_is_an_error_until_it_is_cleared()
    {
        Loop(Timecode.Irig, Mode7);
        Pass(2 * Second);
        _card.Read(Registers.IrigIn + Registers.Status).Should().Be(0);

        Route(output: 1, input: 0x10);
        Pass(2 * Second);
        _card.Read(Registers.IrigIn + Registers.Status).Should().Be(1);

        Route(output: 0x10, input: 0x10);
        _card.Write(Registers.IrigIn + Registers.Status, 1);
        Pass(2 * Second);
        _card.Read(Registers.IrigIn + Registers.Status).Should().Be(0);
    }

    private void Loop(Timecode code, uint mode)
    {
        var isIrig = code == Timecode.Irig;
        Route(isIrig ? 0x10u : 0x20, isIrig ? 0x10u : 0x20);
        _card.Write(isIrig ? Registers.IrigOut : Registers.DcfOut, mode | On);
        _card.Write(isIrig ? Registers.IrigIn : Registers.DcfIn, On);
        _card.Write(Registers.Clock + Registers.Select, isIrig ? Registers.SelectIrig : Registers.SelectDcf);
    }

    /// <summary>What SMA3 puts out, and where SMA2 goes.</summary>
    private void Route(uint output, uint input)
    {
        _card.Write(Registers.SmaMap1 + 8, 0x8000 | output);
        _card.Write(Registers.SmaMap1, (0x8000 | input) << 16);
    }

    private void SetClock(long by)
    {
        var time = _card.PhcNow + by;
        _card.Write(Registers.Clock + Registers.AdjustNs, (uint)(time % Second));
        _card.Write(Registers.Clock + Registers.AdjustSec, (uint)(time / Second));
        _card.Write(Registers.Clock + Registers.Ctrl, Registers.CtrlAdjustTime | Registers.CtrlEnable);
    }

    private void Pass(long ns)
    {
        _now += ns;
        _card.Advance();
    }

    private long Moved() => _card.PhcNow - _now;

    private bool IsInSync() => (_card.Read(Registers.Clock + Registers.Status) & Registers.StatusInSync) != 0;
}
