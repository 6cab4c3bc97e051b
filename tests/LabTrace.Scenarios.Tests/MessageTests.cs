using System.Text;
using FluentAssertions;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests;

public sealed class MessageTests
{
    private const string Feature = """
        # a comment
        @tag
        Feature: all there is
          A description.

          Background:
            Given a step

          Rule: with examples
            @row
            Scenario Outline: <what>
              When a <what> and 12
                | a |
                | ü"\|<é> |
              Then a doc string
                '''json
                {}
                '''

              Examples: kinds
                | what |
                | step |
                | fail |
        """;

    [Test]
    public async Task What_is_written_is_read_back()
    {
        var run = await TestRun.OfAsync(Feature.Replace("'''", "\"\"\""), typeof(SomeSteps));
        using var stream = new MemoryStream();
        await using (var writer = new MessageWriter(stream, leaveOpen: true))
        {
            foreach (var message in run.Messages)
            {
                await writer.WriteAsync(message, CancellationToken.None);
            }
        }

        stream.Position = 0;
        var read = await MessageReader.ReadAsync(stream, CancellationToken.None).ToListAsync();

        read.Should().BeEquivalentTo(run.Messages, options => options.WithStrictOrdering().AllowingInfiniteRecursion());
        Encoding.UTF8.GetString(stream.ToArray()).Split('\n').Should().HaveCount(run.Messages.Count + 1);
    }

    [Test]
    public async Task The_spelling_is_that_of_Cucumber_Messages()
    {
        using var stream = new MemoryStream();
        await using var writer = new MessageWriter(stream, leaveOpen: true);
        var result = new TestStepResult(TestStepResultStatus.Failed, new Duration(1, 2), "no", new ExceptionMessage("T", "no"));

        await writer.WriteAsync(new Envelope { TestStepFinished = new TestStepFinished("7", "8", result, new Timestamp(3, 4)) }, CancellationToken.None);
        await writer.WriteAsync(new Envelope { TestRunFinished = new TestRunFinished(false, new Timestamp(5, 0)) }, CancellationToken.None);

        Encoding.UTF8.GetString(stream.ToArray()).Should().Be(
            """
            {"testStepFinished":{"testCaseStartedId":"7","testStepId":"8","testStepResult":{"status":"FAILED","duration":{"seconds":1,"nanos":2},"message":"no","exception":{"type":"T","message":"no"}},"timestamp":{"seconds":3,"nanos":4}}}
            {"testRunFinished":{"success":false,"timestamp":{"seconds":5,"nanos":0}}}

            """.ReplaceLineEndings("\n"));
    }

    [Test]
    public async Task A_stream_that_was_cut_off_is_read_up_to_its_last_whole_line()
    {
        using var stream = new MemoryStream("""
            {"testRunStarted":{"timestamp":{"seconds":0,"nanos":0}}}
            {"testCaseStarted":{"id":"1","tes
            """u8.ToArray());

        var read = await MessageReader.ReadAsync(stream, CancellationToken.None).ToListAsync();

        read.Should().ContainSingle().Which.TestRunStarted.Should().NotBeNull();
    }

    [Test]
    public async Task Wherever_a_stream_is_cut_its_whole_lines_are_read()
    {
        var lines = new[]
        {
            """{"testRunStarted":{"timestamp":{"seconds":0,"nanos":0}}}""",
            """{"testCaseStarted":{"id":"ä","testCaseId":"2","timestamp":{"seconds":0,"nanos":0},"attempt":0}}""",
            """{"testRunFinished":{"success":true,"timestamp":{"seconds":0,"nanos":0}}}""",
        };
        var bytes = System.Text.Encoding.UTF8.GetBytes(string.Join("\r\n", lines));
        var ends = lines.Select((_, count) => System.Text.Encoding.UTF8.GetByteCount(string.Join("\r\n", lines[..(count + 1)]))).ToList();

        for (var length = 0; length <= bytes.Length; length++)
        {
            using var stream = new MemoryStream(bytes, 0, length);

            var read = await MessageReader.ReadAsync(stream, CancellationToken.None).ToListAsync();

            read.Should().HaveCount(ends.Count(end => end <= length), "{0} bytes are there", length);
        }
    }

    [Test]
    public async Task A_line_longer_than_any_buffer_is_read()
    {
        var body = new string('x', 300_000);
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(
            "\uFEFF" + $$$"""{"attachment":{"body":"{{{body}}}","contentEncoding":"IDENTITY","mediaType":"text/plain"}}""" + "\n\n{}\n"));

