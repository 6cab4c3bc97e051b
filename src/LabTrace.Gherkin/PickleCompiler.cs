using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin;

/// <summary>Makes the executable scenarios of a document.</summary>
public static class PickleCompiler
{
    /// <summary>Puts backgrounds in front, expands outlines and hands tags down.</summary>
    /// <param name="document">A parsed feature file.</param>
    /// <param name="uri">The path that the pickles carry.</param>
    /// <param name="newId">Makes the next id of the message stream.</param>
    public static IReadOnlyList<Pickle> Compile(GherkinDocument document, string uri, Func<string> newId)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(newId);
        if (document.Feature is null)
        {
            return [];
        }

        var pickles = new List<Pickle>();
        var feature = document.Feature;
        var compiler = new Compiler(uri, feature.Language, newId, pickles);
        IReadOnlyList<Step> background = [];
        foreach (var child in feature.Children)
        {
            if (child.Background is not null)
            {
                background = child.Background.Steps;
            }
            else if (child.Rule is not null)
            {
                compiler.AddRule(feature.Tags, background, child.Rule);
            }
            else
            {
                compiler.AddScenario(feature.Tags, background, child.Scenario!);
            }
        }

        return pickles;
    }

    private sealed class Compiler(string uri, string language, Func<string> newId, List<Pickle> pickles)
    {
        public void AddRule(IReadOnlyList<Tag> featureTags, IReadOnlyList<Step> featureBackground, Rule rule)
        {
            IReadOnlyList<Tag> tags = rule.Tags.Count == 0 ? featureTags : [.. featureTags, .. rule.Tags];
            var background = featureBackground;
            foreach (var child in rule.Children)
            {
                if (child.Background is not null)
                {
                    background = [.. background, .. child.Background.Steps];
                }
                else
                {
                    AddScenario(tags, background, child.Scenario!);
                }
            }
        }

        public void AddScenario(IReadOnlyList<Tag> inheritedTags, IReadOnlyList<Step> background, Scenario scenario)
        {
            if (scenario.Examples.Count == 0)
            {
                var steps = MakeSteps(background, scenario.Steps, Row.None);
                PickleTag[] tags = [.. inheritedTags.Concat(scenario.Tags).Select(MakeTag)];
                pickles.Add(new Pickle(newId(), uri, scenario.Location, scenario.Name, language, steps, tags, [scenario.Id]));
                return;
            }

            foreach (var examples in scenario.Examples)
            {
                if (examples.TableHeader is null)
                {
                    continue;
                }

                PickleTag[] tags = [.. inheritedTags.Concat(scenario.Tags).Concat(examples.Tags).Select(MakeTag)];
                string[] names = [.. examples.TableHeader.Cells.Select(cell => $"<{cell.Value}>")];
                foreach (var tableRow in examples.TableBody)
                {
                    var row = new Row(names, tableRow);
                    var steps = MakeSteps(background, scenario.Steps, row);
                    pickles.Add(new Pickle(
                        newId(), uri, tableRow.Location, row.Fill(scenario.Name), language, steps, tags, [scenario.Id, tableRow.Id]));
                }
            }
        }

        private static PickleTag MakeTag(Tag tag) => new(tag.Name, tag.Id);

        private PickleStep[] MakeSteps(IReadOnlyList<Step> background, IReadOnlyList<Step> own, Row row)
        {
            if (own.Count == 0)
            {
                return [];
            }

            var steps = new PickleStep[background.Count + own.Count];
            var last = StepKeywordType.Unknown;
            for (var i = 0; i < steps.Length; i++)
            {
                var isBackground = i < background.Count;
                var step = isBackground ? background[i] : own[i - background.Count];
                last = step.KeywordType == StepKeywordType.Conjunction ? last : step.KeywordType;
                steps[i] = MakeStep(step, TypeOf(last), isBackground ? Row.None : row);
            }

            return steps;
        }

        private PickleStep MakeStep(Step step, PickleStepType type, Row row)
        {
            IReadOnlyList<string> astNodeIds = row.Id is null ? [step.Id] : [step.Id, row.Id];
            return new PickleStep(newId(), row.Fill(step.Text), type, MakeArgument(step, row), astNodeIds);
        }

        private static PickleStepType TypeOf(StepKeywordType type) => type switch
        {
            StepKeywordType.Context => PickleStepType.Context,
            StepKeywordType.Action => PickleStepType.Action,
            StepKeywordType.Outcome => PickleStepType.Outcome,
            _ => PickleStepType.Unknown,
        };

        private static PickleStepArgument? MakeArgument(Step step, Row row)
        {
            if (step.DocString is null && step.DataTable is null)
            {
                return null;
            }

            var docString = step.DocString is { } text
                ? new PickleDocString(text.MediaType is null ? null : row.Fill(text.MediaType), row.Fill(text.Content))
                : null;
            var table = step.DataTable is { } data
                ? new PickleTable([.. data.Rows.Select(tableRow => new PickleTableRow(
                    [.. tableRow.Cells.Select(cell => new PickleTableCell(row.Fill(cell.Value)))]))])
                : null;
            return new PickleStepArgument(docString, table);
        }
    }

    /// <summary>An examples row that fills in parameters; <see cref="None"/> fills in nothing.</summary>
    private sealed class Row(string[] names, TableRow? values)
    {
        public static Row None { get; } = new([], null);

        public string? Id => values?.Id;

        public string Fill(string text)
        {
            if (values is null || !text.Contains('<'))
            {
                return text;
            }

            for (var i = 0; i < names.Length; i++)
            {
                text = text.Replace(names[i], values.Cells[i].Value);
            }

            return text;
        }
    }
}
