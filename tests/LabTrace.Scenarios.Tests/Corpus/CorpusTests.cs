using FluentAssertions;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;

namespace LabTrace.Scenarios.Tests.Corpus;

public sealed class CorpusTests
{
    private const string Feature = """
        @corpus
        Feature: Corpus

          @tagged
          Scenario: all there is
            Given these readings:
              | Name | Val | unit        | limit | Taken      | id |
              | one  | 1.0 | nano second |       | 2026-11-21 | 1  |
              | two  | 2.5 | Second      | 3     | 2026-11-22 | 2  |
            Then the readings are
              | Name | Value |
              | two  | 2.50  |
              | one  | 1     |
            And the readings are in this order
              | Name | Unit       | Limit |
              | one  | NanoSecond |       |
              | two  | Second     | 3     |
            And one reading is
              | Field | Value |
              | Name  | two   |
            When the span goes from 3 to 7
            Then the span is 4 long
            When the span is 1..9
            Then the span is 8 long
            Given a version 5.6
            Then the version is kept
            Given a text
              '''
              so to say
              '''
            Then the text is "so to say"
            When the unit is nanosecond
            Then the contexts are those that run

          Scenario: not yet
            When something is not there yet
        """;

    [Test]
    public async Task Step_code_written_for_Reqnroll_runs()
    {
        var run = await TestRun.OfAsync(Feature.Replace("'''", "\"\"\""), typeof(CorpusHooks), typeof(CorpusSteps), typeof(CorpusBase));

        run.Summary.BindingErrors.Should().BeEmpty();
        run.Summary.Problems.Should().BeEmpty();
        run.Summary.Scenarios[0].Message.Should().BeNull();
        run.Summary.Scenarios[1].Status.Should().Be(TestStepResultStatus.Pending);
        run.Messages.Select(message => message.Attachment?.Body).OfType<string>().Should().ContainSingle()
            .Which.Should().Be("2 readings, columns Name,Val,unit,limit,Taken,id");
    }
}
