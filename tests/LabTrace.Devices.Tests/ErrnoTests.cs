using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class ErrnoTests
{
    [Test]
    public void Every_refusal_in_the_table_has_its_name_and_its_text()
    {
        var refusals = Enum.GetValues<Errno>();

        refusals.Should().AllSatisfy(errno => errno.Text().Should().NotBe("unknown error"));
        Errno.EINVAL.Name().Should().Be("EINVAL");
    }

    [Test]
    public void A_number_that_is_not_in_the_table_is_told_as_a_number()
    {
        ((Errno)133).Name().Should().Be("errno 133");
        ((Errno)133).Text().Should().Be("unknown error");
    }

    [Test]
    public void Of_a_long_complaint_the_tail_is_told()
    {
        var complaint = new string('a', 5000) + new string('b', 2000);
        var result = new CommandResult(
            "bench", new Command("make"), 2, [], System.Text.Encoding.UTF8.GetBytes(complaint), 0, TimedOut: false, TimeSpan.Zero);

        new CommandFailedException(result).Message.Should().Be(
            "`make` on target 'bench' ended with exit code 2; it wrote:\n…" + new string('b', 2000));
    }
}