        var read = await MessageReader.ReadAsync(stream, CancellationToken.None).ToListAsync();

        read.Should().HaveCount(2);
        read[0].Attachment!.Body.Should().Be(body);
        read[1].IsEmpty().Should().BeTrue();
    }

    [Test]
    public async Task A_line_that_is_no_message_is_named()
    {
        using var stream = new MemoryStream("{}\nnonsense\n{}\n"u8.ToArray());

        var read = async () => await MessageReader.ReadAsync(stream, CancellationToken.None).ToListAsync();

        (await read.Should().ThrowAsync<MessageFormatException>()).WithMessage("line 2 of the message stream is no message: *");
    }

    [Test]
    public async Task Two_files_of_one_stream_are_the_same_though_each_line_is_made_once()
    {
        var run = await TestRun.OfAsync(Feature.Replace("'''", "\"\"\""), typeof(SomeSteps));
        MessageLines shared = new();
        using MemoryStream first = new();
        using MemoryStream second = new();
        using MemoryStream alone = new();
        await using (MessageWriter a = new(first, leaveOpen: true, shared: shared), b = new(second, leaveOpen: true, shared: shared), c = new(alone, leaveOpen: true))
        {
            foreach (var message in run.Messages)
            {
                await a.WriteAsync(message, CancellationToken.None);
                await b.WriteAsync(message, CancellationToken.None);
                await c.WriteAsync(message, CancellationToken.None);
            }
        }

        first.ToArray().Should().Equal(alone.ToArray());
        second.ToArray().Should().Equal(alone.ToArray());
    }

    [Test]
    public async Task Everything_up_to_the_last_ended_scenario_is_in_the_file()
    {
        using var stream = new MemoryStream();
        var writer = new MessageWriter(stream, leaveOpen: true);

        await writer.WriteAsync(new Envelope { TestStepStarted = new TestStepStarted("1", "2", default) }, CancellationToken.None);
        var before = stream.Length;
        await writer.WriteAsync(new Envelope { TestCaseFinished = new TestCaseFinished("1", default, WillBeRetried: false) }, CancellationToken.None);

        before.Should().Be(0);
        Encoding.UTF8.GetString(stream.ToArray()).Should().Contain("testCaseFinished");
        await writer.DisposeAsync();
    }

    [Test]
    public async Task What_a_long_scenario_does_is_in_the_file_after_a_moment()
    {
        var time = new ManualTimeProvider();
        using var stream = new MemoryStream();
        await using var writer = new MessageWriter(stream, leaveOpen: true, time);
        await writer.WriteAsync(new Envelope { TestStepStarted = new TestStepStarted("1", "2", default) }, CancellationToken.None);
        var before = stream.Length;

        time.Advance(TimeSpan.FromMilliseconds(60));

        before.Should().Be(0);
        Encoding.UTF8.GetString(stream.ToArray()).Should().StartWith("{\"testStepStarted\"").And.EndWith("\n");
    }

    [FsCheck.NUnit.Property]
    public bool Any_text_survives(string text)
    {
        var lines = new JsonLines(16);
        var written = new Envelope { Source = new Source("a", text ?? string.Empty, "m") };
        EnvelopeJson.Write(lines, written);

        var read = MessageReader.Parse(lines.Written);

        // A lone surrogate cannot be written as UTF-8.
        return read.Source!.Data == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(written.Source!.Data));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool A_mutated_line_is_a_message_or_a_format_error(FsCheck.NonNegativeInt at, byte value)
    {
        var line = """{"testStepFinished":{"testCaseStartedId":"7","testStepId":"8","testStepResult":{"status":"FAILED","duration":{"seconds":1,"nanos":2}},"timestamp":{"seconds":3,"nanos":4}}}"""u8
            .ToArray();
        line[at.Get % line.Length] = value;

        try
        {
            _ = MessageReader.Parse(line);
            return true;
        }
        catch (MessageFormatException)
        {
            return true;
        }
    }

    [Binding]
    public sealed class SomeSteps(IReqnrollOutputHelper output)
    {
        [BeforeTestRun]
        public static void BeforeRun()
        {
        }

        [BeforeScenario("@row")]
        public void Before() => output.WriteLine("line");

        [StepDefinition("a step")]
        public void Step()
        {
        }

        [When(@"^a (step|fail) and (1(\d))$")]
        public void Both(string what, int number, int digit, DataTable table) =>
            (what == "step" && table.RowCount == 1 && number == digit + 10).Should().BeTrue();
    }
}
