using System.Text;
using System.Text.Json;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using LabTrace.Devices.Tap;

namespace LabTrace.Devices.Tests.Tap;

/// <summary>Whatever it is given, the reader ends, counts what it found, and passes nothing that is cut.</summary>
public sealed class TapPropertyTests
{
    private static readonly string[] Pieces =
    [
        "ok", "not ok", " 1", " 2", " 3", " - ", "a", "# SKIP", "# TODO x", "# ", "#", "1..2", "1..0", "TAP version 13", "KTAP version 1", "# Subtest: a", "{", "}", "---", "...",
        "\n", "\n", "\n", "    ", "  ", "\t", "Bail out!", "pragma +strict", "[    1.000000] ", "\\", "# TAP version 13\n", "Kernel panic - not syncing: x", "# selftests: a: b\n", "\r", "\0", "é",
    ];

    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property Any_text_is_read_and_its_parts_agree() => Prop.ForAll(Texts().ToArbitrary(), text =>
    {
        var report = TapReader.Read(new StringReader(text));

        report.Counts.Should().Be(report.Streams.Select(stream => stream.Counts).Aggregate(default(TapCounts), TapCounts.Add));
        if (report.Verdict is TapVerdict.Passed or TapVerdict.Skipped)
        {
            report.AllErrors.Should().BeEmpty();
            (report.Counts.Failed + report.Counts.Broken).Should().Be(0, "of {0}", text);
            (report.Counts.Total > 0 || report.Streams.Any(stream => stream.SkipReason is not null)).Should().BeTrue("of {0}", text);
        }

        using var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer);
        TapJson.Write(json, report, "x");
    });

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Bytes_that_are_no_text_are_read_too() => Prop.ForAll(
        Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value)).ToArbitrary(), bytes =>
        {
            var read = () => TapReader.Read(new MemoryStream(bytes));

            read.Should().NotThrow();
        });

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property A_whole_text_with_a_plan_in_front_passes_only_whole() => Prop.ForAll(Gen.Choose(1, 20).Two().ToArbitrary(), size =>
    {
        var (outer, inner) = size;
        var text = new StringBuilder("KTAP version 1\n").Append("1..").Append(outer).Append('\n');
        for (var i = 1; i <= outer; i++)
        {
            text.Append("  KTAP version 1\n  1..").Append(inner).Append('\n');
            for (var j = 1; j <= inner; j++)
            {
                text.Append("  ok ").Append(j).Append(" t\n");
            }

            text.Append("ok ").Append(i).Append(" s\n");
        }

        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        TapReader.Read(new StringReader(text.ToString())).Verdict.Should().Be(TapVerdict.Passed);
        for (var count = 0; count < lines.Length; count++)
        {
            TapReader.Read(new StringReader(string.Join('\n', lines.Take(count)))).Verdict.Should().Be(TapVerdict.Broken);
        }
    });

    private static Gen<string> Texts() => from count in Gen.Choose(0, 60)
                                          from pieces in Gen.ArrayOf(Gen.Elements(Pieces), count)
                                          select string.Concat(pieces);
}
