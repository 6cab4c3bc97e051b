namespace LabTrace.Devices.TimeCards;

/// <summary>The ptp_ocp module as a whole: loading and unloading it, binding and unbinding cards, and what the kernel said of that.</summary>
public sealed class TimeCardDriver(TargetChanges changes)
{
    /// <summary>The module's name.</summary>
    public const string Module = "ptp_ocp";

    private const string DriverPath = "/sys/bus/pci/drivers/ptp_ocp";

    /// <summary>Whether the module is loaded or built in.</summary>
    public async Task<bool> IsLoadedAsync(CancellationToken cancellationToken) => await changes.Target.ExistsAsync("/sys/module/" + Module, cancellationToken);

    /// <summary>Loads the module; undoing unloads it.</summary>
    /// <exception cref="CommandFailedException">modprobe's words say why.</exception>
    public Task<bool> LoadAsync(CancellationToken cancellationToken) => changes.LoadModuleAsync(Module, [], cancellationToken);

    /// <summary>Unloads the module; undoing loads it again.</summary>
    /// <exception cref="CommandFailedException">modprobe's words say why.</exception>
    public Task UnloadAsync(CancellationToken cancellationToken) =>
        changes.RunUndoableAsync(new Command("modprobe", "-r", Module), new Command("modprobe", Module), isVolatile: true, cancellationToken);

    /// <summary>Takes a card from the driver; undoing gives it back.</summary>
    /// <exception cref="TargetIOException">ENODEV: the driver does not have it.</exception>
    public Task UnbindAsync(string address, CancellationToken cancellationToken) =>
        changes.ExchangeAsync(DriverPath + "/unbind", address, DriverPath + "/bind", address, $"{DriverPath}/{address}", cancellationToken);

    /// <summary>Gives a card to the driver.</summary>
    /// <exception cref="TargetIOException">ENODEV: it does not want it; EBUSY: it has it already.</exception>
    public async Task BindAsync(string address, CancellationToken cancellationToken) =>
        await changes.Target.WriteTextAsync(DriverPath + "/bind", address, cancellationToken);
}
