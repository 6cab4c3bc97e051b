using System.Text;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Journal;

public sealed class JournalFileTests
{
    private const string Header =
        """{"header":{"place":"bench","scenario":"a scenario","bootId":"boot","owner":{"host":"h","bootId":"b","pid":1,"startTicks":2},"since":"1970-01-01T00:00:00+00:00"}}""";

    private const string Text = Header + "\n"
        + """{"change":1,"undo":{"do":"write","path":"/a","value":"1"}}""" + "\n"
        + """{"change":2,"undo":{"do":"append","path":"/b","line":"-:c"}}""" + "\n"
        + """{"change":3,"undo":{"do":"kill","pid":7,"startTicks":8,"command":"sleep 1"}}""" + "\n"
        + """{"settled":2}""" + "\n"
        + """{"change":4,"undo":{"do":"unload","name":"vgem","withDependencies":true}}""" + "\n"
        + """{"change":5,"undo":{"do":"run","program":"umount","arguments":["/t"],"volatile":true}}""" + "\n";

    [Test]
    public void It_holds_what_is_not_settled()
    {
        var journal = JournalFile.Parse("j", Encoding.UTF8.GetBytes(Text))!;

        journal.Header.Should().Be(new JournalHeader(
            "bench", "a scenario", "boot", new ProcessIdentity("h", "b", 1, 2), DateTimeOffset.UnixEpoch));
        (journal.LastChange, journal.Malformed).Should().Be((5, 0));
        journal.Pending.Select(p => $"{p.Key} {p.Value}").Should().Equal(
            "1 write '1' to /a", "3 kill 7 (`sleep 1`)", "4 unload module vgem", "5 run `umount /t`");
    }

    [Test]
    public void Cut_anywhere_it_holds_the_changes_whose_lines_are_whole()
    {
        var bytes = Encoding.UTF8.GetBytes(Text);

        for (var length = 0; length <= bytes.Length; length++)
        {
            var journal = JournalFile.Parse("j", bytes.AsSpan(0, length));

            var lines = bytes.AsSpan(0, length).Count((byte)'\n');
            (journal?.LastChange ?? 0).Should().Be(lines switch { <= 1 => 0, < 5 => lines - 1, 5 => 3, _ => lines - 2 });
            (journal?.Malformed ?? 0).Should().Be(0);
            (journal is null).Should().Be(lines == 0);
        }
    }

    [Test]
    public void Whatever_the_bytes_are_it_is_read_or_counted()
    {
        var mutated =
            from bytes in Gen.Constant(Encoding.UTF8.GetBytes(Text))
            from changes in Gen.Choose(0, bytes.Length - 1).Zip(Gen.Choose(0, 255)).ArrayOf()
            select changes.Aggregate(bytes.ToArray(), (copy, change) =>
            {
                copy[change.Item1] = (byte)change.Item2;
                return copy;
            });

        Prop.ForAll(Arb.From(mutated), bytes => _ = JournalFile.Parse("j", bytes)).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]>(bytes => _ = JournalFile.Parse("j", bytes)).QuickCheckThrowOnFailure();
    }
}
