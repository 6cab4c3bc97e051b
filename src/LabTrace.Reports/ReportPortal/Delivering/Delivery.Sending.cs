using System.Globalization;
using System.Text;
using LabTrace.Reports.ReportPortal.Spooling;

namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>Single requests: made until they are answered, and what their answers lead to.</summary>
internal sealed partial class Delivery
{
    /// <summary>Bytes of files in one batch, beside its first.</summary>
    private const long MostBatchBytes = 16 * 1024 * 1024;

    private readonly SemaphoreSlim _reopening = new(1, 1);
    private SpoolEntry? _startLaunch;
    private bool? _isReopened;
    private int _skippedInRow;

    private RequestBodies Bodies => new(_acknowledged, _launch);

    private async Task SendAsync(SpoolEntry entry)
    {
        if (IsHeldBack(entry))
        {
            _tally.HoldBack(entry.Action == SpoolAction.StartItem ? entry.Id : null);
            return;
        }

        if (entry.Action is SpoolAction.FinishItem or SpoolAction.FinishLaunch && _tally.IsLeftOpen(entry.Id))
        {
            _tally.LeaveOpen(entry.Parent, _launch);
            return;
        }

        var answer = await AskAsync(entry, () => entry.Action switch
        {
            SpoolAction.StartLaunch => (HttpMethod.Post, "launch", Bodies.Of(entry)),
            SpoolAction.StartItem => (HttpMethod.Post, entry.Parent is { } parent ? $"item/{_acknowledged.ServerId(parent)}" : "item", Bodies.Of(entry)),
            SpoolAction.FinishItem => (HttpMethod.Put, $"item/{_acknowledged.ServerId(entry.Id)}", Bodies.Of(entry)),
            _ => (HttpMethod.Put, $"launch/{_acknowledged.ServerId(entry.Id)}/finish", Bodies.Of(entry)),
        });
        if (answer.Kind != AnswerKind.Done)
        {
            Refuse(entry, answer);
            return;
        }

        if (entry.Action is SpoolAction.StartLaunch or SpoolAction.FinishLaunch)
        {
            _tally.See(answer);
        }

        var isStart = entry.Action is SpoolAction.StartLaunch or SpoolAction.StartItem;
        _acknowledged.Add([entry], isStart && answer.Id is { } id && !id.Equals(entry.Id.ToString(), StringComparison.OrdinalIgnoreCase) ? id : null);
        _tally.Deliver(1);
    }

    private async Task SendLogsAsync(Lane lane, List<Work> works)
    {
        var files = new List<byte[]?> { ReadFile(works[0].Entry) };
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        _ = works[0].Entry.File is { } first && names.Add(RequestBodies.PartName(first));
        var bytes = (long)(files[0]?.Length ?? 0);
        while (works.Count < _settings.LogsBatchCapacity && bytes < MostBatchBytes
            && lane.TryTake(next => next.Entry.Action == SpoolAction.Log && (next.Entry.File is not { } file || names.Add(RequestBodies.PartName(file))), out var more))
        {
            works.Add(more);
            var content = ReadFile(more.Entry);
            files.Add(content);
            bytes += content?.Length ?? 0;
        }

        var logs = works.ConvertAll(work => work.Entry);
        if (logs.Exists(IsHeldBack))
        {
            return;
        }

        await SendLogsAsync(logs, files);
    }

    private async Task SendLogsAsync(List<SpoolEntry> logs, List<byte[]?> files)
    {
        var answer = await AskAsync(logs[0], () => (HttpMethod.Post, "log", Bodies.Of(logs, files)));
        switch (answer)
        {
            case { Kind: AnswerKind.Done, Elements: { } elements } when logs.Count == 1 ? elements is [not null, ..] : elements.Any(element => element is not null):
                await TakeElementsAsync(logs, files, elements);
                break;
            case { Kind: AnswerKind.Done }:
                _acknowledged.Add(logs);
                _tally.Deliver(logs.Count);
                break;
            case { Kind: AnswerKind.TooLarge or AnswerKind.Refused } when logs.Count > 1:
                for (var i = 0; i < logs.Count; i++)
                {
                    await SendLogsAsync([logs[i]], [files[i]]);
                }

                break;
            case { Kind: AnswerKind.TooLarge } when files[0] is not null:
                _tally.Remark($"{logs[0].File!.Path} is too large for the server: its log was sent without it");
                await SendLogsAsync(logs, [null]);
                break;
            default:
                foreach (var log in logs)
                {
                    Refuse(log, answer);
                }

                break;
        }
    }

