using System.Globalization;
using System.Text;
using LabTrace.Devices.TimeCards;

namespace LabTrace.Devices.Vm;

/// <summary>A kernel in QEMU. The machine is a throw-away one: it ends with the run, and a fresh one takes its place when wanted.</summary>
public static class VmTarget
{
    /// <summary>Says whether machines of a place can be had here, before anything is fetched or built for them.</summary>
    /// <exception cref="PlaceNotAvailableException">QEMU or another program is missing.</exception>
    public static void Require(PlaceDescription place)
    {
        ArgumentNullException.ThrowIfNull(place);
        HostTools.Require(place.Name, VmSettings.Of(place).Qemu, "qemu-system-x86");
        HostTools.Require(place.Name, "busybox", "busybox-static");
        HostTools.Require(place.Name, "depmod", "kmod");
    }

    /// <summary>Fetches and builds what the place wants, and starts the machine.</summary>
    /// <param name="place">A place of kind <c>vm</c>.</param>
    /// <param name="agent">The agent for x86_64.</param>
    /// <param name="cards">Makes the cards in the slots of a machine, anew for each one; null for none.</param>
    /// <param name="progress">Told, for people, what takes long; may be null.</param>
    /// <param name="time">The runner's clock.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="PlaceNotAvailableException">QEMU or another program is missing.</exception>
    /// <exception cref="LabConfigException">The place names what is not there.</exception>
    /// <exception cref="TargetUnreachableException">The machine did not come up.</exception>
    public static async Task<ITarget> OpenAsync(
        PlaceDescription place, AgentFile agent, Func<IReadOnlyList<IPciCard>>? cards, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        var settings = VmSettings.Of(place);
        var cache = VmCache.OpenDefault();
        var image = await PrepareAsync(settings, cancellationToken);
        var target = new BootedVm(place.Name, settings, image, PrepareAsync, cache, cards, progress, time);
        await target.RenewAsync(cancellationToken);
        return target;

        Task<VmImage> PrepareAsync(VmSettings machine, CancellationToken token) => VmImage.PrepareAsync(place.Name, machine, agent, cache, progress, token);
    }
}

