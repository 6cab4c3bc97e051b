using FluentAssertions;
using LabTrace.Scenarios.Bindings;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Scenarios.Tests;

public sealed class FeatureSetTests
{
    private const string Text = """
        Feature: lines
          Scenario: one
            Given a step

          @tag
          Scenario Outline: two
            Given a <n>

            Examples:
              | n |
              | 1 |
              | 2 |

          Rule: three
            Scenario: four
              Given a step
            Scenario: five
              Given a stepp
        """;

    private DirectoryInfo _directory = null!;

    [SetUp]
    public void MakeFiles()
    {
        _directory = Directory.CreateTempSubdirectory("labtrace");
        _directory.CreateSubdirectory("sub");
        File.WriteAllText(Path.Combine(_directory.FullName, "b.feature"), Text);
        File.WriteAllText(Path.Combine(_directory.FullName, "sub", "a.feature"), Text);
        File.WriteAllText(Path.Combine(_directory.FullName, "notes.txt"), "no feature");
    }

    [TearDown]
    public void RemoveFiles() => _directory.Delete(recursive: true);

    [Test]
    public void A_directory_gives_its_features_by_path()
    {
        var features = FeatureSet.Load(["."], _directory.FullName);

        features.Errors.Should().BeEmpty();
        features.Files.Select(file => file.Uri).Should().Equal("b.feature", "sub/a.feature");
        features.Pickles.Should().HaveCount(10);
    }

    [TestCase("b.feature:2", "one")]
    [TestCase("b.feature:3", "one")]
    [TestCase("b.feature:5", "two two")]
    [TestCase("b.feature:12", "two")]
    [TestCase("b.feature:14", "four five")]
    [TestCase("b.feature:1", "one two two four five")]
    [TestCase("b.feature:3:18", "one five")]
    public void A_line_selects_the_scenario_row_or_rule_it_stands_in(string path, string names)
    {
        var features = FeatureSet.Load([path], _directory.FullName);

        features.Pickles.Select(pickle => pickle.Name).Should().Equal(names.Split(' '));
    }

    [Test]
    public void A_path_that_leads_nowhere_is_an_error_with_a_hint()
    {
        var features = FeatureSet.Load(["nowhere", "b.feature"], _directory.FullName);

        features.Errors.Should().ContainSingle().Which.ToString().Should().Be(
            "nowhere: no file or directory 'nowhere'\n  try: give a feature file, a directory of them, or file.feature:LINE");
        features.Files.Should().ContainSingle();
    }

