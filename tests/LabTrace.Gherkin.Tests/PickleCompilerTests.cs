namespace LabTrace.Gherkin.Tests;

public sealed class PickleCompilerTests
{
    [Test]
    public void Backgrounds_of_feature_and_rule_come_first()
    {
        var pickles = Features.Pickles(
            "Feature: f\nBackground:\nGiven one\nScenario: a\nWhen x\nRule: r\nBackground:\nGiven two\nScenario: b\nThen y");

        pickles.Select(pickle => string.Join(", ", pickle.Steps.Select(step => step.Text))).Should().Equal("one, x", "one, two, y");
    }

    [Test]
    public void A_scenario_without_steps_has_no_background_either()
    {
        var pickle = Features.Pickles("Feature: f\nBackground:\nGiven one\nScenario: empty").Single();

        pickle.Steps.Should().BeEmpty();
    }

    [Test]
    public void A_conjunction_has_the_kind_of_the_step_before_it()
    {
        var pickle = Features.Pickles("Feature: f\nBackground:\nGiven a\nScenario: s\nAnd b\nWhen c\nBut d\n* e\nAnd f").Single();

        pickle.Steps.Select(step => step.Type).Should().Equal(
            PickleStepType.Context,
            PickleStepType.Context,
            PickleStepType.Action,
            PickleStepType.Action,
            PickleStepType.Unknown,
            PickleStepType.Unknown);
    }

    [Test]
    public void An_outline_fills_in_name_text_doc_string_and_table()
    {
        var pickles = Features.Pickles(
            "Feature: f\nScenario Outline: <n> of <what>\nGiven <n> <what>\n\"\"\"<what>\n<n><n>\n\"\"\"\nGiven t\n| <what> | <other> |\n"
            + "Examples:\n| n | what |\n| 1 | $1 |\n| 2 | <n> |");

        pickles.Select(pickle => pickle.Name).Should().Equal("1 of $1", "2 of <n>");
        pickles[0].Steps[0].Text.Should().Be("1 $1");
        pickles[0].Steps[0].Argument!.DocString.Should().Be(new PickleDocString("$1", "11"));
        pickles[0].Steps[1].Argument!.DataTable!.Rows[0].Cells.Select(cell => cell.Value).Should().Equal("$1", "<other>");
        pickles.Select(pickle => pickle.Location.Line).Should().Equal(11, 12);
    }

    [Test]
    public void Tags_are_inherited_from_feature_rule_scenario_and_examples()
    {
        var pickles = Features.Pickles(
            "@f\nFeature: f\n@r\nRule: r\n@s\nScenario Outline: s\nGiven <a>\n@e\nExamples:\n| a |\n| 1 |\nExamples:\n| a |\n| 2 |");

        pickles.Select(pickle => string.Join(' ', pickle.Tags.Select(tag => tag.Name))).Should().Equal("@f @r @s @e", "@f @r @s");
    }

    [Test]
    public void Examples_without_a_table_make_no_scenario()
    {
        var pickles = Features.Pickles("Feature: f\nScenario Outline: s\nGiven x\nExamples:\n");

        pickles.Should().BeEmpty();
    }

    [Test]
    public void A_pickle_names_the_nodes_it_was_made_from()
    {
        var pickle = Features.Pickles("Feature: f\nScenario Outline: s\nGiven x\nExamples:\n| a |\n| 1 |").Single();

        pickle.AstNodeIds.Should().Equal("4", "2");
        pickle.Steps.Single().AstNodeIds.Should().Equal("0", "2");
    }
}
