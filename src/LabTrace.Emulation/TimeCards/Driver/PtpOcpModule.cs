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
    private bool _isTicking;

    // What `nm` tells of Debian's ptp_ocp.ko of Linux 6.1, of those that are modelled; no version was seen in which another one is left of them.
    private static readonly string[] Functions =
    [
        "available_clock_sources_show", "available_sma_inputs_show", "available_sma_outputs_show", "clock_source_show", "clock_source_store",
        "clock_status_drift_show", "clock_status_offset_show", "duty_show", "frequency_show", "gnss_sync_show", "irig_b_mode_show", "irig_b_mode_store",
        "period_show", "phase_show", "polarity_show", "ptp_ocp_adjtime", "ptp_ocp_enable", "ptp_ocp_gettimex", "ptp_ocp_null_adjphase", "ptp_ocp_probe",
        "ptp_ocp_read_eeprom", "ptp_ocp_remove", "ptp_ocp_settime", "ptp_ocp_signal_enable", "ptp_ocp_signal_irq", "ptp_ocp_signal_set", "ptp_ocp_sma_show",
        "ptp_ocp_sma_store", "ptp_ocp_summary_show", "ptp_ocp_tod_status_show", "ptp_ocp_ts_enable", "ptp_ocp_ts_irq", "ptp_ocp_utc_distribute", "ptp_ocp_verify",
        "ptp_ocp_watchdog", "running_show", "seconds_show", "seconds_store", "serialnum_show", "signal_show", "signal_store", "sma1_show", "sma1_store", "sma2_show",
        "sma2_store", "sma3_show", "sma3_store", "sma4_show", "sma4_store", "start_show", "tod_correction_show", "tod_correction_store", "ts_window_adjust_show",
        "ts_window_adjust_store", "utc_tai_offset_show", "utc_tai_offset_store",
    ];

    private static readonly string[] OutOfTreeFunctions =
    [
        "available_tod_baud_rates_show", "available_tod_protocols_show", "config_read", "config_write", "external_pps_cable_delay_show", "external_pps_cable_delay_store", "holdover_show",
        "holdover_store", "internal_pps_cable_delay_show", "internal_pps_cable_delay_store", "mac_i2c_show", "mac_i2c_store", "ptp_ocp_mro50_ioctl", "ptp_ocp_signal_from_perout",
        "tod_baud_rate_show", "tod_baud_rate_store", "tod_protocol_show", "tod_protocol_store",
    ];

    /// <summary>The driver's lines of <c>/proc/kallsyms</c>, while it is loaded.</summary>
    public string Symbols
    {
        get
        {
            const ulong start = 0xffffffffc0a01000;
            const int spacing = 0x140;
            return _drivers.Find(Name) is null ? "" : string.Concat(
                Functions.Append(AdjustFineOf(_dialect)).Concat(_dialect == PtpOcpDialect.OutOfTree ? OutOfTreeFunctions : []).Order(StringComparer.Ordinal)
                    .Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"{start + ((ulong)i * spacing):x16} t {name}\t[{Name}]\n")));
        }
    }

    /// <summary>The function that adjusts the frequency; mainline's does nothing.</summary>
    public static string AdjustFineOf(PtpOcpDialect dialect) => dialect == PtpOcpDialect.OutOfTree ? "ptp_ocp_adjfine" : "ptp_ocp_null_adjfine";

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
        machine.Bpf.Added += Tick;
    }

    /// <summary>While somebody watches functions, timers and interrupts are served when they are due, instead of when the card is looked at next.</summary>
    private void Tick()
    {
        const long period = 100_000_000;
        if (_isTicking)
        {
            return;
        }

        _isTicking = true;
        _ = _machine.Queue.Plan(_machine.Time.NowNs + period, () =>
        {
            _isTicking = false;
            foreach (var slot in _slots)
            {
                slot.Device?.CatchUp();
            }

            if (_machine.Bpf.IsActive)
            {
                Tick();
            }
        }, isBackground: true);
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

    private bool Knows(CardSlot slot) => slot.Options.Board switch
    {
        BoardKind.Facebook or BoardKind.Celestica => true,
        BoardKind.AdvaX1 => _dialect == PtpOcpDialect.Mainline73,
        _ => _dialect != PtpOcpDialect.Mainline61,
    };

    private void Bind(string address)
    {
        var slot = _slots.Find(s => s.Address == address && s.IsPresent) ?? throw new Refusal(Errno.ENODEV);
        if (!Knows(slot))
        {
            Refusal.Throw(Errno.ENODEV);
        }

        if (slot.Device is not null)
        {
            // drivers/base/dd.c, device_driver_attach.
            Refusal.Throw(Errno.EBUSY);
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
            slot.Bus.Run("ptp_ocp_probe", () => device.Probe((level, text) => _machine.Log.Print(level, $"{Name} {slot.Address}: {text}"), number, ports));
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
