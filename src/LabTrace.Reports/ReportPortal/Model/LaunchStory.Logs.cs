using System.Globalization;
using System.Text;
using LabTrace.Gherkin;
using LabTrace.Reports.Record;
using LabTrace.Reports.ReportPortal.Spooling;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.ReportPortal.Model;

/// <summary>Logs and attachments.</summary>
internal sealed partial class LaunchStory
{
    /// <summary>The longest text that is a log's message; a longer one is a file.</summary>
    private const int LongestMessage = 256 * 1024;

    private int _launchLogs;

    private void Tell(OpenItem item, long time, TestStepResult result)
    {
        var level = result.Status == TestStepResultStatus.Skipped ? "WARN" : "ERROR";
        var text = result.Message ?? result.Exception?.Message ?? result.Exception?.Type;
        if (result.Exception?.StackTrace is { Length: > 0 } stack && text?.Contains(stack, StringComparison.Ordinal) != true)
        {
            text = text is null ? stack : $"{text}\n{stack}";
        }

        // A step that was skipped because an earlier one did not pass has nothing to say.
        if (text is not null || result.Status != TestStepResultStatus.Skipped)
        {
            Log(item, time, level, text ?? result.Status.ToString());
        }
    }

    private void Tell(Attachment attachment)
    {
        if (attachment.IsForReports || OwnerOf(attachment.TestCaseStartedId, attachment.TestStepId, attachment.TestRunHookStartedId) is not { } item)
        {
            return;
        }

        var time = attachment.Timestamp is { } at ? At(at) : _latest;
        if (attachment.IsText && attachment.FileName is null)
        {
            Log(item, time, "INFO", attachment.Text());
            return;
        }

        var bytes = attachment.Bytes();
        var name = PortalText.Name(attachment.FileName ?? "attachment", PortalText.Attribute);
        Attach(item, time, name, attachment.MediaType, bytes);
    }

    private void Tell(ExternalAttachment attachment)
    {
        if (OwnerOf(attachment.TestCaseStartedId, attachment.TestStepId, attachment.TestRunHookStartedId) is not { } item)
        {
            return;
        }

        var time = attachment.Timestamp is { } at ? At(at) : _latest;
        if (_target!.Find(attachment.Url) is not { } path)
        {
            Log(item, time, "INFO", $"attached by link: {attachment.Url} ({attachment.MediaType})");
            return;
        }

        var name = PortalText.Name(Path.GetFileName(path), PortalText.Attribute);
        AddLog(item, time, "INFO", $"attached: {attachment.Url} ({attachment.MediaType})", _ => new SpoolFile(path, name, attachment.MediaType));
    }

    private OpenItem? OwnerOf(string? attemptId, string? stepId, string? runHookId)
    {
        if (attemptId is not null && _attempts.TryGetValue(attemptId, out var attempt))
        {
            return stepId is not null && attempt.Steps.TryGetValue(stepId, out var step) ? step : attempt.Item;
        }

        return runHookId is null ? null : _runHooks.GetValueOrDefault(runHookId);
    }

    private void Log(OpenItem item, long time, string level, string text)
    {
        if (text.Length > LongestMessage)
        {
            Attach(item, time, "log.txt", "text/plain", Encoding.UTF8.GetBytes(text), level);
            return;
        }

        if (PortalText.Lines(text, LongestMessage) is { } message)
        {
            AddLog(item, time, level, message, file: null);
        }
    }

    private void Attach(OpenItem item, long time, string name, string mediaType, byte[] content, string level = "INFO") => AddLog(
        item,
        time,
        level,
        string.Create(CultureInfo.InvariantCulture, $"attached: {name} ({mediaType}, {content.Length:N0} bytes)"),
        id => new SpoolFile(_target!.Keep(id, content), name, mediaType));

    private void AddLog(OpenItem item, long time, string level, string message, Func<Guid, SpoolFile>? file)
    {
        if (!item.IsStarted)
        {
            item.StartLate?.Invoke(item);
        }

        var id = _ids.Of("log", string.Create(CultureInfo.InvariantCulture, $"{item.Id} {item.Logs++}"));
        AddLog(id, item.Id, item.Lane, Math.Max(time, item.Start), level, message, file);
    }

    private void LogOfLaunch(long time, string level, string text)
    {
        if (PortalText.Lines(text, LongestMessage) is { } message)
        {
            var id = _ids.Of("launch log", (_launchLogs++).ToString(CultureInfo.InvariantCulture));
            AddLog(id, null, Launch, time, level, message, file: null);
        }
    }

    private void AddLog(Guid id, Guid? parent, Guid lane, long time, string level, string message, Func<Guid, SpoolFile>? file)
    {
        var attached = file?.Invoke(id);
        _ = _body.Begin().Text("uuid", id.ToString()).Moment("time", time).Text("level", level).Text("message", message);
        _target!.Add(new SpoolEntry { Action = SpoolAction.Log, Id = id, Parent = parent, Lane = lane, Time = time, Body = _body.Take(), File = attached });
    }

    /// <summary>A table or doc string as it stands in the feature file.</summary>
    private static string TextOf(PickleStepArgument argument)
    {
        if (argument.DocString is { } text)
        {
            return $"\"\"\"{text.MediaType}\n{text.Content}\n\"\"\"";
        }

        var rows = argument.DataTable?.Rows ?? [];
        return string.Join('\n', rows.Select(row => "| " + string.Join(" | ", row.Cells.Select(cell => cell.Value.Replace("|", "\\|", StringComparison.Ordinal))) + " |"));
    }
}
