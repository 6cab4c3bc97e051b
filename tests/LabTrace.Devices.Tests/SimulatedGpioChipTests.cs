using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class SimulatedGpioChipTests
{
    private const string Chip = "/sys/kernel/config/gpio-sim/lab";
    private const string Pull = "/sys/devices/platform/gpio-sim.0/gpiochip3/sim_gpio2/pull";
    private static readonly CancellationToken Token = CancellationToken.None;

    [Test]
    public async Task A_chip_is_made_pulled_and_taken_away_in_reverse()
    {
        var target = Target().File("/proc/mounts", "configfs /sys/kernel/config configfs rw 0 0\n");
        var changes = TargetChanges.InMemory(target);

        var chip = await SimulatedGpioChip.CreateAsync(changes, "lab", 4, Token);
        await chip.PullAsync(2, isUp: true, Token);
        await chip.PullAsync(2, isUp: false, Token);
        await changes.DisposeAsync();

        chip.Device.Should().Be("/dev/gpiochip3");
        target.Commands.Should().BeEmpty();
        target.Writes.Should().Equal(
            $"{Chip}/bank0/num_lines: 4", $"{Chip}/live: 1", $"{Pull}: pull-up", $"{Pull}: pull-down", $"{Pull}: pull-down", $"{Chip}/live: 0", $"{Chip}/bank0/num_lines: 1");
        (await target.ExistsAsync(Chip, Token)).Should().BeFalse();
        (await target.ExistsAsync(Chip + "/bank0", Token)).Should().BeFalse();
    }

    [Test]
    public async Task Configfs_is_mounted_where_it_is_not_and_unmounted_again()
    {
        var target = Target().File("/proc/mounts", "proc /proc proc rw 0 0\n");
        var changes = TargetChanges.InMemory(target);

        _ = await SimulatedGpioChip.CreateAsync(changes, "lab", 4, Token);
        await changes.DisposeAsync();

        target.Commands.Should().Equal("mount -t configfs configfs /sys/kernel/config", "umount /sys/kernel/config");
    }

    [Test]
    public async Task A_module_that_is_not_loaded_is_told()
    {
        var target = new ScriptedTarget().File("/proc/mounts", "configfs /config configfs rw 0 0\n");

        var create = () => SimulatedGpioChip.CreateAsync(TargetChanges.InMemory(target), "lab", 4, Token);

        await create.Should().ThrowAsync<NotOnTargetException>().WithMessage(
            "there is no /config/gpio-sim on target 'bench-3': the module gpio-sim is not loaded\n  try: modprobe gpio-sim");
    }

    [Test]
    public async Task Configfs_that_cannot_be_mounted_is_told()
    {
        var target = new ScriptedTarget { Runs = _ => (32, "mount: unknown filesystem type 'configfs'.\n") }.File("/proc/mounts", "");

        var create = () => SimulatedGpioChip.CreateAsync(TargetChanges.InMemory(target), "lab", 4, Token);

        await create.Should().ThrowAsync<NotOnTargetException>().WithMessage(
            "configfs is not mounted on target 'bench-3', and mounting it failed: mount: unknown filesystem type 'configfs'.\n  try: as root: mount -t configfs configfs /sys/kernel/config");
    }

    private static ScriptedTarget Target() => new ScriptedTarget()
        .Directory("/sys/kernel/config/gpio-sim")
        .File($"{Chip}/bank0/num_lines", "1\n").File($"{Chip}/live", "0\n").File($"{Chip}/dev_name", "gpio-sim.0\n").File($"{Chip}/bank0/chip_name", "gpiochip3\n")
        .File(Pull, "pull-down\n");
}
