using System.Diagnostics.CodeAnalysis;
using LabTrace.Gherkin;
using LabTrace.Gherkin.Ast;

namespace LabTrace.Scenarios.Messages;

/// <summary>Takes secrets out of messages: out of every text that people, targets or exceptions wrote. Ids, times and numbers stay.</summary>
/// <param name="redact">Takes secrets out of one text; returns it as it is when it has none.</param>
public sealed class EnvelopeRedaction(Func<string, string> redact)
{
    /// <summary>The message without secrets; itself when it has none.</summary>
    public Envelope Redact(Envelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return envelope switch
        {
            { TestStepFinished: { } step } => Changed(step.TestStepResult, Result(step.TestStepResult), envelope, result => new Envelope { TestStepFinished = step with { TestStepResult = result } }),
            { Attachment: { } attachment } => Changed(attachment, Attachment(attachment), envelope, changed => new Envelope { Attachment = changed }),
            { ExternalAttachment: { } link } => Changed(link.Url, Text(link.Url), envelope, url => new Envelope { ExternalAttachment = link with { Url = url } }),
            { TestCase: { } testCase } => Changed(testCase.TestSteps, Each(testCase.TestSteps, Step), envelope, steps => new Envelope { TestCase = testCase with { TestSteps = steps } }),
            { Pickle: { } pickle } => Changed(pickle, Pickle(pickle), envelope, changed => new Envelope { Pickle = changed }),
            { Source: { } source } => Changed(source.Data, Text(source.Data), envelope, data => new Envelope { Source = source with { Data = data } }),
            { GherkinDocument: { } document } => Changed(document, Document(document), envelope, changed => new Envelope { GherkinDocument = changed }),
            { TestRunHookFinished: { } hook } => Changed(hook.Result, Result(hook.Result), envelope, result => new Envelope { TestRunHookFinished = hook with { Result = result } }),
            { TestRunFinished: { } finished } => Changed(finished, Finished(finished), envelope, changed => new Envelope { TestRunFinished = changed }),
            { ParseError: { } error } => Changed(error.Message, Text(error.Message), envelope, message => new Envelope { ParseError = error with { Message = message } }),
            { Suggestion: { } suggestion } => Changed(
                suggestion.Snippets,
                Each(suggestion.Snippets, snippet => Text(snippet.Code) is var code && ReferenceEquals(code, snippet.Code) ? snippet : snippet with { Code = code }),
                envelope,
                snippets => new Envelope { Suggestion = suggestion with { Snippets = snippets } }),
            _ => envelope,
        };
    }

    private static Envelope Changed<T>(T old, T now, Envelope envelope, Func<T, Envelope> make)
        where T : class? => ReferenceEquals(old, now) ? envelope : make(now);

    /// <summary>A list that is itself when none of its items changed; other Cucumbers leave empty lists out.</summary>
    [return: NotNullIfNotNull(nameof(list))]
    private static IReadOnlyList<T>? Each<T>(IReadOnlyList<T>? list, Func<T, T> change)
        where T : class
    {
        T[]? changed = null;
        for (var i = 0; i < (list?.Count ?? 0); i++)
        {
            var now = change(list![i]);
            if (!ReferenceEquals(now, list[i]))
            {
                (changed ??= [.. list])[i] = now;
            }
        }

        return changed ?? list;
    }