/// <summary>The machine in use, and those that come behind it.</summary>
/// <param name="name">The place's name.</param>
/// <param name="usual">The machine as the place's file describes it.</param>
/// <param name="usualImage">What it is started from.</param>
/// <param name="prepare">Makes what a machine with another kernel is started from.</param>
/// <param name="cache">Where states are kept.</param>
/// <param name="cards">Makes the cards of each machine; null for none.</param>
/// <param name="progress">Told, for people, what takes long.</param>
/// <param name="time">The runner's clock.</param>
internal sealed class BootedVm(
    string name,
    VmSettings usual,
    VmImage usualImage,
    Func<VmSettings, CancellationToken, Task<VmImage>> prepare,
    VmCache cache,
    Func<IReadOnlyList<IPciCard>>? cards,
    Action<string>? progress,
    TimeProvider time)
    : SwitchedTarget(name, TargetKind.Vm, time), IConsoleTarget, IModuleKernelTarget, IKernelsTarget, ITimeCardBench
{
    private const string States = "states";

    // Antennas and cables are not put back: the next scenario has a machine whose cards nobody has touched.
    private const string TouchedCard = "something was done around its cards";
    private static readonly TimeSpan KvmTrial = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, VmImage> _images = new(StringComparer.Ordinal);
    private readonly VmSettings _usual = usual;
    private readonly VmImage _usualImage = usualImage;
    private VmSettings _settings = usual;
    private VmImage _image = usualImage;
    private IReadOnlyList<IPciCard> _cards = [];
    private VirtualMachine? _machine;
    private SerialConsole? _console;
    private StreamWriter? _consoleFile;
    private string? _feature;
    private long _linesBefore;
    private bool _isUsed;
    private string? _spentBy;

    public override string? Down => _machine is null ? "its machine is not started" : _spentBy ?? _machine.Down;

    public override bool IsDisposable => true;

    public IReadOnlyList<string> Kernels => [.. _usual.Kernels.Keys];

    public long ConsoleLines => _linesBefore + (_console?.Count ?? 0);

    public override bool WantsFresh(string feature)
    {
        var isFresh = !_isUsed;
        var wants = Down is not null || (!isFresh && _settings.Fresh switch
        {
            VmFreshness.Scenario => true,
            VmFreshness.Feature => _feature is not null && _feature != feature,
            _ => false,
        });
        (_feature, _isUsed) = (feature, true);
        return wants;
    }

    public override void Spend() => _spentBy = "its machine is used up";

    public override Task EndAsync(string why) => _machine?.EndHungAsync(why) ?? Task.CompletedTask;

    public override async Task RenewAsync(CancellationToken cancellationToken)
    {
        await CloseMachineAsync();
        (_settings, _image) = (_usual, _usualImage);
        await StartAsync(mayGoOn: true, cancellationToken);
    }

    public async Task BootKernelAsync(string kernel, CancellationToken cancellationToken)
    {
        var other = _usual.Kernels[kernel];
        if (!_images.TryGetValue(kernel, out var prepared))
        {
            _images[kernel] = prepared = await prepare(other, cancellationToken);
        }

        await CloseMachineAsync();
        (_settings, _image) = (other, prepared);
        await StartAsync(mayGoOn: true, cancellationToken);
    }

    public override async Task RebootAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            try
            {
                _ = await Current.RunAsync(new Command("/bin/busybox", "reboot", "-f"), deadline.Token);
            }
            catch (TargetUnreachableException)
            {
                // As it should be: the machine is on its way.
            }

            await _machine!.WaitForExitAsync(deadline.Token);
            await CloseMachineAsync();
            await StartAsync(mayGoOn: false, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TargetUnreachableException(
                Name, string.Create(CultureInfo.InvariantCulture, $"it was booted and did not answer again within {limit.TotalSeconds} s"), "allow it more time");
        }
    }

    public async Task<ModuleKernel> FindModuleKernelAsync(CancellationToken cancellationToken) =>
        await ModuleKernel.FindAsync(_settings, _image.Kernel, new DebianKernel(Name, cache, progress), cancellationToken)
            ?? throw new NotOnTargetException($"place '{Name}' does not say against which headers modules are built", "`headers: DIR`, the kernel's build directory");

    public void KeepConsole(string file)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        _consoleFile = new StreamWriter(file, append: false, new UTF8Encoding(false));
        _console?.KeepIn(_consoleFile);
    }

    public void MarkConsole(string text) => _console?.Mark(text);

    public IReadOnlyList<string> ReadConsole(long from) => [.. (_console?.From(from - _linesBefore) ?? []).Select(l => l.ToString())];

    public bool HasBench => _cards.Any(c => c is ITimeCardSurroundings);

    public ValueTask SetAntennaAsync(string card, bool isConnected, CancellationToken cancellationToken) =>
        AroundAsync(card, c => c.SetAntenna(isConnected), cancellationToken);

    public ValueTask SetCableAsync(string card, int from, int to, bool isLaid, CancellationToken cancellationToken) =>
        AroundAsync(card, c => c.SetCable(from, to, isLaid), cancellationToken);

    public ValueTask AnnounceLeapSecondAsync(string card, TimeSpan after, int sign, CancellationToken cancellationToken) =>
        AroundAsync(card, c => c.AnnounceLeapSecond(after, sign), cancellationToken);

    public ValueTask BreakAsync(string card, TimeCardFault fault, CancellationToken cancellationToken) =>
        AroundAsync(card, c => c.Break(fault), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The machine's slots are not hot-plug ones: what the driver sees is that it is taken from the card.</remarks>
    public async ValueTask PullOutAsync(string card, CancellationToken cancellationToken)
    {
        var (address, _) = await FindCardAsync(card, cancellationToken);
        _spentBy = TouchedCard;
        await Current.WriteAsync($"/sys/bus/pci/devices/{address}/remove", "1\n"u8.ToArray(), WriteMode.Truncate, cancellationToken);
    }

    internal override IReadOnlyList<KernelLogRecord> LastWords(ulong afterMicroseconds) =>
        ConsoleLog.Read(_console?.From(0).Select(l => l.Text) ?? [], afterMicroseconds);

    protected override async ValueTask DisposeMachineAsync()
    {
        await CloseMachineAsync();
        if (_consoleFile is not null)
        {
            await _consoleFile.DisposeAsync();
        }
    }

    private async ValueTask AroundAsync(string card, Action<ITimeCardSurroundings> act, CancellationToken cancellationToken)
    {
        var (_, index) = await FindCardAsync(card, cancellationToken);
        _spentBy = TouchedCard;
        _machine!.AtCard(index, () => act((ITimeCardSurroundings)_cards[index]));
    }

    // A card is known by its slot, whatever number the driver gave it.
    private async ValueTask<(string Address, int Index)> FindCardAsync(string card, CancellationToken cancellationToken)
    {
        var found = (await TimeCard.DiscoverAsync(this, cancellationToken)).FirstOrDefault(c => c.Name == card)
            ?? throw new TargetIOException(Name, "use", $"/sys/class/timecard/{card}", Errno.ENODEV, "see what there is: labtrace timecard list");
        var slot = int.Parse(found.PciAddress.Split(':', '.')[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (found.PciAddress, slot - QemuCommand.FirstCardSlot);
    }

    private async Task CloseMachineAsync()
    {
        await CloseCurrentAsync();
        if (Interlocked.Exchange(ref _machine, null) is { } machine)
        {
            await machine.DisposeAsync();
            _linesBefore += _console!.Count;
            await _console.DisposeAsync();
        }
    }

    private async Task StartAsync(bool mayGoOn, CancellationToken cancellationToken)
    {
        var accelerator = await ChooseAcceleratorAsync(cancellationToken);

        // A file system of the host's cannot be taken over into another QEMU, nor can its connections, nor cards that live outside.
        var file = _settings.KeepsState && !_settings.HasHostUserland && _settings.Door is null && cards is null
            ? cache.At(States, string.Create(CultureInfo.InvariantCulture, $"{_image.Key}-{accelerator}-{QemuStamp()}.state"))
            : null;
        if (file is not null && mayGoOn && File.Exists(file))
        {
            try
            {
                File.SetLastWriteTimeUtc(file, Time.GetUtcNow().UtcDateTime);
                await StartAsync(accelerator, _settings, file, save: null, cancellationToken);
                return;
            }
            catch (TargetUnreachableException e)
            {
                progress?.Invoke($"'{Name}' could not go on from its kept state, and is booted: {e.Message}");
                File.Delete(file);
            }
        }

        if (file is not null)
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        }

        progress?.Invoke($"booting Linux {_image.Kernel.Release} at '{Name}' ({accelerator})…");
        await StartAsync(accelerator, _settings, state: null, save: file is not null && !File.Exists(file) ? file : null, cancellationToken);
        cache.Prune(States);
    }

    private async Task StartAsync(string accelerator, VmSettings machine, string? state, string? save, CancellationToken cancellationToken)
    {
        var console = new SerialConsole(Time);
        if (_consoleFile is not null)
        {
            console.Mark(state is null ? "booting" : "a fresh machine");
            console.KeepIn(_consoleFile);
        }

        _console = console;
        _cards = cards?.Invoke() ?? [];
        VmCache.Touch(_image.InitramfsFile);
        _machine = await VirtualMachine.StartAsync(Name, machine, _image, accelerator, state, save, _cards, console, Time, cancellationToken);
        if (_settings.Door is null)
        {
            Switch(_machine.ToTarget());
        }

        (_isUsed, _spentBy) = (false, null);
    }

    private string QemuStamp() =>
        HostTools.Find(_settings.Qemu) is { } file ? File.GetLastWriteTimeUtc(file).Ticks.ToString("x", CultureInfo.InvariantCulture) : "0";

    // A kernel may offer KVM that runs nothing: what a list says is not believed, a boot is.
    private async Task<string> ChooseAcceleratorAsync(CancellationToken cancellationToken)
    {
        if (_settings.Accelerator != "auto")
        {
            return _settings.Accelerator;
        }

        if (LocalFiles.Open("/dev/kvm", Libc.ReadWrite, out _) is var fd && fd < 0)
        {
            return "tcg";
        }

        _ = Libc.Close(fd);
        var file = await cache.FileAsync($"accelerator-{ProcessIdentity.Current.BootId}-{QemuStamp()}", async path =>
        {
            progress?.Invoke($"trying whether KVM runs a machine here (at most {KvmTrial.TotalSeconds} s, once a boot)…");
            var works = true;
            try
            {
                await using var trial = await VirtualMachine.StartAsync(
                    Name, _settings with { BootTimeout = KvmTrial, HasHostUserland = false, Door = null }, _image, "kvm", state: null, save: null, [], new SerialConsole(Time), Time, cancellationToken);
            }
            catch (LabException)
            {
                works = false;
            }

            await File.WriteAllTextAsync(path, works ? "kvm" : "tcg", cancellationToken);
        }, cancellationToken);
        return await File.ReadAllTextAsync(file, cancellationToken);
    }
}
