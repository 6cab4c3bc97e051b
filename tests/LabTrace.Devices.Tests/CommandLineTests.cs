using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class CommandLineTests
{
    private static readonly Arbitrary<string[]> Words = Arb.From(
        from words in Gen.Elements([.. " \t'\"\\$`|;&<>#*?~!(){}[]=\nabcé文-"]).ArrayOf().Select(c => new string(c)).NonEmptyListOf()
        select words.ToArray());

    [TestCase("sleep 0.05", "sleep|0.05")]
    [TestCase("  a\tb\n", "a|b")]
    [TestCase("echo 'a b' \"c \\\" d\" e\\ f", "echo|a b|c \" d|e f")]
    [TestCase("echo '' \"\"", "echo||")]
    [TestCase("a'b'\"c\"", "abc")]
    [TestCase("echo \"\\n\"", "echo|\\n")]
    [TestCase("sh -c 'a | b > c'", "sh|-c|a | b > c")]
    public void A_line_is_split_as_a_shell_splits_it(string line, string words)
    {
        var command = CommandLine.Parse(line);

        string.Join('|', [command.Program, .. command.Arguments]).Should().Be(words);
    }

    [TestCase("", "the command is empty; write a program and its arguments, for example \"sleep 0.05\"")]
    [TestCase("echo 'a", "the ' at column 6 of \"echo 'a\" is not closed")]
    [TestCase("echo \"a", "the \" at column 6 of \"echo \"a\" is not closed")]
    [TestCase("a | b", "'|' at column 3 of \"a | b\" is a shell operator, and no shell runs the command; quote it, or run \"sh -c '…'\"")]
    public void A_line_that_is_no_command_is_refused(string line, string message)
    {
        var parse = () => CommandLine.Parse(line);

        parse.Should().Throw<FormatException>().WithMessage(message);
    }

    [Test]
    public void Words_that_are_joined_are_split_into_the_same_words()
    {
        Prop.ForAll(Words, words =>
        {
            var command = CommandLine.Parse(CommandLine.Join(words));
            return words.SequenceEqual([command.Program, .. command.Arguments]);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public async Task A_shell_splits_joined_words_into_the_same_words()
    {
        string[] words = ["a b", "it's", "$HOME", "`id`", "\\", "\"", "", "*", "-n", "文\n"];

        var result = await new LocalTarget().RunAsync(
            new Command("sh", "-c", "printf '%s\\0' " + CommandLine.Join(words)), CancellationToken.None);

        result.OutputText.Split('\0')[..^1].Should().Equal(words);
    }

    [Test]
    public void A_line_of_any_kind_is_a_command_or_is_refused()
    {
        Prop.ForAll<NonNull<string>>(line =>
        {
            try
            {
                _ = CommandLine.Parse(line.Get);
            }
            catch (FormatException e)
            {
                e.Message.Should().NotBeEmpty();
            }
        }).QuickCheckThrowOnFailure();
    }
}
