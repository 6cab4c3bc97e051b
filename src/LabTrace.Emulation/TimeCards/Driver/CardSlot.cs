using System.Globalization;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards.Driver;

/// <summary>A PCI slot with a card in it, and everything the kernel shows of the card while a driver has it.</summary>
internal sealed class CardSlot
{
    private const int ReadOnly = 0x124;
    private const int ReadWrite = 0x1A4;
    private const string VirtualMisc = "/sys/devices/virtual/misc";
    private readonly Machine _machine;
    private readonly KernelClasses _classes;
    private readonly List<(string Class, string Name)> _shown = [];
    private PtpClockDevice? _clock;
    private Mro50Device? _oscillator;
    private string _controller = "";

    public CardSlot(Machine machine, KernelClasses classes, CardOptions options, string address)
    {
        (_machine, _classes, Options, Address) = (machine, classes, options, address);
        Bus = new CardBus(machine, options);
        var (vendor, device) = PciFunction.IdsOf(options.Board);
        foreach (var (name, text) in new (string, Func<string>)[]
        {
            ("vendor", () => $"0x{vendor:x4}\n"),
            ("device", () => $"0x{device:x4}\n"),
            ("subsystem_vendor", () => $"0x{vendor:x4}\n"),
            ("subsystem_device", () => $"0x{device:x4}\n"),
            ("class", () => "0x110100\n"),
            ("revision", () => "0x01\n"),
            ("irq", () => "10\n"),
            ("resource", () => string.Create(CultureInfo.InvariantCulture, $"0x{0xfa000000L - ((Address[9] - '0') * 0x2000000L):x16} 0x{0xfbffffffL - ((Address[9] - '0') * 0x2000000L):x16} 0x0000000000040200\n")),
            ("uevent", () => Device is null
                ? $"PCI_CLASS=110100\nPCI_ID={vendor:X4}:{device:X4}\nPCI_SUBSYS_ID={vendor:X4}:{device:X4}\nPCI_SLOT_NAME={Address}\n"
                : $"DRIVER={PtpOcpModule.Name}\nPCI_CLASS=110100\nPCI_ID={vendor:X4}:{device:X4}\nPCI_SUBSYS_ID={vendor:X4}:{device:X4}\nPCI_SLOT_NAME={Address}\n"),
        })
        {
            _ = Directory.Add(name, new AttributeFile(ReadOnly) { Show = text });
        }

        _ = Directory.Add("subsystem", new LinkNode("../../../bus/pci"));
    }

    public CardOptions Options { get; }

    public CardBus Bus { get; }

    public string Address { get; }

    public AttributeDirectory Directory { get; } = new(0x1ED);

    public bool IsPresent { get; set; } = true;

    /// <summary>A driver has had the card once.</summary>
    public bool WasBound { get; private set; }

    /// <summary>The card under its driver, or null while no driver has it.</summary>
    public PtpOcpDevice? Device { get; private set; }

    /// <summary>N of <c>ocpN</c> and <c>ptpN</c>.</summary>
    public int Number { get; private set; } = -1;

    public string CardName => string.Create(CultureInfo.InvariantCulture, $"ocp{Number}");

    private string OscillatorName => string.Create(CultureInfo.InvariantCulture, $"mro50.{Number}");

    /// <summary>Numbers of its serial ports.</summary>
    public IReadOnlyList<int> Ttys { get; private set; } = [];

    /// <summary>Serial ports of a board, as the driver's messages name them.</summary>
    public static (string Name, int Baud)[] PortsOf(BoardKind board) => board switch
    {
        BoardKind.Art => [("GNSS", 115200), ("MAC", 9600)],
        BoardKind.Adva or BoardKind.AdvaX1 => [("GNSS", 9600), ("MAC", 115200)],
        _ => [("GNSS", 115200), ("GNSS2", 115200), ("MAC", 57600), ("NMEA", 115200)],
    };

