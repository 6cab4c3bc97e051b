using System.Globalization;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Record;

/// <summary>Hooks as their authors know them.</summary>
internal static class HookNames
{
    public static string SentenceOf(HookMessage hook)
    {
        if (hook.Name is ['[', ..])
        {
            return hook.Name;
        }

        var kind = hook.Type switch
        {
            HookMessageType.BeforeTestRun => "[BeforeTestRun]",
            HookMessageType.AfterTestRun => "[AfterTestRun]",
            HookMessageType.BeforeTestCase => "[BeforeScenario]",
            HookMessageType.AfterTestCase => "[AfterScenario]",
            HookMessageType.BeforeTestStep => "[BeforeStep]",
            HookMessageType.AfterTestStep => "[AfterStep]",
            _ => "hook",
        };
        var method = hook.SourceReference?.JavaMethod is { } source ? $"{source.ClassName}.{source.MethodName}" : null;
        var name = hook.Name ?? method;
        return name is null ? kind : $"{kind} {name}";
    }

    public static string? PlaceOf(HookMessage hook) =>
        hook.SourceReference?.Uri is not { } uri
            ? null
            : hook.SourceReference.Location is { } location
                ? string.Create(CultureInfo.InvariantCulture, $"{uri}:{location.Line}")
                : uri;
}
