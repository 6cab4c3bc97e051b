using System.Globalization;
using System.Text;
using FluentAssertions;
using LabTrace.Devices.Vm;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Vm;

public sealed class CpioArchiveTests
{
    [Test]
    public void Entries_come_out_with_their_modes_contents_and_the_directories_above_them()
    {
        var archive = new CpioArchive();
        archive.AddFile("/usr/bin/run", "#!/bin/sh\n"u8, isProgram: true);
        archive.AddFile("/etc/passwd", "root\n"u8);
        archive.AddLink("/bin/sh", "/usr/bin/dash");
        archive.AddCharacterDevice("/dev/console", 5, 1);

        var entries = Read(archive.ToBytes());

        entries.Select(e => (e.Name, Convert.ToString(e.Mode, 8), e.Content)).Should().Equal(
            ("usr", "40755", ""),
            ("usr/bin", "40755", ""),
            ("usr/bin/run", "100755", "#!/bin/sh\n"),
            ("etc", "40755", ""),
            ("etc/passwd", "100644", "root\n"),
            ("bin", "40755", ""),
            ("bin/sh", "120777", "/usr/bin/dash"),
            ("dev", "40755", ""),
            ("dev/console", "20600", ""),
            ("TRAILER!!!", "0", ""));
    }

    [Test]
    public void An_entry_that_is_there_stays_as_it_was()
    {
        var archive = new CpioArchive();
        archive.AddFile("/a", "first"u8);

        archive.AddFile("/a", "second"u8);

        archive.Has("a").Should().BeTrue();
        Read(archive.ToBytes()).Should().HaveCount(2).And.Contain(e => e.Content == "first");
    }

    [Test]
    public void The_same_entries_make_the_same_bytes()
    {
        static byte[] Make()
        {
            var archive = new CpioArchive();
            archive.AddFile("/x/y", "z"u8);
            return archive.ToBytes().ToArray();
        }

        Make().Should().Equal(Make());
    }

    // A reader of our own, by the kernel's description of the format.
    private static List<(string Name, int Mode, string Content)> Read(ReadOnlyMemory<byte> archive)
    {
        var entries = new List<(string, int, string)>();
        var bytes = archive.Span;
        while (bytes.Length > 0)
        {
            Encoding.ASCII.GetString(bytes[..6]).Should().Be("070701");
            var (mode, size, nameSize) = (Field(bytes, 1), Field(bytes, 6), Field(bytes, 11));
            var name = Encoding.UTF8.GetString(bytes.Slice(110, nameSize - 1));
            bytes[110 + nameSize - 1].Should().Be(0);
            var data = Align(110 + nameSize);
            entries.Add((name, mode, Encoding.UTF8.GetString(bytes.Slice(data, size))));
            bytes = bytes[Align(data + size)..];
        }

        return entries;

        static int Field(ReadOnlySpan<byte> header, int index) =>
            int.Parse(Encoding.ASCII.GetString(header.Slice(6 + (index * 8), 8)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        static int Align(int at) => (at + 3) & ~3;
    }
}
