using LabTrace.Gherkin;
using LabTrace.Scenarios.Bindings;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Scenarios.Running;

/// <summary>Writes the stream up to <c>testRunStarted</c>: features, then step code, in the order it stands in.</summary>
internal sealed class RunPreamble(RunState run)
{
    public async ValueTask WriteAsync(IReadOnlyList<Pickle> selected)
    {
        await run.Stream.WriteAsync(new Envelope { Meta = MessageParts.Meta(run.Options) });
        var chosen = new HashSet<Pickle>(selected, ReferenceEqualityComparer.Instance);
        foreach (var file in run.Features.Files)
        {
            await WriteAsync(file, chosen);
        }

        foreach (var error in run.Features.Errors)
        {
            await run.Stream.WriteAsync(new Envelope
            {
                ParseError = new ParseErrorMessage(
                    new ParseErrorSource(error.Uri, new LineOnly(Math.Max(error.Location.Line, 1), error.Location.Column > 0 ? error.Location.Column : null)),
                    error.Message),
            });
        }

        run.StepDefinitionIds = new string[run.Bindings.StepDefinitions.Count];
        foreach (var member in run.Bindings.Members)
        {
            await WriteMemberAsync(member);
        }

        run.Id = run.Ids.Next();
        await run.Stream.WriteAsync(new Envelope { TestRunStarted = new TestRunStarted(run.Clock.Now(), run.Id) });
        foreach (var attachment in run.Options.Attachments)
        {
            await run.Stream.WriteAsync(new Envelope { Attachment = attachment with { TestRunStartedId = run.Id, Timestamp = run.Clock.Now() } });
        }
    }

    private async ValueTask WriteAsync(FeatureFile file, HashSet<Pickle> chosen)
    {
        Pickle[] pickles = [.. file.Pickles.Where(chosen.Contains)];
        if (pickles.Length == 0 && file.Document is not null)
        {
            return;
        }

        await run.Stream.WriteAsync(new Envelope { Source = new Source(file.Uri, file.Text, file.MediaType) });
        if (file.Document is not null)
        {
            await run.Stream.WriteAsync(new Envelope { GherkinDocument = file.Document });
        }

        foreach (var pickle in pickles)
        {
            await run.Stream.WriteAsync(new Envelope { Pickle = pickle });
        }
    }

    private async ValueTask WriteMemberAsync(object member)
    {
        switch (member)
        {
            case ArgumentTransformation { IsNamed: true } transformation:
                await run.Stream.WriteAsync(new Envelope { ParameterType = MessageParts.Message(transformation, run.Ids.Next()) });
                break;
            case StepDefinition definition:
                var id = run.Ids.Next();
                run.StepDefinitionIds[definition.Index] = id;
                await run.Stream.WriteAsync(new Envelope { StepDefinition = MessageParts.Message(definition, id) });
                break;
            case Hook hook:
                var hookId = run.Ids.Next();
                run.HookIds[hook] = hookId;
                await run.Stream.WriteAsync(new Envelope { Hook = MessageParts.Message(hook, hookId) });
                break;
            case UndefinedParameterTypeUse use:
                await run.Stream.WriteAsync(new Envelope { UndefinedParameterType = new UndefinedParameterType(use.TypeName, use.Expression) });
                break;
        }
    }
}
