namespace LabTrace.Scenarios.Messages;

/// <summary>Writes an envelope as Cucumber Messages spell it: camel case, enums in capitals, nulls left out.</summary>
/// <remarks>By hand, because a run of 10,000 steps writes some 28,000 of them and start-up pays for every serializer.</remarks>
internal static class EnvelopeJson
{
    public static void Write(JsonLines json, Envelope envelope)
    {
        json.WriteStartObject();
        if (envelope.TestStepStarted is { } stepStarted)
        {
            json.WriteStartObject("testStepStarted"u8);
            json.WriteString("testCaseStartedId"u8, stepStarted.TestCaseStartedId);
            json.WriteString("testStepId"u8, stepStarted.TestStepId);
            Write(json, "timestamp"u8, stepStarted.Timestamp);
        }
        else if (envelope.TestStepFinished is { } stepFinished)
        {
            json.WriteStartObject("testStepFinished"u8);
            json.WriteString("testCaseStartedId"u8, stepFinished.TestCaseStartedId);
            json.WriteString("testStepId"u8, stepFinished.TestStepId);
            Write(json, "testStepResult"u8, stepFinished.TestStepResult);
            Write(json, "timestamp"u8, stepFinished.Timestamp);
        }
        else if (envelope.TestCaseStarted is { } caseStarted)
        {
            json.WriteStartObject("testCaseStarted"u8);
            json.WriteString("id"u8, caseStarted.Id);
            json.WriteString("testCaseId"u8, caseStarted.TestCaseId);
            json.WriteNumber("attempt"u8, caseStarted.Attempt);
            Optional(json, "workerId"u8, caseStarted.WorkerId);
            Write(json, "timestamp"u8, caseStarted.Timestamp);
        }
        else if (envelope.TestCaseFinished is { } caseFinished)
        {
            json.WriteStartObject("testCaseFinished"u8);
            json.WriteString("testCaseStartedId"u8, caseFinished.TestCaseStartedId);
            json.WriteBoolean("willBeRetried"u8, caseFinished.WillBeRetried);
            Write(json, "timestamp"u8, caseFinished.Timestamp);
        }
        else if (envelope.TestCase is { } testCase)
        {
            Write(json, testCase);
        }
        else if (envelope.Attachment is { } attachment)
        {
            Write(json, attachment);
        }
        else if (envelope.Source is { } source)
        {
            json.WriteStartObject("source"u8);
            json.WriteString("uri"u8, source.Uri);
            json.WriteString("data"u8, source.Data);
            json.WriteString("mediaType"u8, source.MediaType);
        }
        else if (envelope.GherkinDocument is { } document)
        {
            GherkinJson.Write(json, document);
        }
        else if (envelope.Pickle is { } pickle)
        {
            GherkinJson.Write(json, pickle);
        }
        else
        {
            WriteRare(json, envelope);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.EndLine();
    }

    internal static void Optional(JsonLines json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteRare(JsonLines json, Envelope envelope)
    {
        if (envelope.Meta is { } meta)
        {
            json.WriteStartObject("meta"u8);
            json.WriteString("protocolVersion"u8, meta.ProtocolVersion);
            Write(json, "implementation"u8, meta.Implementation);
            Write(json, "runtime"u8, meta.Runtime);
            Write(json, "os"u8, meta.Os);
            Write(json, "cpu"u8, meta.Cpu);
        }
        else if (envelope.StepDefinition is { } definition)
        {
            json.WriteStartObject("stepDefinition"u8);
            json.WriteString("id"u8, definition.Id);
            json.WriteStartObject("pattern"u8);
            json.WriteString("source"u8, definition.Pattern.Source);
            json.WriteString("type"u8, MessageNames.Of(definition.Pattern.Type));
            json.WriteEndObject();
            Write(json, definition.SourceReference);
        }
        else if (envelope.Hook is { } hook)
        {
            json.WriteStartObject("hook"u8);
            json.WriteString("id"u8, hook.Id);
            Optional(json, "name"u8, hook.Name);
            Write(json, hook.SourceReference);
            Optional(json, "tagExpression"u8, hook.TagExpression);
            Optional(json, "type"u8, hook.Type is { } type ? MessageNames.Of(type) : null);
        }
        else if (envelope.ParameterType is { } parameterType)
        {
            json.WriteStartObject("parameterType"u8);
            json.WriteString("id"u8, parameterType.Id);
            json.WriteString("name"u8, parameterType.Name);
            json.WriteStartArray("regularExpressions"u8);
            foreach (var expression in parameterType.RegularExpressions)
            {
                json.WriteStringValue(expression);
            }

            json.WriteEndArray();
            json.WriteBoolean("preferForRegularExpressionMatch"u8, parameterType.PreferForRegularExpressionMatch);
            json.WriteBoolean("useForSnippets"u8, parameterType.UseForSnippets);
            Write(json, parameterType.SourceReference);
        }
        else if (envelope.UndefinedParameterType is { } undefined)
        {
            json.WriteStartObject("undefinedParameterType"u8);
            json.WriteString("name"u8, undefined.Name);
            json.WriteString("expression"u8, undefined.Expression);
        }
        else if (envelope.Suggestion is { } suggestion)
        {
            Write(json, suggestion);
        }
        else if (envelope.ParseError is { } parseError)
        {
            json.WriteStartObject("parseError"u8);
            json.WriteStartObject("source"u8);
            json.WriteString("uri"u8, parseError.Source.Uri);
            Write(json, parseError.Source.Location);
            json.WriteEndObject();
            json.WriteString("message"u8, parseError.Message);
        }
        else
        {
            WriteRun(json, envelope);
        }
    }

    private static void WriteRun(JsonLines json, Envelope envelope)
    {
        if (envelope.TestRunStarted is { } runStarted)
        {
            json.WriteStartObject("testRunStarted"u8);
            Optional(json, "id"u8, runStarted.Id);
            Write(json, "timestamp"u8, runStarted.Timestamp);
        }
        else if (envelope.TestRunFinished is { } runFinished)
        {
            json.WriteStartObject("testRunFinished"u8);
            Optional(json, "testRunStartedId"u8, runFinished.TestRunStartedId);
            json.WriteBoolean("success"u8, runFinished.Success);
            Optional(json, "message"u8, runFinished.Message);
            Write(json, runFinished.Exception);
            Write(json, "timestamp"u8, runFinished.Timestamp);
        }
        else if (envelope.TestRunHookStarted is { } hookStarted)
        {
            json.WriteStartObject("testRunHookStarted"u8);
            json.WriteString("id"u8, hookStarted.Id);
            json.WriteString("testRunStartedId"u8, hookStarted.TestRunStartedId);
            json.WriteString("hookId"u8, hookStarted.HookId);
            Optional(json, "workerId"u8, hookStarted.WorkerId);
            Write(json, "timestamp"u8, hookStarted.Timestamp);
        }
        else if (envelope.TestRunHookFinished is { } hookFinished)
        {
            json.WriteStartObject("testRunHookFinished"u8);
            json.WriteString("testRunHookStartedId"u8, hookFinished.TestRunHookStartedId);
            Write(json, "result"u8, hookFinished.Result);
            Write(json, "timestamp"u8, hookFinished.Timestamp);
        }
        else if (envelope.ExternalAttachment is { } attachment)
        {
            json.WriteStartObject("externalAttachment"u8);
            json.WriteString("url"u8, attachment.Url);
            json.WriteString("mediaType"u8, attachment.MediaType);
            Optional(json, "testCaseStartedId"u8, attachment.TestCaseStartedId);
            Optional(json, "testStepId"u8, attachment.TestStepId);
            Optional(json, "testRunHookStartedId"u8, attachment.TestRunHookStartedId);
            Write(json, attachment.Timestamp);
        }
        else
        {
            throw new ArgumentException("an envelope holds exactly one message, this one holds none", nameof(envelope));
        }
    }

    private static void Write(JsonLines json, TestCase testCase)
    {
        json.WriteStartObject("testCase"u8);
        json.WriteString("id"u8, testCase.Id);
        json.WriteString("pickleId"u8, testCase.PickleId);
        json.WriteStartArray("testSteps"u8);
        foreach (var step in testCase.TestSteps)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, step.Id);
            Optional(json, "hookId"u8, step.HookId);
            Optional(json, "pickleStepId"u8, step.PickleStepId);
            if (step.StepDefinitionIds is not null)
            {
                json.WriteStartArray("stepDefinitionIds"u8);
                foreach (var id in step.StepDefinitionIds)
                {
                    json.WriteStringValue(id);
                }

                json.WriteEndArray();
            }

            if (step.StepMatchArgumentsLists is not null)
            {
                json.WriteStartArray("stepMatchArgumentsLists"u8);
                foreach (var list in step.StepMatchArgumentsLists)
                {
                    Write(json, list);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        Optional(json, "testRunStartedId"u8, testCase.TestRunStartedId);
    }

    private static void Write(JsonLines json, StepMatchArgumentsList list)
    {
        json.WriteStartObject();
        json.WriteStartArray("stepMatchArguments"u8);
        foreach (var argument in list.StepMatchArguments)
        {
            json.WriteStartObject();
            json.WritePropertyName("group"u8);
            Write(json, argument.Group);
            Optional(json, "parameterTypeName"u8, argument.ParameterTypeName);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(JsonLines json, Group group)
    {
        json.WriteStartObject();
        if (group.Children is { Count: > 0 } children)
        {
            json.WriteStartArray("children"u8);
            foreach (var child in children)
            {
                Write(json, child);
            }

            json.WriteEndArray();
        }

        if (group.Start is { } start)
        {
            json.WriteNumber("start"u8, start);
        }

        Optional(json, "value"u8, group.Value);
        json.WriteEndObject();
    }

    private static void Write(JsonLines json, Attachment attachment)
    {
        json.WriteStartObject("attachment"u8);
        json.WriteString("body"u8, attachment.Body);
        json.WriteString("contentEncoding"u8, MessageNames.Of(attachment.ContentEncoding));
        json.WriteString("mediaType"u8, attachment.MediaType);
        Optional(json, "fileName"u8, attachment.FileName);
        Optional(json, "testCaseStartedId"u8, attachment.TestCaseStartedId);
        Optional(json, "testStepId"u8, attachment.TestStepId);
        Optional(json, "testRunStartedId"u8, attachment.TestRunStartedId);
        Optional(json, "testRunHookStartedId"u8, attachment.TestRunHookStartedId);
        Write(json, attachment.Timestamp);
    }

    private static void Write(JsonLines json, Suggestion suggestion)
    {
        json.WriteStartObject("suggestion"u8);
        json.WriteString("id"u8, suggestion.Id);
        json.WriteString("pickleStepId"u8, suggestion.PickleStepId);
        json.WriteStartArray("snippets"u8);
        foreach (var snippet in suggestion.Snippets)
        {
            json.WriteStartObject();
            json.WriteString("language"u8, snippet.Language);
            json.WriteString("code"u8, snippet.Code);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(JsonLines json, ReadOnlySpan<byte> name, TestStepResult result)
    {
        json.WriteStartObject(name);
        json.WriteString("status"u8, MessageNames.Of(result.Status));
        json.WriteStartObject("duration"u8);
        json.WriteNumber("seconds"u8, result.Duration.Seconds);
        json.WriteNumber("nanos"u8, result.Duration.Nanos);
        json.WriteEndObject();
        Optional(json, "message"u8, result.Message);
        Write(json, result.Exception);
        json.WriteEndObject();
    }

    private static void Write(JsonLines json, ExceptionMessage? exception)
    {
        if (exception is null)
        {
            return;
        }

        json.WriteStartObject("exception"u8);
        json.WriteString("type"u8, exception.Type);
        Optional(json, "message"u8, exception.Message);
        Optional(json, "stackTrace"u8, exception.StackTrace);
        json.WriteEndObject();
    }

    private static void Write(JsonLines json, ReadOnlySpan<byte> name, Product product)
    {
        json.WriteStartObject(name);
        json.WriteString("name"u8, product.Name);
        Optional(json, "version"u8, product.Version);
        json.WriteEndObject();
    }

    private static void Write(JsonLines json, SourceReference? reference)
    {
        if (reference is null)
        {
            return;
        }

        json.WriteStartObject("sourceReference"u8);
        Optional(json, "uri"u8, reference.Uri);
        if (reference.JavaMethod is { } method)
        {
            json.WriteStartObject("javaMethod"u8);
            json.WriteString("className"u8, method.ClassName);
            json.WriteString("methodName"u8, method.MethodName);
            json.WriteStartArray("methodParameterTypes"u8);
            foreach (var type in method.MethodParameterTypes)
            {
                json.WriteStringValue(type);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        Write(json, reference.Location);
        json.WriteEndObject();
    }

    private static void Write(JsonLines json, LineOnly? location)
    {
        if (location is null)
        {
            return;
        }

        json.WriteStartObject("location"u8);
        json.WriteNumber("line"u8, location.Line);
        if (location.Column is { } column)
        {
            json.WriteNumber("column"u8, column);
        }

        json.WriteEndObject();
    }

    private static void Write(JsonLines json, Timestamp? timestamp)
    {
        if (timestamp is { } known)
        {
            Write(json, "timestamp"u8, known);
        }
    }

    private static void Write(JsonLines json, ReadOnlySpan<byte> name, Timestamp timestamp)
    {
        json.WriteStartObject(name);
        json.WriteNumber("seconds"u8, timestamp.Seconds);
        json.WriteNumber("nanos"u8, timestamp.Nanos);
        json.WriteEndObject();
    }
}
