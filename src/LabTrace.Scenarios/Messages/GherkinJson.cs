using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Scenarios.Messages;

/// <summary>Writes documents and pickles as Cucumber Messages spell them; the property is left open for the caller to end.</summary>
internal static class GherkinJson
{
    public static void Write(JsonLines json, GherkinDocument document)
    {
        json.WriteStartObject("gherkinDocument"u8);
        json.WriteString("uri"u8, document.Uri);
        if (document.Feature is { } feature)
        {
            json.WriteStartObject("feature"u8);
            Write(json, feature.Location);
            Write(json, feature.Tags);
            json.WriteString("language"u8, feature.Language);
            Head(json, feature.Keyword, feature.Name, feature.Description);
            json.WriteStartArray("children"u8);
            foreach (var child in feature.Children)
            {
                json.WriteStartObject();
                Write(json, child.Rule);
                Write(json, child.Background);
                Write(json, child.Scenario);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteStartArray("comments"u8);
        foreach (var comment in document.Comments)
        {
            json.WriteStartObject();
            Write(json, comment.Location);
            json.WriteString("text"u8, comment.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(JsonLines json, Pickle pickle)
    {
        json.WriteStartObject("pickle"u8);
        json.WriteString("id"u8, pickle.Id);
        json.WriteString("uri"u8, pickle.Uri);
        Write(json, pickle.Location);
        Strings(json, "astNodeIds"u8, pickle.AstNodeIds);
        json.WriteStartArray("tags"u8);
        foreach (var tag in pickle.Tags)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, tag.Name);
            json.WriteString("astNodeId"u8, tag.AstNodeId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("name"u8, pickle.Name);
        json.WriteString("language"u8, pickle.Language);
        json.WriteStartArray("steps"u8);
        foreach (var step in pickle.Steps)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, step.Id);
            json.WriteString("text"u8, step.Text);
            json.WriteString("type"u8, step.Type switch
            {
                PickleStepType.Context => "Context"u8,
                PickleStepType.Action => "Action"u8,
                PickleStepType.Outcome => "Outcome"u8,
                _ => "Unknown"u8,
            });
            Write(json, step.Argument);
            Strings(json, "astNodeIds"u8, step.AstNodeIds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(JsonLines json, PickleStepArgument? argument)
    {
        if (argument is null)
        {
            return;
        }

        json.WriteStartObject("argument"u8);
        if (argument.DocString is { } docString)
        {
            json.WriteStartObject("docString"u8);
            EnvelopeJson.Optional(json, "mediaType"u8, docString.MediaType);
            json.WriteString("content"u8, docString.Content);
            json.WriteEndObject();
        }

        if (argument.DataTable is { } table)
        {
            json.WriteStartObject("dataTable"u8);
            json.WriteStartArray("rows"u8);
            foreach (var row in table.Rows)
            {
                json.WriteStartObject();
                json.WriteStartArray("cells"u8);
                foreach (var cell in row.Cells)
                {
                    json.WriteStartObject();
                    json.WriteString("value"u8, cell.Value);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(JsonLines json, Rule? rule)
    {
        if (rule is null)
        {
            return;
        }

        json.WriteStartObject("rule"u8);
        Write(json, rule.Location);
        Write(json, rule.Tags);
        Head(json, rule.Keyword, rule.Name, rule.Description);
        json.WriteStartArray("children"u8);
        foreach (var child in rule.Children)
        {
            json.WriteStartObject();
            Write(json, child.Background);
            Write(json, child.Scenario);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("id"u8, rule.Id);
        json.WriteEndObject();
    }

    private static void Write(JsonLines json, Background? background)
    {
        if (background is null)
        {
            return;
        }

        json.WriteStartObject("background"u8);
        Write(json, background.Location);
        Head(json, background.Keyword, background.Name, background.Description);
        Write(json, background.Steps);
        json.WriteString("id"u8, background.Id);
        json.WriteEndObject();
    }

    private static void Write(JsonLines json, Scenario? scenario)
    {
        if (scenario is null)
        {
            return;
        }

        json.WriteStartObject("scenario"u8);
        Write(json, scenario.Location);
        Write(json, scenario.Tags);
        Head(json, scenario.Keyword, scenario.Name, scenario.Description);
        Write(json, scenario.Steps);
        json.WriteStartArray("examples"u8);
        foreach (var examples in scenario.Examples)
        {
            json.WriteStartObject();
            Write(json, examples.Location);
            Write(json, examples.Tags);
            Head(json, examples.Keyword, examples.Name, examples.Description);
            if (examples.TableHeader is { } header)
            {
                json.WritePropertyName("tableHeader"u8);
                Write(json, header);
            }

            json.WriteStartArray("tableBody"u8);
            foreach (var row in examples.TableBody)
            {
                Write(json, row);
            }

            json.WriteEndArray();
            json.WriteString("id"u8, examples.Id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("id"u8, scenario.Id);
        json.WriteEndObject();
    }

    private static void Write(JsonLines json, IReadOnlyList<Step> steps)
    {
        json.WriteStartArray("steps"u8);
        foreach (var step in steps)
        {
            json.WriteStartObject();
            Write(json, step.Location);
            json.WriteString("keyword"u8, step.Keyword);
            json.WriteString("keywordType"u8, step.KeywordType switch
            {
                StepKeywordType.Context => "Context"u8,
                StepKeywordType.Action => "Action"u8,
                StepKeywordType.Outcome => "Outcome"u8,
                StepKeywordType.Conjunction => "Conjunction"u8,
                _ => "Unknown"u8,
            });
            json.WriteString("text"u8, step.Text);
            if (step.DocString is { } docString)
            {
                json.WriteStartObject("docString"u8);
                Write(json, docString.Location);
                EnvelopeJson.Optional(json, "mediaType"u8, docString.MediaType);
                json.WriteString("content"u8, docString.Content);
                json.WriteString("delimiter"u8, docString.Delimiter);
                json.WriteEndObject();
            }

            if (step.DataTable is { } table)
            {
                json.WriteStartObject("dataTable"u8);
                Write(json, table.Location);
                json.WriteStartArray("rows"u8);
                foreach (var row in table.Rows)
                {
                    Write(json, row);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteString("id"u8, step.Id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(JsonLines json, TableRow row)
    {
        json.WriteStartObject();
        Write(json, row.Location);
        json.WriteStartArray("cells"u8);
        foreach (var cell in row.Cells)
        {
            json.WriteStartObject();
            Write(json, cell.Location);
            json.WriteString("value"u8, cell.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("id"u8, row.Id);
        json.WriteEndObject();
    }

    private static void Write(JsonLines json, IReadOnlyList<Tag> tags)
    {
        json.WriteStartArray("tags"u8);
        foreach (var tag in tags)
        {
            json.WriteStartObject();
            Write(json, tag.Location);
            json.WriteString("name"u8, tag.Name);
            json.WriteString("id"u8, tag.Id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(JsonLines json, Location location)
    {
        json.WriteStartObject("location"u8);
        json.WriteNumber("line"u8, location.Line);
        json.WriteNumber("column"u8, location.Column);
        json.WriteEndObject();
    }

    private static void Head(JsonLines json, string keyword, string name, string description)
    {
        json.WriteString("keyword"u8, keyword);
        json.WriteString("name"u8, name);
        json.WriteString("description"u8, description);
    }

    private static void Strings(JsonLines json, ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