    [return: NotNullIfNotNull(nameof(text))]
    private string? Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return text;
        }

        var redacted = redact(text);
        return redacted == text ? text : redacted;
    }

    private TestStepResult Result(TestStepResult result)
    {
        if (result is null or { Message: null, Exception: null })
        {
            return result!;
        }

        var (message, exception) = (Text(result.Message), Exception(result.Exception));
        return ReferenceEquals(message, result.Message) && ReferenceEquals(exception, result.Exception) ? result : result with { Message = message, Exception = exception };
    }

    private ExceptionMessage? Exception(ExceptionMessage? exception)
    {
        if (exception is null)
        {
            return null;
        }

        var (message, stack) = (Text(exception.Message), Text(exception.StackTrace));
        return ReferenceEquals(message, exception.Message) && ReferenceEquals(stack, exception.StackTrace) ? exception : exception with { Message = message, StackTrace = stack };
    }

    private TestRunFinished Finished(TestRunFinished finished)
    {
        var (message, exception) = (Text(finished.Message), Exception(finished.Exception));
        return ReferenceEquals(message, finished.Message) && ReferenceEquals(exception, finished.Exception) ? finished : finished with { Message = message, Exception = exception };
    }

    /// <summary>Text is redacted, also when it comes as base64. Other bytes are evidence and stay what they are.</summary>
    private Attachment Attachment(Attachment attachment)
    {
        var (body, name) = (Body(attachment), Text(attachment.FileName));
        return ReferenceEquals(body, attachment.Body) && ReferenceEquals(name, attachment.FileName) ? attachment : attachment with { Body = body, FileName = name };
    }

    private string Body(Attachment attachment)
    {
        if (attachment.ContentEncoding == AttachmentContentEncoding.Identity)
        {
            return Text(attachment.Body);
        }

        var bytes = new byte[attachment.Body.Length];
        if (!Convert.TryFromBase64String(attachment.Body, bytes, out var count) || !IsText(attachment.MediaType, bytes.AsSpan(0, count)))
        {
            return attachment.Body;
        }

        var text = System.Text.Encoding.UTF8.GetString(bytes, 0, count);
        var redacted = Text(text);
        return ReferenceEquals(text, redacted) ? attachment.Body : Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(redacted));
    }

    private static bool IsText(string mediaType, ReadOnlySpan<byte> content) =>
        mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || (!content.Contains((byte)0) && System.Text.Unicode.Utf8.IsValid(content));

    private TestStep Step(TestStep step)
    {
        var lists = Each(step.StepMatchArgumentsLists, list => Each(list.StepMatchArguments, Argument) is var arguments && ReferenceEquals(arguments, list.StepMatchArguments)
            ? list
            : new StepMatchArgumentsList(arguments!));
        return ReferenceEquals(lists, step.StepMatchArgumentsLists) ? step : step with { StepMatchArgumentsLists = lists };
    }

    private StepMatchArgument Argument(StepMatchArgument argument) =>
        argument.Group is { } group && Group(group) is var changed && !ReferenceEquals(changed, group) ? argument with { Group = changed } : argument;

    private Group Group(Group group)
    {
        var (children, value) = (Each(group.Children, Group), Text(group.Value));
        return ReferenceEquals(children, group.Children) && ReferenceEquals(value, group.Value) ? group : group with { Children = children, Value = value };
    }

    private Pickle Pickle(Pickle pickle)
    {
        var (name, steps, tags) = (Text(pickle.Name), Each(pickle.Steps, Step), Each(pickle.Tags, tag => Text(tag.Name) is var text && ReferenceEquals(text, tag.Name) ? tag : tag with { Name = text }));
        return ReferenceEquals(name, pickle.Name) && ReferenceEquals(steps, pickle.Steps) && ReferenceEquals(tags, pickle.Tags)
            ? pickle
            : pickle with { Name = name, Steps = steps!, Tags = tags! };
    }

    private PickleStep Step(PickleStep step)
    {
        var (text, argument) = (Text(step.Text), Argument(step.Argument));
        return ReferenceEquals(text, step.Text) && ReferenceEquals(argument, step.Argument) ? step : step with { Text = text, Argument = argument };
    }

    private PickleStepArgument? Argument(PickleStepArgument? argument)
    {
        switch (argument)
        {
            case { DocString: { } doc }:
                var content = Text(doc.Content);
                return ReferenceEquals(content, doc.Content) ? argument : argument with { DocString = doc with { Content = content } };
            case { DataTable: { } table }:
                var rows = Each(table.Rows, row => Each(row.Cells, cell => Text(cell.Value) is var value && ReferenceEquals(value, cell.Value) ? cell : new PickleTableCell(value)) is var cells && ReferenceEquals(cells, row.Cells)
                    ? row
                    : new PickleTableRow(cells!));
                return ReferenceEquals(rows, table.Rows) ? argument : argument with { DataTable = new PickleTable(rows!) };
            default:
                return argument;
        }
    }

    private GherkinDocument Document(GherkinDocument document)
    {
        var feature = document.Feature is null ? null : Feature(document.Feature);
        var comments = Each(document.Comments, comment => Text(comment.Text) is var text && ReferenceEquals(text, comment.Text) ? comment : comment with { Text = text });
        return ReferenceEquals(feature, document.Feature) && ReferenceEquals(comments, document.Comments) ? document : document with { Feature = feature, Comments = comments! };
    }

    private Feature Feature(Feature feature)
    {
        var (name, description, tags, children) = (Text(feature.Name), Text(feature.Description), Tags(feature.Tags), Each(feature.Children, Child));
        return ReferenceEquals(name, feature.Name) && ReferenceEquals(description, feature.Description) && ReferenceEquals(tags, feature.Tags) && ReferenceEquals(children, feature.Children)
            ? feature
            : feature with { Name = name, Description = description, Tags = tags!, Children = children! };
    }

    private FeatureChild Child(FeatureChild child)
    {
        var (rule, background, scenario) = (child.Rule is null ? null : Rule(child.Rule), Background(child.Background), Scenario(child.Scenario));
        return ReferenceEquals(rule, child.Rule) && ReferenceEquals(background, child.Background) && ReferenceEquals(scenario, child.Scenario)
            ? child
            : new FeatureChild(rule, background, scenario);
    }

    private Rule Rule(Rule rule)
    {
        var (name, description, tags) = (Text(rule.Name), Text(rule.Description), Tags(rule.Tags));
        var children = Each(rule.Children, child => (Background(child.Background), Scenario(child.Scenario)) is var (background, scenario)
            && ReferenceEquals(background, child.Background) && ReferenceEquals(scenario, child.Scenario) ? child : new RuleChild(Background(child.Background), Scenario(child.Scenario)));
        return ReferenceEquals(name, rule.Name) && ReferenceEquals(description, rule.Description) && ReferenceEquals(tags, rule.Tags) && ReferenceEquals(children, rule.Children)
            ? rule
            : rule with { Name = name, Description = description, Tags = tags!, Children = children! };
    }

    private Background? Background(Background? background)
    {
        if (background is null)
        {
            return null;
        }

        var (name, description, steps) = (Text(background.Name), Text(background.Description), Each(background.Steps, Step));
        return ReferenceEquals(name, background.Name) && ReferenceEquals(description, background.Description) && ReferenceEquals(steps, background.Steps)
            ? background
            : background with { Name = name, Description = description, Steps = steps! };
    }

    private Scenario? Scenario(Scenario? scenario)
    {
        if (scenario is null)
        {
            return null;
        }

        var (name, description, tags) = (Text(scenario.Name), Text(scenario.Description), Tags(scenario.Tags));
        var (steps, examples) = (Each(scenario.Steps, Step), Each(scenario.Examples, Examples));
        return ReferenceEquals(name, scenario.Name) && ReferenceEquals(description, scenario.Description) && ReferenceEquals(tags, scenario.Tags)
            && ReferenceEquals(steps, scenario.Steps) && ReferenceEquals(examples, scenario.Examples)
            ? scenario
            : scenario with { Name = name, Description = description, Tags = tags!, Steps = steps!, Examples = examples! };
    }

    private Examples Examples(Examples examples)
    {
        var (name, description, tags) = (Text(examples.Name), Text(examples.Description), Tags(examples.Tags));
        var (header, body) = (examples.TableHeader is null ? null : Row(examples.TableHeader), Each(examples.TableBody, Row));
        return ReferenceEquals(name, examples.Name) && ReferenceEquals(description, examples.Description) && ReferenceEquals(tags, examples.Tags)
            && ReferenceEquals(header, examples.TableHeader) && ReferenceEquals(body, examples.TableBody)
            ? examples
            : examples with { Name = name, Description = description, Tags = tags!, TableHeader = header, TableBody = body! };
    }

    private Step Step(Step step)
    {
        var text = Text(step.Text);
        var doc = step.DocString is { } old && Text(old.Content) is var content && !ReferenceEquals(content, old.Content) ? old with { Content = content } : step.DocString;
        var table = step.DataTable is { } rows && Each(rows.Rows, Row) is var changed && !ReferenceEquals(changed, rows.Rows) ? rows with { Rows = changed } : step.DataTable;
        return ReferenceEquals(text, step.Text) && ReferenceEquals(doc, step.DocString) && ReferenceEquals(table, step.DataTable)
            ? step
            : step with { Text = text, DocString = doc, DataTable = table };
    }

    private TableRow Row(TableRow row)
    {
        var cells = Each(row.Cells, cell => Text(cell.Value) is var value && ReferenceEquals(value, cell.Value) ? cell : cell with { Value = value });
        return ReferenceEquals(cells, row.Cells) ? row : row with { Cells = cells! };
    }

    private IReadOnlyList<Tag>? Tags(IReadOnlyList<Tag>? tags) =>
        Each(tags, tag => Text(tag.Name) is var name && ReferenceEquals(name, tag.Name) ? tag : tag with { Name = name });
}
