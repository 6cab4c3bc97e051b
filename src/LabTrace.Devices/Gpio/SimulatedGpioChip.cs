using System.Globalization;

namespace LabTrace.Devices;

/// <summary>A GPIO chip in memory, of the kernel's gpio-sim: made through configfs, its lines pulled through sysfs. It goes with the changes that made it.</summary>
/// <remarks>Documentation/admin-guide/gpio/gpio-sim.rst.</remarks>
public sealed class SimulatedGpioChip
{
    /// <summary>The module that makes such chips.</summary>
    public const string Module = "gpio-sim";

    private const string UsualConfigfs = "/sys/kernel/config";
    private const string Bank = "bank0";

    private readonly TargetChanges _changes;
    private readonly string _directory;

    private SimulatedGpioChip(TargetChanges changes, string device, string directory) => (_changes, Device, _directory) = (changes, device, directory);

    /// <summary>Its character device, <c>/dev/gpiochip0</c>.</summary>
    public string Device { get; }

    /// <summary>Makes a chip. The module must be loaded; configfs is mounted if it is not.</summary>
    /// <param name="changes">Takes the chip away with the other changes.</param>
    /// <param name="name">Its name below <c>gpio-sim</c> of configfs.</param>
    /// <param name="lines">How many lines it has, at least 1.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="NotOnTargetException">The module is not loaded, or configfs cannot be mounted.</exception>
    /// <exception cref="TargetIOException">The kernel refused; EEXIST when there is a chip of that name.</exception>
    public static async Task<SimulatedGpioChip> CreateAsync(TargetChanges changes, string name, int lines, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentOutOfRangeException.ThrowIfLessThan(lines, 1);
        var target = changes.Target;
        var root = $"{await FindConfigfsAsync(changes, cancellationToken)}/{Module}";
        if (!await target.ExistsAsync(root, cancellationToken))
        {
            throw new NotOnTargetException($"there is no {root} on target '{target.Name}': the module {Module} is not loaded", $"modprobe {Module}");
        }

        var chip = $"{root}/{name}";
        var bank = $"{chip}/{Bank}";
        await changes.CreateDirectoryAsync(chip, cancellationToken);
        await changes.CreateDirectoryAsync(bank, cancellationToken);
        await changes.SetAttributesAsync([new($"{bank}/num_lines", lines.ToString(CultureInfo.InvariantCulture)), new($"{chip}/live", "1")], cancellationToken);
        var platform = await target.ReadTextAsync($"{chip}/dev_name", cancellationToken);
        var device = await target.ReadTextAsync($"{bank}/chip_name", cancellationToken);
        return new SimulatedGpioChip(changes, "/dev/" + device, $"/sys/devices/platform/{platform}/{device}");
    }

    /// <summary>Pulls a line up or down, as what is connected to it would.</summary>
    /// <param name="line">From 0.</param>
    /// <param name="isUp">Up, to 1.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="TargetIOException">ENOENT when the chip has no such line.</exception>
    public Task PullAsync(int line, bool isUp, CancellationToken cancellationToken) => _changes.SetAttributeAsync(
        string.Create(CultureInfo.InvariantCulture, $"{_directory}/sim_gpio{line}/pull"), isUp ? "pull-up" : "pull-down", restoreValue: null, cancellationToken);

    private static async Task<string> FindConfigfsAsync(TargetChanges changes, CancellationToken cancellationToken)
    {
        const string type = "configfs";
        var target = changes.Target;
        if (MountTable.Parse(await target.ReadTextAsync("/proc/mounts", cancellationToken)).FirstOrDefault(m => m.Type == type).Path is { } path)
        {
            return path;
        }

        var mount = new Command("mount", "-t", type, type, UsualConfigfs);
        try
        {
            await changes.RunUndoableAsync(mount, undo: new Command("umount", UsualConfigfs), isVolatile: true, cancellationToken);
            return UsualConfigfs;
        }
        catch (CommandFailedException e)
        {
            throw new NotOnTargetException(
                $"configfs is not mounted on target '{target.Name}', and mounting it failed: {e.Result.ErrorText.Trim()}", $"as root: {mount}", e);
        }
    }
}