    [Test]
    public void A_language_can_be_set_for_features_that_name_none()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "de.feature"), "Funktionalität: Gurken\n  Szenario: essen\n    Angenommen ein Schritt\n");

        var features = FeatureSet.Load(["de.feature"], _directory.FullName, language: "de");

        features.Errors.Should().BeEmpty();
        features.Pickles.Single().Language.Should().Be("de");
    }

    [Test]
    public void A_check_names_undefined_ambiguous_and_unused_steps_with_their_places()
    {
        var features = FeatureSet.Load(["b.feature"], _directory.FullName);

        var problems = FeatureCheck.Run(features, BindingRegistry.BuildFrom(typeof(CheckedSteps)));

        problems.Select(problem => (problem.Kind, problem.Source.ToString(), problem.Message)).Should().SatisfyRespectively(
            first => first.Should().Be((CheckProblemKind.AmbiguousStep, "b.feature:7", "several definitions for step 'Given a 1'")),
            second => second.Should().Be((CheckProblemKind.AmbiguousStep, "b.feature:7", "several definitions for step 'Given a 2'")),
            third => third.Should().Be((CheckProblemKind.UndefinedStep, "b.feature:18", "no definition for step 'Given a stepp'")),
            fourth => fourth.Item1.Should().Be(CheckProblemKind.UnusedDefinition));
        problems[0].Candidates.Should().HaveCount(2);
        problems[2].Nearest.Should().StartWith(["a step"]);
        problems[2].Snippet.Should().StartWith("[Given(\"a stepp\")]");
        problems[3].Message.Should().Be("no step uses CheckedSteps.Unused: nobody says {string}");
    }

    [TestCase("e.feature", "Feature: f\n  Rule: r\n    Scenario Outline: o\n      Given a step\n      Examples:\n        | n |\n", "e.feature:3", "'o' makes no scenario: its examples have no rows")]
    [TestCase("e.feature.md", "# Feature: f\n## Scenario Outline: o\n* Given a step\n### Examples:\n| n |\n| - |\n| 1 |\n", "e.feature.md:2", "'o' makes no scenario: its examples have no rows; in Markdown the rows of a table are indented by two to five blanks")]
    public void A_check_tells_of_an_outline_of_which_nothing_runs(string name, string text, string place, string message)
    {
        File.WriteAllText(Path.Combine(_directory.FullName, name), text);
        var features = FeatureSet.Load([name], _directory.FullName);

        var problem = FeatureCheck.Run(features, BindingRegistry.BuildFrom(typeof(CheckedSteps)))[0];

        features.Pickles.Should().BeEmpty();
        (problem.Kind, problem.Source.ToString(), problem.Message, problem.IsError).Should().Be((CheckProblemKind.EmptyOutline, place, message, true));
    }

    [Test]
    public void The_vocabulary_lists_sentences_with_an_example()
    {
        var features = FeatureSet.Load(["b.feature"], _directory.FullName);

        var entries = Vocabulary.List(BindingRegistry.BuildFrom(typeof(CheckedSteps)), features);

        entries.Select(entry => (entry.Sentence, entry.Example)).Should().Equal(
            ("a step", "Given a step"),
            ("a {int}", "Given a 3"),
            ("a {}", "Given a something"),
            ("nobody says {string}", "When nobody says \"text\""));
        entries[3].Parameters.Should().Equal(new VocabularyParameter("what", "string"), new VocabularyParameter("lines", "table"));
        entries[0].Source.File.Should().Be("tests/LabTrace.Scenarios.Tests/FeatureSetTests.cs");
        entries[0].Source.Line.Should().BePositive();
    }

    [Test]
    public void Settings_are_read_and_wrong_ones_are_named()
    {
        var settings = ReqnrollSettings.Parse(
            """{ "language": { "feature": "de", "binding": "en" }, "runtime": { "stopAtFirstError": true, "missingOrPendingStepsOutcome": "Error", "obsoleteBehavior": "none" }, "bindingAssemblies": [ { "assembly": "A" } ], "formatters": { "html": {}, "message": { "outputFilePath": "b" } } }""");

        settings.Should().BeEquivalentTo(new ReqnrollSettings
        {
            FeatureLanguage = "de",
            BindingCulture = "en",
            StopAtFirstError = true,
            MissingOrPendingStepsOutcome = MissingStepsOutcome.Error,
            ObsoleteBehavior = ObsoleteBehavior.None,
            BindingAssemblies = ["A"],
            Formatters = [new ReqnrollFormatter("html", null), new ReqnrollFormatter("message", "b")],
        });
        FluentActions.Invoking(() => ReqnrollSettings.Parse("""{ "runtime": { "missingOrPendingStepsOutcome": "x" } }""")).Should().Throw<FormatException>()
            .WithMessage("reqnroll.json: missingOrPendingStepsOutcome is 'x', expected Pending, Inconclusive, Ignore, Error");
    }

    [Binding]
    public sealed class CheckedSteps
    {
        [Given("a step")]
        public void Step()
        {
        }

        [Given("a {int}")]
        public void Number(int number) => _ = number;

        [Given(@"^a (\d+)$")]
        public void Digits(string digits) => _ = digits;

        [When("nobody says {string}")]
        public void Unused(string what, DataTable lines) => _ = what + lines;
    }
}
