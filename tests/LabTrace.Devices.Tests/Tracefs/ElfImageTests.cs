using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Devices.Elf;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class ElfImageTests
{
    [Test]
    public void A_function_is_found_with_its_offset_in_the_file([Values] bool is64, [Values] bool bigEndian)
    {
        var file = new TinyElf(is64, bigEndian).Function("first", 0x401100).Function("second", 0x401234).Build();

        var found = ElfImage.Parse(file, "/lib/tiny.so").TryFindFunction("second", out var function);

        found.Should().BeTrue();
        function.Should().Be(new ElfFunction("second", 0x401234, 16, 0x234, IsIndirect: false));
    }

    [Test]
    public void An_imported_function_and_one_outside_every_segment_are_not_in_the_file()
    {
        var file = new TinyElf().Function("imported", 0, section: 0).Function("elsewhere", 0x900000).Function("here", 0x401100).Build();

        var names = ElfImage.Parse(file, "/lib/tiny.so").FunctionNames();

        names.Should().Equal("here");
    }

    [Test]
    public void A_default_version_wins_over_an_older_one()
    {
        var file = new TinyElf()
            .Function("memcpy", 0x401110, hidden: true).Function("memcpy", 0x401120).Function("memcpy", 0x401130, hidden: true)
            .Build();

        _ = ElfImage.Parse(file, "/lib/tiny.so").TryFindFunction("memcpy", out var function);

        function.FileOffset.Should().Be(0x120);
    }

    [Test]
    public void An_indirect_function_is_told_as_such()
    {
        var file = new TinyElf().Function("strlen", 0x401110, type: 10).Build();

        _ = ElfImage.Parse(file, "/lib/tiny.so").TryFindFunction("strlen", out var function);

        function.IsIndirect.Should().BeTrue();
    }

    [Test]
    public void A_script_is_refused_with_a_remedy()
    {
        var parse = () => ElfImage.Parse("#!/bin/sh\necho hello\n"u8.ToArray(), "/usr/bin/hello");

        parse.Should().Throw<ElfFormatException>().WithMessage(
            "ELF file '/usr/bin/hello': expected the bytes 7F 45 4C 46 at offset 0\n" +
            "  try: name the program itself: a script has no functions a uprobe could stand on");
    }

    [Test]
    public void A_file_cut_short_names_the_field_and_its_offset()
    {
        var file = new TinyElf().Build()[..0x1000];

        var parse = () => ElfImage.Parse(file, "/lib/cut.so");

        parse.Should().Throw<ElfFormatException>().WithMessage(
            "ELF file '/lib/cut.so': sh_type needs 4 bytes but 0 are left at offset 4100\n" +
            "  try: the file is cut short or damaged: install the package it came from again");
    }

    [Test]
    public void Damaged_bytes_raise_only_the_format_exception()
    {
        var whole = new TinyElf().Function("one", 0x401100).Function("two", 0x401200, hidden: true).Build();

        Prop.ForAll(
            ArbMap.Default.ArbFor<(ushort At, byte Value)[]>(),
            ArbMap.Default.ArbFor<ushort>(),
            (edits, cut) =>
            {
                var file = whole.AsSpan(0, whole.Length - (cut % 4 == 0 ? cut % whole.Length : 0)).ToArray();
                foreach (var (at, value) in edits)
                {
                    // Headers and tables are where damage matters: most edits go there.
                    var offset = at % 2 == 0 ? at % 0x80 : 0x400 + (at % 0x1000);
                    file[offset % file.Length] = value;
                }

                try
                {
                    var image = ElfImage.Parse(file, "/lib/fuzz.so");
                    _ = image.TryFindFunction("two", out _);
                    _ = image.FunctionNames();
                }
                catch (ElfFormatException)
                {
                    // The one refusal there is.
                }
            }).QuickCheckThrowOnFailure();
    }
}
