using FluentAssertions;
using LabTrace.Emulation.TimeCards.Hardware;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests.TimeCards;

/// <summary>The flash of a card through the registers of its SPI controller.</summary>
public sealed class FlashTests
{
    private const uint Running = 0x86;
    private const uint Inhibited = 0x186;
    private const long Millisecond = 1_000_000;
    private long _now;
    private TimeCardModel _card = null!;

    [SetUp]
    public void PowerUp()
    {
        _now = 1_800_000_000_000_000_000;
        _card = new TimeCardModel(new CardOptions(), () => _now);
    }

    [Test]
    public void It_tells_what_chip_it_is() => Exchange(0x9F, 0, 0, 0).Should().Equal(0xFF, 0x20, 0xBA, 0x19);

    [Test]
    public void Nobody_answers_who_is_not_selected()
    {
        Start(Running, selected: false);
        _card.Write(Registers.Spi + 0x68, 0x9F);
        _card.Write(Registers.Spi + 0x68, 0);

        Received(2).Should().Equal(0xFF, 0xFF);
    }

    [Test]
    public void Programming_takes_ones_away_and_erasing_brings_them_back()
    {
        Program(0x1000, 0xF0);
        Program(0x1000, 0x3C);
        Read(0x1000, 2).Should().Equal(0x30, 0xFF);

        Erase(0x1FFF);
        Read(0x1000, 1).Should().Equal(0xFF);
    }

    [Test]
    public void Behind_the_end_of_a_page_its_beginning_is_programmed()
    {
        Program(0x12FE, 1, 2, 3);

        Read(0x12FE, 2).Should().Equal(1, 2);
        Read(0x1200, 1).Should().Equal(3);
        Read(0x1300, 1).Should().Equal(0xFF);
    }

    [Test]
    public void Without_permission_nothing_is_written_and_each_permission_is_for_one_command()
    {
        _ = Exchange(0x02, 0, 0x10, 0, 0);
        Read(0x1000, 1).Should().Equal(0xFF);

        Program(0x1000, 0);
        _ = Exchange(0x02, 0, 0x10, 1, 0);
        _ = Exchange(0x06);
        _ = Exchange(0x04);
        _ = Exchange(0x02, 0, 0x10, 1, 0);
        Read(0x1000, 2).Should().Equal(0, 0xFF);
    }

    [Test]
    public void While_it_is_busy_it_says_so_and_does_nothing_else()
    {
        _ = Exchange(0x06);
        Status().Should().Be(2);
        _ = Exchange(0x20, 0, 0x10, 0);
        Status().Should().Be(1);
        _ = Exchange(0x06);
        _ = Exchange(0x02, 0, 0x10, 0, 0);

        _now += 100 * Millisecond;

        (Status() & 1).Should().Be(0);
        Read(0x1000, 1).Should().Equal(0xFF);
    }

    [Test]
    public void Four_bytes_of_address_reach_what_three_do_not()
    {
        _ = Exchange(0x06);
        _ = Exchange(0x12, 1, 0, 0, 0, 0x5A);
        _now += Millisecond;

        Exchange(0x13, 1, 0, 0, 0, 0)[5].Should().Be(0x5A);
        Read(0, 1).Should().Equal(0xFF);
        _ = Exchange(0x06);
        _ = Exchange(0x21, 1, 0, 0, 0);
        _now += 100 * Millisecond;
        Exchange(0x13, 1, 0, 0, 0, 0)[5].Should().Be(0xFF);
    }

    [Test]
    public void A_flash_that_has_left_the_bus_answers_with_ones()
    {
        _card.LoseFlash();

        Exchange(0x9F, 0, 0, 0).Should().Equal(0xFF, 0xFF, 0xFF, 0xFF);
    }

    [Test]
    public void The_controller_fills_empties_and_resets()
    {
        Start(Inhibited, selected: true);
        for (var i = 0; i < 300; i++)
        {
            _card.Write(Registers.Spi + 0x68, 0x05);
        }

        Of(0x74).Should().Be(255, "the FIFO takes no more");
        Of(0x64).Should().Be(0x29, "what comes back is empty, what goes out is full");
        _card.Write(Registers.Spi + 0x60, Running);
        Of(0x78).Should().Be(255);
        Of(0x64).Should().Be(0x26);
        Of(0x20).Should().Be(4, "what went out is empty");
        _card.Write(Registers.Spi + 0x20, 4);
        Of(0x20).Should().Be(0);

        _card.Write(Registers.Spi + 0x60, Inhibited | 0x40);
        Of(0x64).Should().Be(0x25);
        _card.Write(Registers.Spi + 0x60, Running);
        _card.Write(Registers.Spi + 0x40, 0xA);
        Of(0x60).Should().Be(0x180);
        Of(0x70).Should().Be(uint.MaxValue);
    }

    [Test]
    public void What_went_out_interrupts_when_it_is_asked_to()
    {
        List<int> vectors = [];
        _card.Interrupted += vectors.Add;
        _ = Exchange(0x9F);
        vectors.Should().BeEmpty();
        _card.Write(Registers.Spi + 0x20, 4);

        _card.Write(Registers.Spi + 0x28, 4);
        _card.Write(Registers.Spi + 0x1C, 1u << 31);
        _ = Exchange(0x9F);

        vectors.Should().Equal(Registers.SpiVector);
    }

    private void Program(int address, params byte[] content)
    {
        _ = Exchange(0x06);
        _ = Exchange([0x02, (byte)(address >> 16), (byte)(address >> 8), (byte)address, .. content]);
        _now += Millisecond;
    }

    private void Erase(int address)
    {
        _ = Exchange(0x06);
        _ = Exchange(0x20, (byte)(address >> 16), (byte)(address >> 8), (byte)address);
        _now += 100 * Millisecond;
    }

    private byte[] Read(int address, int count) =>
        Exchange([0x03, (byte)(address >> 16), (byte)(address >> 8), (byte)address, .. new byte[count]])[4..];

    private byte Status() => Exchange(0x05, 0)[1];

    private byte[] Exchange(params byte[] bytes)
    {
        Start(Running, selected: true);
        foreach (var value in bytes)
        {
            _card.Write(Registers.Spi + 0x68, value);
        }

        var answer = Received(bytes.Length);
        _card.Write(Registers.Spi + 0x70, uint.MaxValue);
        return answer;
    }

    private void Start(uint control, bool selected)
    {
        _card.Write(Registers.Spi + 0x60, control | 0x60);
        _card.Write(Registers.Spi + 0x70, selected ? 0xFFFF_FFFE : uint.MaxValue);
    }

    private byte[] Received(int count) => [.. Enumerable.Range(0, count).Select(_ => (byte)Of(0x6C))];

    private uint Of(uint register) => _card.Read(Registers.Spi + register);
}
