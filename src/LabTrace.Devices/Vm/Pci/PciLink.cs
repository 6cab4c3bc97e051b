using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;

namespace LabTrace.Devices.Vm;

/// <summary>Carries a machine's accesses to a card in this process: the far side of QEMU's <c>x-pci-proxy-dev</c>.</summary>
/// <remarks>
/// QEMU 7.2 hw/remote/mpqemu-link.c and spec/vm-lab.md, "The emulated PCI card": a message has a header of 16 bytes, {int32
/// command, int32, uint64 bytes that follow}; all but the first kinds are answered with a uint64. While an access waits for its
/// answer the machine stands still.
/// </remarks>
internal sealed class PciLink : IAsyncDisposable
{
    private const int HeaderBytes = 16;
    private const int LargestPayload = 4096;
    private const int Return = 1;
    private const int ConfigWrite = 2;
    private const int ConfigRead = 3;
    private const int BarWrite = 4;
    private const int BarRead = 5;
    private const int DeviceReset = 7;
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    private readonly Lock _oneAtATime = new();
    private readonly IPciCard _card;
    private readonly Socket _near;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _serving;
    private readonly Thread _ticking;
    private readonly InterruptChannel _interrupts;
    private int _farEnd;
    private volatile bool _isClosing;

    /// <summary>Opens a link that no machine has yet.</summary>
    /// <exception cref="IOException">The kernel gives no socket pair.</exception>
    public PciLink(IPciCard card, InterruptChannel interrupts)
    {
        (_card, _interrupts) = (card, interrupts);
        Span<int> ends = stackalloc int[2];
        if (Libc.SocketPair(Libc.UnixFamily, Libc.StreamSocket | Libc.CloseOnExec, 0, ends) < 0)
        {
            throw new IOException($"no socket pair for the card {card.Description}: {Libc.LastErrno}");
        }

        _near = new Socket(new SafeSocketHandle(ends[0], ownsHandle: true));
        _farEnd = ends[1];
        _ = Libc.FileControl(_farEnd, Libc.SetDescriptorFlags, 0);
        card.Message += interrupts.Send;
        _serving = new Thread(Serve) { IsBackground = true, Name = "pci accesses" };
        _ticking = new Thread(Tick) { IsBackground = true, Name = "pci card" };
    }

    /// <summary>The descriptor that QEMU inherits: open in every process that is started until <see cref="CloseFarEnd"/>.</summary>
    public int FarEnd => _farEnd;

    /// <summary>What went wrong with the link, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>QEMU has its end: this process lets go of it, and serves.</summary>
    public void CloseFarEnd()
    {
        _ = Libc.Close(Interlocked.Exchange(ref _farEnd, -1));
        _serving.Start();
        _ticking.Start();
    }

    /// <summary>Does something around the card between two of the machine's accesses.</summary>
    public void Do(Action act)
    {
        lock (_oneAtATime)
        {
            act();
        }

        _ = _wake.Set();
    }

    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        _card.Message -= _interrupts.Send;
        if (_farEnd >= 0)
        {
            _ = Libc.Close(_farEnd);
        }

        _near.Dispose();
        _ = _wake.Set();
        await Task.Run(() =>
        {
            foreach (var thread in (Thread[])[_serving, _ticking])
            {
                if (thread.ThreadState != ThreadState.Unstarted && thread.IsAlive)
                {
                    thread.Join();
                }
            }
        });
        _wake.Dispose();
    }

    private void Serve()
    {
        Span<byte> message = stackalloc byte[HeaderBytes + LargestPayload];
        Span<byte> answer = stackalloc byte[HeaderBytes + sizeof(ulong)];
        answer.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(answer, Return);
        BinaryPrimitives.WriteInt64LittleEndian(answer[8..], sizeof(ulong));
        try
        {
            while (Fill(message[..HeaderBytes]))
            {
                var command = BinaryPrimitives.ReadInt32LittleEndian(message);
                var size = BinaryPrimitives.ReadInt64LittleEndian(message[8..]);
                if (size is < 0 or > LargestPayload)
                {
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"QEMU sent a message of kind {command} with {size} bytes"));
                }

                var payload = message.Slice(HeaderBytes, (int)size);
                if (!Fill(payload))
                {
                    break;
                }

                if (command is < ConfigWrite or > DeviceReset or DeviceReset - 1)
                {
                    // The machine's memory and its interrupt line: the card reads no memory, and sends messages.
                    continue;
                }

                BinaryPrimitives.WriteUInt64LittleEndian(answer[HeaderBytes..], Access(command, payload));
                _ = _near.Send(answer);
                if (command == BarWrite)
                {
                    _ = _wake.Set();
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidDataException)
        {
            Failure = _isClosing ? null : $"the link to the card {_card.Description} broke: {e.Message}";
        }
    }

    private bool Fill(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = _near.Receive(buffer);
            if (count == 0)
            {
                return false;
            }

            buffer = buffer[count..];
        }

        return true;
    }

    private ulong Access(int command, ReadOnlySpan<byte> payload)
    {
        lock (_oneAtATime)
        {
            var value = 0ul;
            switch (command)
            {
                case ConfigWrite:
                    _card.WriteConfig(Word(payload, 0), Word(payload, 4), (int)Word(payload, 8));
                    break;
                case ConfigRead:
                    value = _card.ReadConfig(Word(payload, 0), (int)Word(payload, 8));
                    break;
                case BarWrite:
                    WriteBar(Word(payload, 0) - _card.Base, BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]), (int)Word(payload, 16));
                    break;
                case BarRead:
                    value = ReadBar(Word(payload, 0) - _card.Base, (int)Word(payload, 16));
                    break;
                default:
                    break;
            }

            return value;
        }
    }

    // The card has words; a driver may ask for a part of one, or for two.
    private ulong ReadBar(uint offset, int size)
    {
        var word = offset & ~3u;
        ulong value = _card.Read(word);
        return size switch
        {
            8 => value | ((ulong)_card.Read(word + 4) << 32),
            4 => value,
            _ => (value >> (8 * (int)(offset & 3))) & ((1ul << (8 * size)) - 1),
        };
    }

    private void WriteBar(uint offset, ulong value, int size)
    {
        if (size == 1)
        {
            _card.WriteByte(offset, (byte)value);
            return;
        }

        _card.Write(offset & ~3u, (uint)value);
        if (size == 8)
        {
            _card.Write((offset & ~3u) + 4, (uint)(value >> 32));
        }
    }

    private static uint Word(ReadOnlySpan<byte> payload, int at) => BinaryPrimitives.ReadUInt32LittleEndian(payload[at..]);

    private void Tick()
    {
        while (!_isClosing)
        {
            TimeSpan wait;
            lock (_oneAtATime)
            {
                wait = _card.Advance();
            }

            var milliseconds = (int)Math.Ceiling(Math.Clamp(wait.TotalMilliseconds, 1, LongestSleep.TotalMilliseconds));
            _ = _wake.WaitOne(milliseconds);
        }
    }
}