    /// <summary>The driver has the card: its files come.</summary>
    public void Show(PtpOcpDevice device, int number, IReadOnlyList<(string Name, string Tty, int Baud)> ports)
    {
        (Device, Number, WasBound) = (device, number, true);
        Ttys = [.. ports.Select(p => int.Parse(p.Tty["ttyS".Length..], CultureInfo.InvariantCulture))];
        var root = $"../../devices/pci0000:00/{Address}";
        _ = Directory.Add("driver", new LinkNode($"../../../bus/pci/drivers/{PtpOcpModule.Name}"));
        _clock = new PtpClockDevice(device, number, Enter);
        var ptpName = string.Create(CultureInfo.InvariantCulture, $"ptp{number}");
        var ppsName = string.Create(CultureInfo.InvariantCulture, $"pps{number}");

        var card = new AttributeDirectory(0x1ED);
        CardAttributes.Add(card, device, Enter);
        _ = card.Add("device", new LinkNode($"../../../{Address}")).Add("subsystem", new LinkNode("../../../../../class/timecard"));
        _ = card.Add("ptp", new LinkNode($"../../ptp/{ptpName}")).Add("pps", new LinkNode($"../../../../virtual/pps/{ppsName}"));
        var isOcores = BoardMap.Of(device.Board).OcoresShift is not null;
        _controller = string.Create(CultureInfo.InvariantCulture, $"{(isOcores ? "ocores" : "xiic")}-i2c.{256 + number}");
        _ = card.Add("i2c", new LinkNode($"../../{_controller}/i2c-{number}"));
        _ = card.Add("uevent", new AttributeFile(ReadWrite) { Show = () => "", Store = _ => { } }).Add("power", Power());
        AddPorts(card, device, ports);
        if (device.HasOscillator)
        {
            AddOscillator(card, device);
        }

        _ = Directory.Add("timecard", new AttributeDirectory(0x1ED).Add(CardName, card));
        _ = Directory.Add("ptp", new AttributeDirectory(0x1ED).Add(ptpName, PtpClass.Make(_clock, Address)));
        _ = Directory.Add(_controller, new AttributeDirectory(0x1ED).Add(
            $"i2c-{number}", new AttributeDirectory(0x1ED).Add("name", new AttributeFile(ReadOnly) { Show = () => isOcores ? "i2c-ocores\n" : "xiic-i2c\n" })));
        _classes.Tree.Put($"/sys/devices/virtual/pps/{ppsName}", PtpClass.MakePps(_clock));
        Register("timecard", CardName, $"{root}/timecard/{CardName}");
        Register("ptp", ptpName, $"{root}/ptp/{ptpName}");
        Register("pps", ppsName, $"../../devices/virtual/pps/{ppsName}");
        _ = _classes.Dev.Add(ptpName, _clock);
        var debug = new AttributeDirectory(0x1ED).Add("summary", new AttributeFile(ReadOnly) { Show = Entered(() => Bus.Run("ptp_ocp_summary_show", () => CardSummary.Make(device, number, ports))) });
        if (device.Board != BoardKind.Art)
        {
            _ = debug.Add("tod_status", new AttributeFile(ReadOnly) { Show = Entered(() => Bus.Run("ptp_ocp_tod_status_show", () => CardSummary.MakeTod(device))) });
        }

        _ = DebugRoot().Add(CardName, debug);
    }

    /// <summary>The driver has let go: its files are gone.</summary>
    public void Hide(bool leavesFiles)
    {
        Device?.CatchUp();
        if (Device is { } device)
        {
            Bus.Run(device.Defect == DriverDefect.BindSkipsRemove ? "ptp_ocp_detach" : "ptp_ocp_remove", device.Remove);
        }

        _clock?.Go();
        _oscillator?.Go();
        if (!leavesFiles)
        {
            foreach (var (name, entry) in _shown)
            {
                _classes[name].Remove(entry);
            }

            foreach (var entry in (string[])["timecard", "ptp", "tty", "driver", _controller])
            {
                Directory.Remove(entry);
            }

            _classes.Dev.Take(string.Create(CultureInfo.InvariantCulture, $"ptp{Number}"));
            foreach (var tty in Ttys)
            {
                _classes.Dev.Take(string.Create(CultureInfo.InvariantCulture, $"ttyS{tty}"));
            }

            _classes.Tree.MakeOrdinary("/sys/devices/virtual/pps").Take(string.Create(CultureInfo.InvariantCulture, $"pps{Number}"));
            DebugRoot().Take(CardName);
            if (_oscillator is not null && Device?.Defect != DriverDefect.OscillatorDeviceStays)
            {
                _classes.Dev.Take(OscillatorName);
                _classes.Tree.MakeOrdinary(VirtualMisc).Take(OscillatorName);
            }
        }

        _shown.Clear();
        (Device, Number, Ttys, _oscillator) = (null, -1, [], null);
    }

    private OrdinaryDirectory DebugRoot()
    {
        if (_machine.Mounts.Debugfs.Find("timecard") is not OrdinaryDirectory found)
        {
            found = new OrdinaryDirectory();
            _ = _machine.Mounts.Debugfs.Add("timecard", found);
        }

        return found;
    }