    /// <summary>A batch is accepted as a whole even when elements of it failed; those are sent again, one by one.</summary>
    private async Task TakeElementsAsync(List<SpoolEntry> logs, List<byte[]?> files, IReadOnlyList<string?> elements)
    {
        for (var i = 0; i < logs.Count; i++)
        {
            if (i >= elements.Count || elements[i] is not { } problem)
            {
                _acknowledged.Add([logs[i]]);
                _tally.Deliver(1);
            }
            else if (logs.Count > 1)
            {
                await SendLogsAsync([logs[i]], [files[i]]);
            }
            else
            {
                await SendAloneAsync(logs[i], files[i], problem);
            }
        }
    }

    /// <summary>A log that failed within an accepted request is asked for a few times more: it may be that the server had no connection to its store.</summary>
    private async Task SendAloneAsync(SpoolEntry log, byte[]? file, string problem)
    {
        for (var attempt = 1; attempt < _settings.Retry.MaxAttempts; attempt++)
        {
            var answer = await AskAsync(log, () => (HttpMethod.Post, "log", Bodies.Of([log], [file])));
            if (answer.Kind == AnswerKind.Done && answer.Elements is null or [null, ..])
            {
                _acknowledged.Add([log]);
                _tally.Deliver(1);
                return;
            }

            problem = answer.Elements is [{ } said, ..] ? said : answer.Text;
            if (answer.Kind != AnswerKind.Done)
            {
                break;
            }
        }

        Refuse(log, new PortalAnswer(AnswerKind.Refused, problem));
    }

    /// <summary>Makes a request until it is answered with something that another attempt would not change.</summary>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    private async Task<PortalAnswer> AskAsync(SpoolEntry entry, Func<(HttpMethod Method, string Path, HttpContent Content)> make)
    {
        var successesBefore = _health.Successes;
        var wasReopened = false;
        for (var attempt = 1; ; attempt++)
        {
            var round = await _health.WaitAsync(_stop.Token);
            PortalAnswer answer;
            await _connections.WaitAsync(_stop.Token);
            try
            {
                var (method, path, content) = make();
                answer = await _client.SendAsync(method, path, content, _stop.Token);
            }
            finally
            {
                _ = _connections.Release();
            }

            switch (answer.Kind)
            {
                case AnswerKind.Done or AnswerKind.Refused or AnswerKind.TooLarge:
                    _health.Succeed();
                    _ = Interlocked.Exchange(ref _skippedInRow, answer.Kind == AnswerKind.Done ? 0 : _skippedInRow);
                    return answer;
                case AnswerKind.AlreadyFinished:
                    _health.Succeed();
                    if (entry.Action is SpoolAction.FinishItem or SpoolAction.FinishLaunch)
                    {
                        return answer with { Kind = AnswerKind.Done };
                    }

                    if (wasReopened || !(wasReopened = await TryReopenAsync()))
                    {
                        return answer with { Kind = AnswerKind.Refused };
                    }

                    break;
                case AnswerKind.Denied:
                    GiveUp(answer.Text);
                    throw new OperationCanceledException(answer.Text);
                case AnswerKind.Missing when attempt >= _settings.Retry.MaxAttempts:
                    return Lose(entry, answer);
                default:
                    var isOver = _health.Fail(round, answer.RetryAfter);
                    if (answer.WasAnswered && attempt >= _settings.Retry.MaxAttempts && (isOver || _health.Successes > successesBefore) && CanSkip())
                    {
                        return answer;
                    }

                    if (isOver)
                    {
                        GiveUp(answer.Text);
                    }

                    break;
            }
        }
    }

    /// <summary>One request that always fails must not keep all others from being made; but when each does, it is the server.</summary>
    private bool CanSkip()
    {
        const int most = 3;
        return Interlocked.Increment(ref _skippedInRow) <= most;
    }

