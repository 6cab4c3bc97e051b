using System.Diagnostics;
using System.Globalization;
using System.Text;
using FluentAssertions;
using LabTrace.Devices.Elf;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Bpf;

public sealed class ProcessSymbolsTests
{
    [Test]
    public void Mappings_are_what_can_be_executed_and_has_a_name()
    {
        var maps = Encoding.UTF8.GetBytes("""
            55d0c0de0000-55d0c0de1000 r--p 00000000 08:01 1234                       /usr/bin/a program
            55d0c0de1000-55d0c0de2000 r-xp 00001000 08:01 1234                       /usr/bin/a program
            7f0000000000-7f0000001000 r-xp 00002000 00:2a 99   /tmp/gone.so (deleted)
            7f0000002000-7f0000003000 rwxp 00000000 00:00 0
            7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0                          [vdso]
            nonsense
            7f00
            """);

        ProcessSymbols.Parse(maps).Should().Equal(
            new ProcessSymbols.Mapping(0x55d0c0de1000, 0x55d0c0de2000, 0x1000, "/usr/bin/a program"),
            new ProcessSymbols.Mapping(0x7f0000000000, 0x7f0000001000, 0x2000, "/tmp/gone.so"),
            new ProcessSymbols.Mapping(0x7ffc00000000, 0x7ffc00002000, 0, "[vdso]"));
    }

    [Test]
    public void An_address_of_a_running_program_is_named_and_still_known_when_it_is_gone()
    {
        var symbols = new ProcessSymbols();
        string? name;
        ulong address;
        using (var sleep = Process.Start(new ProcessStartInfo("sleep", ["60"]) { UseShellExecute = false })!)
        {
            var (start, offset, path) = LibraryOf(sleep.Id);
            ElfImage.Parse(File.ReadAllBytes(path), path).TryFindFunction("clock_nanosleep", out var function).Should().BeTrue();
            address = start + function.FileOffset - offset + 4;
            name = symbols.Describe(sleep.Id, address);
            sleep.Kill();
            sleep.WaitForExit();

            name.Should().Be(string.Create(CultureInfo.InvariantCulture, $"clock_nanosleep+0x4/0x{function.Size:x} [{Path.GetFileName(path)}]"));
            symbols.Describe(sleep.Id, address).Should().Be(name);
            symbols.Describe(sleep.Id, 16).Should().BeNull();
            new ProcessSymbols().Describe(sleep.Id, address).Should().BeNull();
        }
    }

    /// <summary>Where libc's code is mapped; the program may still be starting.</summary>
    private static (ulong Start, ulong Offset, string Path) LibraryOf(int process)
    {
        for (var left = 10_000; left > 0; left--)
        {
            if (ProcessSymbols.Parse(File.ReadAllBytes($"/proc/{process}/maps")).Find(m => Path.GetFileName(m.Path).StartsWith("libc", StringComparison.Ordinal)) is { } found)
            {
                return (found.Start, found.Offset, found.Path);
            }
        }

        throw new InvalidOperationException("sleep maps no libc");
    }
}