    private static AttributeDirectory Power()
    {
        var power = new AttributeDirectory(0x1ED);
        foreach (var (name, text) in new (string, string)[]
        {
            ("async", "disabled\n"), ("control", "auto\n"), ("runtime_active_kids", "0\n"), ("runtime_active_time", "0\n"), ("runtime_enabled", "disabled\n"),
            ("runtime_status", "unsupported\n"), ("runtime_suspended_time", "0\n"), ("runtime_usage", "0\n"),
        })
        {
            _ = power.Add(name, new AttributeFile(ReadOnly) { Show = () => text });
        }

        return power.Add("autosuspend_delay_ms", new AttributeFile(ReadWrite) { ReadRefusal = Errno.EIO });
    }

    private void AddPorts(AttributeDirectory card, PtpOcpDevice device, IReadOnlyList<(string Name, string Tty, int Baud)> ports)
    {
        var isOld = device.Dialect == PtpOcpDialect.Mainline61;
        var map = BoardMap.Of(device.Board);
        var files = new AttributeDirectory(0x1ED);
        var ttys = new AttributeDirectory(0x1ED);
        foreach (var (name, tty, _) in ports)
        {
            var uart = name switch
            {
                "GNSS" => map.Gnss.Offset,
                "GNSS2" => Registers.UartGnss2,
                "MAC" => map.Mac.Offset,
                _ => Registers.UartNmea,
            };
            var minor = 64 + int.Parse(tty["ttyS".Length..], CultureInfo.InvariantCulture);
            _ = ttys.Add(tty, new AttributeDirectory(0x1ED)
                .Add("dev", new AttributeFile(ReadOnly) { Show = () => $"4:{minor}\n", WriteRefusal = Errno.EACCES })
                .Add("device", new LinkNode($"../../../{Address}"))
                .Add("subsystem", new LinkNode("../../../../../class/tty"))
                .Add("uevent", new AttributeFile(ReadOnly) { Show = () => $"MAJOR=4\nMINOR={minor}\nDEVNAME={tty}\n" }));
            Register("tty", tty, $"../../devices/pci0000:00/{Address}/tty/{tty}");
            _ = _classes.Dev.Add(tty, new SerialPort(Bus, uart, Enter));
            if (isOld)
            {
                _ = card.Add("tty" + name, new LinkNode($"../../tty/{tty}"));
            }
            else
            {
                _ = files.Add("tty" + name, new AttributeFile(ReadOnly)
                {
                    Show = () => tty + (device.Defect == DriverDefect.TtyWithNewline ? "\n" : ""),
                    WriteRefusal = Errno.EACCES,
                });
            }
        }

        _ = Directory.Add("tty", ttys);
        if (!isOld)
        {
            _ = card.Add("tty", files);
        }
    }

    /// <summary>A miscellaneous device of its own, to which the card has a link.</summary>
    private void AddOscillator(AttributeDirectory card, PtpOcpDevice device)
    {
        const int miscMajor = 10;
        const int firstDynamic = 256;
        var (name, minor) = (OscillatorName, firstDynamic + Number);
        _oscillator = new Mro50Device(device, Enter);
        _classes.Tree.Put($"{VirtualMisc}/{name}", new AttributeDirectory(0x1ED)
            .Add("dev", new AttributeFile(ReadOnly) { Show = () => $"{miscMajor}:{minor}\n", WriteRefusal = Errno.EACCES })
            .Add("subsystem", new LinkNode("../../../../class/misc"))
            .Add("uevent", new AttributeFile(ReadWrite) { Show = () => $"MAJOR={miscMajor}\nMINOR={minor}\nDEVNAME={name}\n", Store = _ => { } }));
        _ = card.Add("mro50", new LinkNode($"../../../../virtual/misc/{name}"));
        _ = _classes.Dev.Add(name, _oscillator);
        Register("misc", name, $"../../devices/virtual/misc/{name}");
    }

    private void Register(string name, string entry, string target)
    {
        _ = _classes[name].Add(entry, new LinkNode(target));
        _shown.Add((name, entry));
    }

    private Func<string> Entered(Func<string> show) => () =>
    {
        Enter();
        return show();
    };

    private void Enter()
    {
        if (Device is null)
        {
            Refusal.Throw(Errno.ENODEV);
        }

        Device.CatchUp();
    }
}
