using FluentAssertions;
using LabTrace.Emulation.TimeCards.Hardware;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests.TimeCards;

/// <summary>EEPROMs behind OpenCores' controller, as i2c-ocores and at24 use them.</summary>
public sealed class EepromTests
{
    private const uint ArtPage = 0x0035_0000;
    private const uint AdvaPage = 0x0015_0000;
    private const byte Start = 0x91;
    private const byte Send = 0x11;
    private const byte Receive = 0x21;
    private const byte Stop = 0x41;
    private const byte Unanswered = 0x80;
    private const byte InProgress = 0x02;
    private long _now;
    private TimeCardModel _card = null!;

    [TestCase(BoardKind.Art, 0x52, 0x63)]
    [TestCase(BoardKind.Adva, 0x58, 0x9A)]
    public void The_serial_number_stands_where_the_board_has_it(object board, int address, int offset)
    {
        PowerUp((BoardKind)board);

        Read(address, offset, 6).Should().Equal(_card.Options.Serial);
    }

    [Test]
    public void Reading_goes_on_from_one_block_to_the_next()
    {
        PowerUp(BoardKind.Art);
        Write(0x51, 0, 7);

        Read(0x50, 0xFF, 2).Should().Equal(0, 7);
    }

    [Test]
    public void Writing_begins_its_page_again()
    {
        PowerUp(BoardKind.Art);

        Write(0x50, 0x1F, 1, 2);

        Read(0x50, 0x10, 1).Should().Equal(2);
        Read(0x50, 0x1F, 2).Should().Equal(1, 0);
    }

    [Test]
    public void Nobody_answers_where_nobody_is()
    {
        PowerUp(BoardKind.Art);

        (Command(Start, 0x54 << 1) & Unanswered).Should().NotBe(0);
        (Command(Start, 0x50 << 1) & Unanswered).Should().Be(0);
        _card.LoseEeprom();
        (Command(Start, 0x50 << 1) & Unanswered).Should().NotBe(0);
    }

    [Test]
    public void A_command_takes_the_time_of_a_byte_and_interrupts_when_it_is_asked_to()
    {
        PowerUp(BoardKind.Art);
        List<int> vectors = [];
        _card.Interrupted += vectors.Add;
        Put(2, 0xC0);
        Put(3, 0x50 << 1);
        Put(4, Start);
        (Get(4) & InProgress).Should().Be(InProgress);
        vectors.Should().BeEmpty();

        Pass();

        (Get(4) & 0x43).Should().Be(0x41, "it is done, and the bus is busy until it is stopped");
        vectors.Should().Equal(4);
        Put(4, 1);
        (Get(4) & 1).Should().Be(0);
        Put(4, Stop);
        Pass();
        (Get(4) & 0x40).Should().Be(0);
    }

    private void PowerUp(BoardKind board)
    {
        _now = 1_800_000_000_000_000_000;
        _card = new TimeCardModel(new CardOptions { Board = board }, () => _now);
    }

    private byte[] Read(int address, int offset, int count)
    {
        _ = Command(Start, address << 1);
        _ = Command(Send, offset);
        _ = Command(Start, (address << 1) | 1);
        var bytes = Enumerable.Range(0, count).Select(_ =>
        {
            _ = Command(Receive, 0);
            return Get(3);
        }).ToArray();
        _ = Command(Stop, 0);
        return bytes;
    }

    private void Write(int address, int offset, params byte[] content)
    {
        _ = Command(Start, address << 1);
        foreach (var value in (byte[])[(byte)offset, .. content])
        {
            _ = Command(Send, value);
        }

        _ = Command(Stop, 0);
    }

    private byte Command(byte command, int value)
    {
        Put(3, (byte)value);
        Put(4, command);
        Pass();
        return Get(4);
    }

    private void Pass() => _now += OcoresI2c.ByteNs;

    // ART has the registers side by side, ADVA one a word.
    private byte Get(uint register) => _card.Options.Board == BoardKind.Art
        ? (byte)(_card.Read(ArtPage + (register & ~3u)) >> (8 * (int)(register & 3)))
        : (byte)_card.Read(AdvaPage + (4 * register));

    private void Put(uint register, byte value)
    {
        if (_card.Options.Board == BoardKind.Art)
        {
            _card.WriteByte(ArtPage + register, value);
        }
        else
        {
            _card.Write(AdvaPage + (4 * register), value);
        }
    }
}
