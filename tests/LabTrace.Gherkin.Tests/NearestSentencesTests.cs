namespace LabTrace.Gherkin.Tests;

public sealed class NearestSentencesTests
{
    private static readonly string[] Sentences =
    [
        "the event {string} is enabled",
        "the event {string} is disabled",
        "the trace has at least {int} {string} event(s)",
        "no events were lost",
        "I record while running {string}",
    ];

    [TestCase("the evnt \"sched:sched_switch\" is enabled", "the event {string} is enabled")]
    [TestCase("the trace has at least 3 \"x y z\" events", "the trace has at least {int} {string} event(s)")]
    [TestCase("no event was lost", "no events were lost")]
    public void The_nearest_comes_first(string sentence, string nearest)
    {
        NearestSentences.Find(sentence, Sentences, 3)[0].Should().Be(nearest);
    }

    [TestCase("")]
    [TestCase("completely different words here")]
    public void Nothing_near_is_nothing(string sentence)
    {
        NearestSentences.Find(sentence, Sentences, 3).Should().BeEmpty();
    }

    [Test]
    public void No_more_are_returned_than_asked_for()
    {
        NearestSentences.Find("the event \"a\" is abled", Sentences, 1).Should().ContainSingle();
    }

    [FsCheck.NUnit.Property]
    public bool Any_sentences_can_be_compared(string?[] candidates, string? sentence)
    {
        var found = NearestSentences.Find(sentence ?? "", candidates.OfType<string>(), 3);

        return found.Count <= 3;
    }
}
