using FluentAssertions;
using LabTrace.Scenarios.Messages;
using NUnit.Framework;

namespace LabTrace.Scenarios.Tests.Corpus;

public sealed class CorpusTests
{
    private const string Boards = "| Name | Slots | Clock rate | Unit |\n| one | 3 | 1.5 | NanoSecond |\n| two | 4 | 2 | |";

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

    [Test]
    public async Task Contexts_hooks_and_called_steps_do_what_they_do_in_Reqnroll()
    {
        const string Text = """
            @f
            Feature: of contexts
              of the feature

              @r
              Rule: the rule
                of the house

                @o
                Scenario Outline: contexts
                  of the scenario
                  Given a sentence of its own
                  And the rule and the row are told
                  And values are kept
                  When it calls other steps

                  @e
                  Examples:
                    | n | m |
                    | 3 | 4 |

                @failing
                Scenario: a failing step
                  When a step fails
                  Then its error is known to hooks
            """;
        Fixture.Disposed = 0;

        var run = await TestRun.OfAsync(FeatureSet.Parse(("a/b.feature", Text)), new RunOptions(), CancellationToken.None, typeof(ContextHooks), typeof(ContextSteps));

        run.Summary.BindingErrors.Should().BeEmpty();
        run.Summary.Problems.Should().BeEmpty();
        run.Summary.Scenarios[0].Message.Should().BeNull();
        run.Summary.Scenarios[1].Message.Should().Be("so it does");
        Fixture.Disposed.Should().Be(1);
        ContextHooks.Seen.Should().ContainInOrder(
            "run True True",
            "True True 1",
            "of contexts|of the feature|a|CSharp|en|f",
            "a called step with 3: OK ",
            "it calls other steps: OK ",
            "a step fails: TestError so it does",
            "TestError so it does",
            "run ended",
            "worker ended True");
        run.Messages.Select(message => message.Attachment?.Body).OfType<string>().Should().Equal("feature hook", "called so to say");
    }

    [TestCase("the exceptions say what they are told", "", typeof(ExceptionSteps))]
    [TestCase("a container is filled", "", typeof(ContainerSteps))]
    [TestCase("a container of one's own does the same", "", typeof(ContainerSteps))]
    [TestCase("the table is walked", Boards, typeof(TableSteps))]
    [TestCase("rows are read", "| text | int | number | date | truth | unit | guid |\n| t | 3 | 1.5 | 2026-11-21 | true | nano second | 11111111-1111-1111-1111-111111111111 |", typeof(TableSteps))]
    [TestCase("instances are made", Boards, typeof(TableSteps))]
    [TestCase("tables are compared", Boards, typeof(TableSteps))]
    [TestCase("retrievers and comparers can be changed", "", typeof(TableSteps))]
    public async Task The_rest_does_what_it_does_in_Reqnroll(string step, string table, Type bindings)
    {
        var keyword = step.StartsWith("a container of", StringComparison.Ordinal) || step.EndsWith("compared", StringComparison.Ordinal) || step.EndsWith("changed", StringComparison.Ordinal)
            ? "Then" : "Given";

        var run = await TestRun.OfAsync($"Feature: f\nScenario: s\n{keyword} {step}\n{table}", bindings);

        run.Only.Message.Should().BeNull();
        run.Only.Verdict.Should().Be(Verdict.Passed);
    }
}
