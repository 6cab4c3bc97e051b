using FluentAssertions;
using LabTrace.Devices;
using LabTrace.Emulation.Kernel;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

[TestFixture]
public sealed class KernelModuleTests
{
    [Test]
    public async Task Modprobe_loads_what_a_module_uses_and_what_it_softly_wants()
    {
        await using var target = Machine();

        (await target.RunAsync(new Command("modprobe", "toy"), default)).ExitCode.Should().Be(0);

        (await target.ReadTextAsync("/proc/modules", default)).Split('\n').Select(l => l.Split(" Live")[0]).Should().Equal(
            "toy_extra 20480 0 -", "toy 20480 1 toy_extra,", "toy_core 20480 1 toy,");
    }

    [Test]
    public async Task Insmod_refuses_a_module_whose_symbols_are_not_there_and_the_log_names_them()
    {
        await using var target = Machine();

        var result = await target.RunAsync(new Command("insmod", $"{KernelModules.Directory}/updates/toy.ko"), default);

        result.ErrorText.Should().Contain("Unknown symbol in module");
        (await target.RunAsync(new Command("dmesg"), default)).OutputText.Should().Contain("toy: Unknown symbol toy_register (err -2)");
    }

    [Test]
    public async Task A_module_in_use_is_not_unloaded_and_its_users_are_named()
    {
        await using var target = Machine();
        _ = await target.RunAsync(new Command("modprobe", "toy"), default);

        var removed = await target.RunAsync(new Command("rmmod", "toy_core"), default);

        (removed.ExitCode, removed.ErrorText).Should().Be((1, "rmmod: ERROR: Module toy_core is in use by: toy\n"));
        (await target.RunAsync(new Command("modprobe", "-r", "toy_core"), default)).ErrorText.Should().Contain("is in use");
        (await target.RunAsync(new Command("modprobe", "-r", "toy"), default)).ExitCode.Should().Be(0);
        (await target.ReadTextAsync("/proc/modules", default)).Should().BeEmpty();
    }

    [Test]
    public async Task An_unknown_parameter_is_ignored_with_a_word_in_the_log_and_a_bad_value_refused()
    {
        await using var target = Machine();

        (await target.RunAsync(new Command("modprobe", "toy_core", "toy"), default)).ExitCode.Should().Be(0);
        (await target.RunAsync(new Command("modprobe", "toy", "size=big"), default)).ErrorText.Should().Contain("could not insert 'toy': Invalid argument");

        var log = (await target.RunAsync(new Command("dmesg"), default)).OutputText;
        log.Should().Contain("toy_core: unknown parameter 'toy' ignored").And.Contain("toy: `big' invalid for parameter `size'");
    }

    [TestCase("modprobe no_such", 1, "modprobe: FATAL: Module no_such not found in directory /lib/modules/6.18.44-emulated")]
    [TestCase("rmmod toy", 1, "rmmod: ERROR: Module toy is not currently loaded")]
    [TestCase("insmod /etc/hostname", 1, "insmod: ERROR: could not insert module /etc/hostname: Invalid module format")]
    [TestCase("insmod /no/such.ko", 1, "insmod: ERROR: could not load module /no/such.ko: No such file or directory")]
    [TestCase("umount /mnt", 32, "umount: /mnt: not mounted.")]
    [TestCase("setpriv --reuid=65534 tee /sys/kernel/debug/x", 1, "tee: /sys/kernel/debug/x: Permission denied")]
    public async Task What_cannot_be_done_is_told_in_the_words_of_the_program(string command, int code, string complaint)
    {
        await using var target = Machine();

        var result = await target.RunAsync(CommandLine.Parse(command), default);

        (result.ExitCode, result.ErrorText.TrimEnd()).Should().Be((code, complaint));
    }

    [Test]
    public async Task Debugfs_can_be_unmounted_and_mounted_again()
    {
        await using var target = Machine();
        const string file = "/sys/kernel/debug/provoke-crash/DIRECT";

        (await target.RunAsync(new Command("umount", "/sys/kernel/debug"), default)).ExitCode.Should().Be(0);
        (await target.ExistsAsync(file, default)).Should().BeFalse();
        (await target.ReadTextAsync("/proc/mounts", default)).Should().NotContain("debugfs");
        (await target.RunAsync(new Command("mount", "-t", "debugfs", "debugfs", "/sys/kernel/debug"), default)).ExitCode.Should().Be(0);

        (await target.ExistsAsync(file, default)).Should().BeTrue();
    }

    private static EmulatedTarget Machine()
    {
        var target = new EmulatedTarget();
        var modules = target.Machine.Modules;
        foreach (var loaded in modules.Loaded.Select(l => l.Module.Name).ToList())
        {
            modules.Remove(loaded);
        }

        modules.Install(new EmulatedModule("toy_core", "the toys' core"));
        modules.Install(new EmulatedModule("toy", "a toy")
        {
            Uses = [("toy_core", "toy_register")],
            SoftAfter = ["toy_extra", "toy_missing"],
            Parameters = [new ModuleParameter("size", "uint", "1", "size of the toy", v => int.TryParse(v, out _))],
        });
        modules.Install(new EmulatedModule("toy_extra", "more of a toy") { Uses = [("toy", "toy_play")] });
        return target;
    }
}
