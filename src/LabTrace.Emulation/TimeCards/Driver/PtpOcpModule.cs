using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>The emulated ptp_ocp module: its cards on the PCI bus, loading and unloading, binding and unbinding.</summary>
internal sealed class PtpOcpModule
{
    public const string Name = "ptp_ocp";
    private const string DriverPath = "/sys/bus/pci/drivers/ptp_ocp";
    private const int WriteOnly = 0x80;
    private const int FirstTty = 4;
    private readonly List<CardSlot> _slots = [];
    private readonly AttributeDirectory _bus = new(0x1ED);
    private readonly AttributeDirectory _drivers = new(0x1ED);
    private Machine _machine = null!;
    private PtpOcpDialect _dialect;

    /// <summary>Whether the machine has cards at all.</summary>
    public bool HasCards => _slots.Count > 0;

    /// <summary>Puts the cards on the bus and loads the module, as a boot does.</summary>
    public void Start(Machine machine)
    {
        var cards = machine.Options.TimeCards;
        (_machine, _dialect) = (machine, cards.Dialect);
        var tree = machine.Tree;
        var root = new AttributeDirectory(0x1ED);
        tree.Put("/sys/devices/pci0000:00", root);
        tree.Put("/sys/bus/pci/devices", _bus);
        tree.Put("/sys/bus/pci/drivers", _drivers);
        _ = tree.MakeOrdinary("/sys/class");
        _ = tree.MakeOrdinary("/dev");
        var classes = new KernelClasses(tree);
        for (var i = 0; i < cards.Cards.Count; i++)
        {
            var slot = new CardSlot(machine, classes, cards.Cards[i], string.Create(CultureInfo.InvariantCulture, $"0000:00:{i + 1:x2}.0"));
            _slots.Add(slot);
            _ = root.Add(slot.Address, slot.Directory);
            _ = _bus.Add(slot.Address, new LinkNode($"../../../devices/pci0000:00/{slot.Address}"));
        }

        var isOutOfTree = _dialect == PtpOcpDialect.OutOfTree;
        var module = new EmulatedModule(Name, "OpenCompute TimeCard driver")
        {
            Version = isOutOfTree ? "1.1" : "",
            Size = 65536,
            Directory = isOutOfTree ? "updates" : "kernel/drivers/ptp",
            Init = _ =>
            {
                Load();
                return Errno.None;
            },
            Exit = Unload,
        };
        machine.Modules.Install(module);
        machine.Modules.Insert(module, []);
    }

    /// <summary>The driver takes every card that it knows and that is free.</summary>
    private void Load()
    {
        var driver = new AttributeDirectory(0x1ED)
            .Add("bind", new AttributeFile(WriteOnly) { Store = text => Bind(text.Trim()), ReadRefusal = Errno.EIO })
            .Add("unbind", new AttributeFile(WriteOnly) { Store = text => Unbind(text.Trim()), ReadRefusal = Errno.EIO })
            .Add("module", new LinkNode("../../../../module/" + Name));
        _ = _drivers.Add(Name, driver);
        foreach (var slot in _slots.Where(s => s.Device is null && s.IsPresent && Knows(s)))
        {
            TryProbe(slot);
        }
    }

    private void Unload()
    {
        foreach (var slot in _slots.Where(s => s.Device is not null))
        {
            Release(slot);
        }

        _drivers.Remove(Name);
    }

    /// <summary>The card of a name such as <c>ocp0</c>.</summary>
    public CardSlot? Find(string card) => _slots.Find(s => s.Device is not null && s.CardName == card);

    /// <summary>A card is pulled out of its slot: its registers read as ones, then the bus takes it away.</summary>
    public void PullOut(CardSlot slot)
    {
        slot.Bus.Card.IsPresent = false;
        slot.IsPresent = false;
        if (slot.Device is not null && _machine.Options.TimeCards.DriverDefect != DriverDefect.RemovedStaysReadable)
        {
            _machine.Log.Print(4, $"pcieport 0000:00:00.0: pciehp: Slot({slot.Address}): Card not present");
            Release(slot);
        }

        _bus.Remove(slot.Address);
    }

    private bool Knows(CardSlot slot) => _dialect != PtpOcpDialect.Mainline61 || slot.Options.Board is BoardKind.Facebook or BoardKind.Celestica;

    private void Bind(string address)
    {
        var slot = _slots.Find(s => s.Address == address && s.IsPresent && s.Device is null) ?? throw new Refusal(Errno.ENODEV);
        if (!Knows(slot))
        {
            Refusal.Throw(Errno.ENODEV);
        }

        if (!TryProbe(slot))
        {
            Refusal.Throw(Errno.ENODEV);
        }
    }

    private void Unbind(string address) =>
        Release(_slots.Find(s => s.Address == address && s.Device is not null) ?? throw new Refusal(Errno.ENODEV));

    private bool TryProbe(CardSlot slot)
    {
        var used = _slots.Where(s => s.Device is not null).ToList();
        if (_machine.Options.TimeCards.DriverDefect == DriverDefect.ReloadForgetsCard && slot.WasBound)
        {
            return false;
        }

        var number = Lowest(used.Select(s => s.Number));
        var tty = FirstTty;
        var ports = new List<(string Name, string Tty, int Baud)>();
        var takenPorts = used.SelectMany(s => s.Ttys).ToHashSet();
        foreach (var (name, baud) in CardSlot.PortsOf(slot.Options.Board))
        {
            while (takenPorts.Contains(tty))
            {
                tty++;
            }

            _ = takenPorts.Add(tty);
            ports.Add((name, string.Create(CultureInfo.InvariantCulture, $"ttyS{tty}"), baud));
        }

        var device = new PtpOcpDevice(slot.Bus, _dialect, _machine.Options.TimeCards.DriverDefect);
        try
        {
            device.Probe((level, text) => _machine.Log.Print(level, $"{Name} {slot.Address}: {text}"), number, ports);
        }
        catch (Refusal refusal)
        {
            _machine.Log.Print(4, $"{Name}: probe of {slot.Address} failed with error -{(int)refusal.Errno}");
            return false;
        }

        slot.Show(device, number, ports);
        if (_machine.Tree.Find(DriverPath) is AttributeDirectory driver)
        {
            _ = driver.Add(slot.Address, new LinkNode($"../../../../devices/pci0000:00/{slot.Address}"));
        }

        return true;
    }

    private void Release(CardSlot slot)
    {
        slot.Hide(_machine.Options.TimeCards.DriverDefect == DriverDefect.UnbindLeavesFiles);
        if (_machine.Tree.Find(DriverPath) is AttributeDirectory driver)
        {
            driver.Remove(slot.Address);
        }
    }

    private static int Lowest(IEnumerable<int> used)
    {
        var taken = used.ToHashSet();
        var number = 0;
        while (taken.Contains(number))
        {
            number++;
        }

        return number;
    }
}
