using FluentAssertions;
using LabTrace.Emulation.TimeCards.Hardware;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests.TimeCards;

/// <summary>The model against every access that the unmodified ptp_ocp driver made to another model of the card.</summary>
public sealed class RegisterReplayTests
{
    [Test]
    public void The_model_gives_the_real_driver_what_it_read()
    {
        var replay = new MmioReplay(File.ReadLines(Log()), RecordedCard());

        replay.Run();

        TestContext.Out.WriteLine($"{replay.Exact} reads exact, {replay.Near} time stamps within 5 ms, {replay.Mismatches.Count} others");
        replay.Mismatches.Should().BeEmpty();
        replay.Exact.Should().BeGreaterThan(7_900);
        replay.Near.Should().Be(14, "that is how often the driver read the GNSS time stamp");
    }

    [TestCase(CardDefect.SelectNotReported)]
    [TestCase(CardDefect.SmaReadbackLost)]
    [TestCase(CardDefect.EepromShifted)]
    [TestCase(CardDefect.TimestampsFallingEdge)]
    public void The_replay_finds_a_wrong_model(object defect)
    {
        var options = RecordedCard();
        var replay = new MmioReplay(File.ReadLines(Log()), options with { Faults = options.Faults with { Defect = (CardDefect)defect } });

        replay.Run();

        replay.Mismatches.Should().NotBeEmpty();
    }

    /// <summary>The card of the recording: its versions, its serial number, and registers it had at power-up.</summary>
    private static CardOptions RecordedCard()
    {
        var powerUp = new Dictionary<uint, uint>
        {
            [Registers.Tod + Registers.Version] = 0x01020003,
            [Registers.Tod + Registers.Status] = 1,
            [Registers.NmeaOut + 0x20] = 7,
            [Registers.SmaMap1] = 0x80008000,
            [Registers.SmaMap1 + 8] = 0,
        };
        for (var i = 0u; i < 4; i++)
        {
            powerUp[Registers.Signal + (i * Registers.Page) + Registers.Version] = 0x00010000;
            powerUp[Registers.Frequency + (i * Registers.Page) + Registers.Status] = 0x80989680;
        }

        return new CardOptions
        {
            ImageVersion = 0x8005,
            OscillatorPpt = 0,
            ResidualPpt = 0,
            PpsNoiseNs = 0,
            IsSteered = false,
            BoardPrefix = "LABTR",
            PowerUp = powerUp,
        };
    }

    private static string Log()
    {
        var corpus = Environment.GetEnvironmentVariable("LABTRACE_CORPUS");
        var path = Path.Combine(corpus ?? "", "captures", "ptp_ocp-mmio.log");
        if (corpus is null || !File.Exists(path))
        {
            Assert.Inconclusive("LABTRACE_CORPUS names no folder with captures/ptp_ocp-mmio.log");
        }

        return path;
    }
}