    private PortalAnswer Lose(SpoolEntry entry, PortalAnswer answer)
    {
        if (_settings.LaunchId is not null && _acknowledged.Count == 0)
        {
            GiveUp($"{answer.Text}; Launch:Id is {_settings.LaunchId}: start that launch first");
        }
        else if (_acknowledged.Count > 0 && !_hasLost)
        {
            _hasLost = true;
            GiveUp(answer.Text);
        }
        else
        {
            return answer with { Kind = AnswerKind.Refused };
        }

        throw new OperationCanceledException($"{entry.Action} {entry.Id}: {answer.Text}");
    }

    /// <summary>A launch that somebody finished meanwhile, a timer of the server for example, is opened again to take the rest.</summary>
    private async Task<bool> TryReopenAsync()
    {
        if (_startLaunch is not { } start)
        {
            return false;
        }

        await _reopening.WaitAsync(_stop.Token);
        try
        {
            if (_isReopened is { } known)
            {
                return known;
            }

            var answer = await _client.SendAsync(HttpMethod.Post, "launch", Bodies.Reopening(start), _stop.Token);
            if (answer.Kind == AnswerKind.Done)
            {
                _tally.Remark("the launch had been finished by somebody else: it was opened again");
            }

            _isReopened = answer.Kind == AnswerKind.Done;
            return _isReopened.Value;
        }
        finally
        {
            _ = _reopening.Release();
        }
    }

    private bool IsHeldBack(SpoolEntry entry) =>
        _tally.IsMissing(entry.Id)
        || (entry.Parent is { } parent && _tally.IsMissing(parent))
        || (entry.RetryOf is { } retryOf && (_tally.IsMissing(retryOf) || _tally.IsLeftOpen(retryOf)))
        || (entry.Action != SpoolAction.StartLaunch && _tally.IsMissing(_launch));

    private void Refuse(SpoolEntry entry, PortalAnswer answer)
    {
        if (answer.Kind == AnswerKind.Unavailable)
        {
            _tally.LeaveOpen(entry.Id, entry.Parent, _launch);
        }

        var what = entry.Action switch
        {
            SpoolAction.StartLaunch => "the start of the launch",
            SpoolAction.StartItem => "the start of an item",
            SpoolAction.Log => "a log",
            SpoolAction.FinishItem => "the end of an item",
            _ => "the end of the launch",
        };
        var start = Encoding.UTF8.GetString(entry.Body.Span[..Math.Min(entry.Body.Length, 120)]);
        _tally.Refuse(
            entry.Action is SpoolAction.StartLaunch or SpoolAction.StartItem ? entry.Id : null,
            string.Create(CultureInfo.InvariantCulture, $"{what} ({VisibleText.Line(start)}…): {answer.Text}"));
    }

    private byte[]? ReadFile(SpoolEntry entry)
    {
        if (entry.File is not { } file)
        {
            return null;
        }

        var path = Path.Combine(_spool.Path, file.Path);
        try
        {
            var length = new FileInfo(path).Length;
            if (length > RequestBodies.MostBytes)
            {
                _tally.Remark(string.Create(CultureInfo.InvariantCulture, $"{file.Path} has {length:N0} bytes and a request at most {RequestBodies.MostBytes:N0}: its log was sent without it"));
                return null;
            }

            var content = File.ReadAllBytes(path);
            return IsText(file.MediaType) ? Redact(content) : content;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _tally.Remark($"{file.Path} cannot be read ({error.Message}): its log was sent without it");
            return null;
        }
    }

    private byte[] Redact(byte[] content)
    {
        var text = Encoding.UTF8.GetString(content);
        var redacted = _redact(text);
        return ReferenceEquals(text, redacted) || text == redacted ? content : Encoding.UTF8.GetBytes(redacted);
    }

    private static bool IsText(string mediaType) =>
        mediaType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || mediaType.Contains("json", StringComparison.OrdinalIgnoreCase)
        || mediaType.Contains("xml", StringComparison.OrdinalIgnoreCase)
        || mediaType.Contains("yaml", StringComparison.OrdinalIgnoreCase);
}
