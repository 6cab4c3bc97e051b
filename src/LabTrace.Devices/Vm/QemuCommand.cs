using System.Globalization;

namespace LabTrace.Devices.Vm;

/// <summary>QEMU's command line, and the shell around it that lets no machine outlive its run.</summary>
internal static class QemuCommand
{
    public const string AgentSocket = "agent";
    public const string ConsoleSocket = "console";
    public const string MonitorSocket = "monitor";
    public const string InterruptSocket = "interrupts";

    /// <summary>The PCI slot of the first card; its neighbours have the next ones.</summary>
    public const int FirstCardSlot = 0x10;

    // The runner holds the shell's standard input: when it ends, however it ends, QEMU is killed. When the shell itself is
    // killed, its death does it, where util-linux has setpriv.
    private const string Guard = """
        exec 3<&0
        setpriv --version >/dev/null 2>&1 && set -- setpriv --pdeathsig KILL -- "$@"
        "$@" </dev/null 3<&- &
        q=$!
        { read -r _ <&3; kill -KILL $q; } 2>/dev/null &
        w=$!
        exec 3<&-
        wait $q
        e=$?
        kill $w 2>/dev/null
        exit $e
        """;

    // Emulated code takes many times as long: what the kernel would call a stall there is none.
    private const string Patience = " rcupdate.rcu_cpu_stall_timeout=240 watchdog_thresh=60 workqueue.watchdog_thresh=240";

    // The kernel keeps room for four serial ports unless it is told otherwise, and a Time Card has four of its own.
    private const string SerialPorts = " 8250.nr_uarts=32";

    /// <summary>The command that runs a machine.</summary>
    /// <param name="settings">The machine.</param>
    /// <param name="image">What it is started from.</param>
    /// <param name="accelerator"><c>tcg</c> or <c>kvm</c>.</param>
    /// <param name="sockets">Directory of the sockets that this process listens on.</param>
    /// <param name="state">A state to go on from, or null for a boot.</param>
    /// <param name="cards">Descriptors of the links to its cards, in the order of their slots.</param>
    public static Command Of(VmSettings settings, VmImage image, string accelerator, string sockets, string? state, IReadOnlyList<int> cards)
    {
        List<string> words =
        [
            settings.Qemu,
            "-machine", cards.Count > 0 ? "q35,memory-backend=memory" : "q35",

            // Emulated cpus take turns: side by side, a kernel that rewrites its code for a tracepoint now and then locks up on all of them.
            "-accel", accelerator == "tcg" ? "tcg,thread=single" : accelerator,
            "-cpu", accelerator == "kvm" ? "host" : "max",
            "-m", string.Create(CultureInfo.InvariantCulture, $"{settings.MemoryMib}M"),
            "-smp", settings.Cpus.ToString(CultureInfo.InvariantCulture),
            "-nodefaults", "-no-user-config", "-nographic",
            "-chardev", $"socket,id=console,path={sockets}/{ConsoleSocket}", "-serial", "chardev:console",
            "-chardev", $"socket,id=monitor,path={sockets}/{MonitorSocket}", "-mon", "chardev=monitor,mode=control",
            "-device", "virtio-serial-pci",
            "-chardev", $"socket,id=agent,path={sockets}/{AgentSocket}", "-device", $"virtserialport,chardev=agent,name={GuestInit.PortName}",
            "-kernel", image.Kernel.File,
            "-initrd", image.InitramfsFile,
            "-append", $"console=ttyS0 quiet panic=-1{(accelerator == "tcg" ? Patience : "")}{(cards.Count > 0 ? SerialPorts : "")} {settings.Append}".TrimEnd(),
        ];
        if (settings.Door is null)
        {
            // A boot ends the machine, and with it whatever waits for it; people's machines boot.
            words.Add("-no-reboot");
        }

        if (cards.Count > 0)
        {
            // QEMU shares the machine's memory with whoever serves a card, and takes the card's messages as a test's.
            words.AddRange(["-object", string.Create(CultureInfo.InvariantCulture, $"memory-backend-memfd,id=memory,size={settings.MemoryMib}M,share=on")]);
            words.AddRange(["-qtest", $"unix:{sockets}/{InterruptSocket}", "-qtest-log", "none"]);
            for (var i = 0; i < cards.Count; i++)
            {
                words.AddRange(["-device", string.Create(CultureInfo.InvariantCulture, $"x-pci-proxy-dev,id=card{i},fd={cards[i]},addr=0x{FirstCardSlot + i:x}")]);
            }
        }

        if (settings.HasHostUserland)
        {
            words.AddRange(["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"]);
        }

        if (settings.Door is { } door)
        {
            words.AddRange(["-netdev", string.Create(CultureInfo.InvariantCulture, $"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{door.Port}-:22"), "-device", "virtio-net-pci,netdev=net,romfile="]);
        }

        if (state is not null)
        {
            words.AddRange(["-incoming", "exec:cat " + CommandLine.Join([state])]);
        }

        return new Command("sh", ["-c", Guard, "labtrace-vm", .. words]) { KillGrace = TimeSpan.FromMilliseconds(200) };
    }
}
