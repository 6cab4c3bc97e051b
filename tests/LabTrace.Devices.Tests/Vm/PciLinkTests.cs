using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using LabTrace.Devices.Vm;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Vm;

/// <summary>The link is talked to as QEMU's x-pci-proxy-dev does.</summary>
public sealed class PciLinkTests
{
    private const int ConfigWrite = 2;
    private const int ConfigRead = 3;
    private const int BarWrite = 4;
    private const int BarRead = 5;
    private const ulong BarAt = 0xFC00_0000;

    private Card _card = null!;
    private InterruptChannel _interrupts = null!;
    private PciLink _link = null!;
    private Socket _qemu = null!;

    [SetUp]
    public void Plug()
    {
        _card = new Card();
        _interrupts = new InterruptChannel();
        _link = new PciLink(_card, _interrupts);

        // QEMU inherits the descriptor; here another one for the same end stands for that.
        _qemu = new Socket(new SafeSocketHandle(Libc.FileControl(_link.FarEnd, 1030, 0), ownsHandle: true)) { ReceiveTimeout = 10_000 };
        _link.CloseFarEnd();
    }

    [TearDown]
    public async Task UnplugAsync()
    {
        _qemu.Dispose();
        await _link.DisposeAsync();
        await _interrupts.DisposeAsync();
    }

    [Test]
    public void Configuration_space_is_read_and_written()
    {
        Ask(ConfigRead, Config(0, 0, 4)).Should().Be(0x0400_1D9B);
        _ = Ask(ConfigWrite, Config(4, 6, 2));
        _card.Config.Should().Be((4u, 6u, 2));
    }

    [TestCase(4, 0x10u, 0x4433_2211ul)]
    [TestCase(8, 0x10u, 0x8877_6655_4433_2211ul)]
    [TestCase(1, 0x10u, 0x11ul)]
    [TestCase(1, 0x13u, 0x44ul)]
    [TestCase(2, 0x12u, 0x4433ul)]
    public void Parts_of_a_word_and_two_words_are_read(int size, uint offset, ulong expected)
    {
        (_card.Words[0x10], _card.Words[0x14]) = (0x4433_2211, 0x8877_6655);
        Ask(BarRead, Bar(BarAt + offset, 0, size)).Should().Be(expected);
    }

    [Test]
    public void Two_words_are_written_in_their_order()
    {
        _ = Ask(BarWrite, Bar(BarAt + 0x20, 0x2222_2222_1111_1111, 8));
        _card.Written.Should().Equal((0x20u, 0x1111_1111u), (0x24u, 0x2222_2222u));
    }

    [Test]
    public void A_byte_is_written_where_it_is_and_by_a_card_of_words_to_its_word()
    {
        _ = Ask(BarWrite, Bar(BarAt + 0x23, 0x7F, 1));
        _card.Bytes.Should().Equal((0x23u, (byte)0x7F));

        ((IPciCard)new CardOfWords(_card)).WriteByte(0x23, 0x7F);
        _card.Written.Should().Equal((0x20u, 0x7Fu));
    }

    [Test]
    public void What_is_not_asked_is_not_answered()
    {
        Send(0, new byte[64]);
        Send(6, []);
        Ask(ConfigRead, Config(0, 0, 4)).Should().Be(0x0400_1D9B);
    }

    [Test]
    public async Task A_message_of_the_card_becomes_a_memory_write_of_the_machine()
    {
        var path = Path.Combine(Path.GetTempPath(), $"labtrace-pci-{Guid.NewGuid():N}");
        try
        {
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            using var machine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
            await machine.ConnectAsync(new UnixDomainSocketEndPoint(path));
            _interrupts.Connect(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));

            _link.Do(() => _card.Interrupt(0xFEE0_1000, 0x4021));

            var buffer = new byte[64];
            Encoding.ASCII.GetString(buffer, 0, machine.Receive(buffer)).Should().Be("writel 0xfee01000 0x4021\n");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void A_message_of_an_impossible_size_ends_the_link_and_is_told()
    {
        Send(BarRead, [], size: 1 << 30);
        SpinWait.SpinUntil(() => _link.Failure is not null, TimeSpan.FromSeconds(10)).Should().BeTrue();
        _link.Failure.Should().Contain("a card of the test").And.Contain("1073741824 bytes");
    }

    [Test]
    public void Time_that_passes_reaches_the_card_without_any_access()
    {
        var before = _card.Advances;
        SpinWait.SpinUntil(() => _card.Advances > before + 3, TimeSpan.FromSeconds(10)).Should().BeTrue();
    }

    private static byte[] Config(uint address, uint value, int length)
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, address);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), length);
        return bytes;
    }

    private static byte[] Bar(ulong address, ulong value, int size)
    {
        var bytes = new byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, address);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), size);
        return bytes;
    }

    private void Send(int command, byte[] payload, long? size = null)
    {
        var header = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(header, command);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), size ?? payload.Length);
        _ = _qemu.Send([.. header, .. payload]);
    }

    private ulong Ask(int command, byte[] payload)
    {
        Send(command, payload);
        var answer = new byte[24];
        for (var got = 0; got < answer.Length;)
        {
            var count = _qemu.Receive(answer, got, answer.Length - got, SocketFlags.None);
            count.Should().BePositive();
            got += count;
        }

        BinaryPrimitives.ReadInt32LittleEndian(answer).Should().Be(1);
        return BinaryPrimitives.ReadUInt64LittleEndian(answer.AsSpan(16));
    }

    private sealed class Card : IPciCard
    {
        private int _advances;

        public event Action<ulong, uint>? Message;

        public string Description => "a card of the test";

        public uint Base => (uint)BarAt;

        public Dictionary<uint, uint> Words { get; } = [];

        public List<(uint Offset, uint Value)> Written { get; } = [];

        public List<(uint Offset, byte Value)> Bytes { get; } = [];

        public (uint Address, uint Value, int Length) Config { get; private set; }

        public int Advances => Volatile.Read(ref _advances);

        public uint ReadConfig(uint address, int length) => 0x0400_1D9B;

        public void WriteConfig(uint address, uint value, int length) => Config = (address, value, length);

        public uint Read(uint offset) => Words.GetValueOrDefault(offset);

        public void Write(uint offset, uint value) => Written.Add((offset, value));

        public void WriteByte(uint offset, byte value) => Bytes.Add((offset, value));

        public TimeSpan Advance()
        {
            _ = Interlocked.Increment(ref _advances);
            return TimeSpan.FromMilliseconds(1);
        }

        public void Interrupt(ulong address, uint data) => Message?.Invoke(address, data);
    }

    private sealed class CardOfWords(Card card) : IPciCard
    {
        public event Action<ulong, uint>? Message
        {
            add => card.Message += value;
            remove => card.Message -= value;
        }

        public string Description => card.Description;

        public uint Base => card.Base;

        public uint ReadConfig(uint address, int length) => card.ReadConfig(address, length);

        public void WriteConfig(uint address, uint value, int length) => card.WriteConfig(address, value, length);

        public uint Read(uint offset) => card.Read(offset);

        public void Write(uint offset, uint value) => card.Write(offset, value);

        public TimeSpan Advance() => card.Advance();
    }
}
