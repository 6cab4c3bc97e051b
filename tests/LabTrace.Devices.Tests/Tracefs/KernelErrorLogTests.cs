using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class KernelErrorLogTests
{
    private const string Log =
        "[ 1259.657137] event filter parse error: error: Field not found\n" +
        "  Command: foo != 0\n" +
        "               ^\n" +
        "[ 1368.530286] trace_uprobe: error: Invalid register name\n" +
        "  Command: p:lt/u4 /bin/true:0x2000 a=%nosuch\n" +
        "                                      ^\n";

    [Test]
    public void Each_refusal_keeps_the_kernels_words_and_caret()
    {
        var errors = KernelErrorLog.Parse(Log);

        errors.Should().Equal(
            new KernelError("event filter parse error", "Field not found", "foo != 0", 4),
            new KernelError("trace_uprobe", "Invalid register name", "p:lt/u4 /bin/true:0x2000 a=%nosuch", 27));
    }

    [Test]
    public void A_refusal_is_shown_as_the_kernel_lays_it_out() =>
        KernelErrorLog.Parse(Log)[0].ToString().Should().Be("event filter parse error: Field not found\n  foo != 0\n      ^");

    [Test]
    public void Only_the_refusal_of_ones_own_command_is_found()
    {
        var own = KernelErrorLog.Find(Log, "foo != 0\n");
        var others = KernelErrorLog.Find(Log, "bar != 0");

        own!.Message.Should().Be("Field not found");
        others.Should().BeNull();
    }

    [Test]
    public void Damaged_text_is_read_as_far_as_it_goes() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(ushort At, char Value)[]>(),
            edits =>
            {
                var text = Log.ToCharArray();
                foreach (var (at, value) in edits)
                {
                    text[at % text.Length] = value;
                }

                return KernelErrorLog.Parse(new string(text)).Count <= 2 + edits.Length;
            }).QuickCheckThrowOnFailure();
}
