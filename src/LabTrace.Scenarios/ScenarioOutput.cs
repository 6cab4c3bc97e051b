using LabTrace.Scenarios.Messages;
using LabTrace.Scenarios.Running;
using Reqnroll;

namespace LabTrace.Scenarios;

/// <summary>What steps and hooks write into the message stream. Injected as <see cref="IReqnrollOutputHelper"/>, or as itself for more.</summary>
public sealed class ScenarioOutput : IReqnrollOutputHelper
{
    /// <summary>Files up to this size are embedded if they are text or images.</summary>
    public const int EmbeddedBytes = 256 * 1024;

    /// <summary>The key in <see cref="Exception.Data"/> under which an assertion leaves the evidence for its verdict, as text.</summary>
    public const string EvidenceKey = "LabTrace.Evidence";

    private readonly Lock _gate = new();
    private readonly RunClock _clock;
    private readonly string? _directory;
    private readonly Func<Envelope, ValueTask> _write;
    private readonly Queue<Envelope> _pending = [];
    private TaskCompletionSource? _drained;
    private List<string>? _lines;
    private string? _caseStartedId;
    private string? _stepId;
    private string? _runHookStartedId;

    /// <summary>Makes an output whose messages are written as they come, on another thread: a step does not wait for reports.</summary>
    internal ScenarioOutput(RunClock clock, string? directory, bool keepsLines, Func<Envelope, ValueTask> write)
    {
        _clock = clock;
        _directory = directory;
        _write = write;
        _lines = keepsLines ? [] : null;
    }

    /// <inheritdoc/>
    public void WriteLine(string message)
    {
        lock (_gate)
        {
            _lines?.Add(message);
        }

        Attach(message, "text/x.cucumber.log+plain");
    }

    /// <inheritdoc/>
    public void WriteLine(string format, params object[] args) =>
        WriteLine(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args));

    /// <inheritdoc/>
    public void AddAttachment(string filePath)
    {
        var path = Path.GetFullPath(filePath);
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"cannot attach '{filePath}': there is no such file", filePath);
        }

        var mediaType = MediaTypes.Of(path);
        if (file.Length <= EmbeddedBytes && MediaTypes.IsText(mediaType))
        {
            Attach(File.ReadAllText(path), mediaType, file.Name);
        }
        else if (file.Length <= EmbeddedBytes && mediaType.StartsWith("image/", StringComparison.Ordinal))
        {
            Attach(File.ReadAllBytes(path), mediaType, file.Name);
        }
        else
        {
            Link(UrlOf(path), mediaType);
        }
    }

    /// <summary>Attaches text.</summary>
    /// <param name="body">The text.</param>
    /// <param name="mediaType">For example <c>text/plain</c>.</param>
    /// <param name="fileName">A name to save it under, or null.</param>
    public void Attach(string body, string mediaType, string? fileName = null) =>
        Add(new Attachment(body, AttachmentContentEncoding.Identity, mediaType, fileName));

    /// <summary>Attaches bytes.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="mediaType">For example <c>image/png</c>.</param>
    /// <param name="fileName">A name to save them under, or null.</param>
    public void Attach(ReadOnlySpan<byte> body, string mediaType, string? fileName = null) =>
        Add(new Attachment(Convert.ToBase64String(body), AttachmentContentEncoding.Base64, mediaType, fileName));

    /// <summary>Attaches by link.</summary>
    /// <param name="url">A path from the run's directory, or an URL.</param>
    /// <param name="mediaType">For example <c>application/octet-stream</c>.</param>
    public void Link(string url, string mediaType)
    {
        lock (_gate)
        {
            Put(new Envelope
            {
                ExternalAttachment = new ExternalAttachment(url, mediaType, _caseStartedId, _stepId, _runHookStartedId, _clock.Now()),
            });
        }
    }

    internal void Begin(string caseStartedId, string stepId)
    {
        lock (_gate)
        {
            _caseStartedId = caseStartedId;
            _stepId = stepId;
        }
    }

    internal void Begin(string runHookStartedId)
    {
        lock (_gate)
        {
            _runHookStartedId = runHookStartedId;
        }
    }

    /// <summary>Adds the evidence an exception carries.</summary>
    internal void AttachEvidence(Exception error)
    {
        if (error.Data.Count > 0 && error.Data[EvidenceKey] is string evidence)
        {
            Attach(evidence, "text/plain", "evidence.txt");
        }
    }

    /// <summary>Ends when everything put out so far is in the stream.</summary>
    internal Task DrainedAsync()
    {
        lock (_gate)
        {
            return _drained?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Takes the lines written since the last call.</summary>
    internal IReadOnlyList<string> TakeLines()
    {
        lock (_gate)
        {
            if (_lines is null or { Count: 0 })
            {
                return [];
            }

            var taken = _lines;
            _lines = [];
            return taken;
        }
    }

    private void Add(Attachment attachment)
    {
        lock (_gate)
        {
            Put(new Envelope
            {
                Attachment = attachment with
                {
                    TestCaseStartedId = _caseStartedId,
                    TestStepId = _stepId,
                    TestRunHookStartedId = _runHookStartedId,
                    Timestamp = _clock.Now(),
                },
            });
        }
    }

    // Under the lock. One writer at a time, so that messages keep their order.
    private void Put(Envelope envelope)
    {
        _pending.Enqueue(envelope);
        if (_drained is null)
        {
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            ThreadPool.UnsafeQueueUserWorkItem(static output => _ = output.DrainAsync(), this, preferLocal: false);
        }
    }

    private async Task DrainAsync()
    {
        while (true)
        {
            Envelope? next;
            lock (_gate)
            {
                if (!_pending.TryDequeue(out next))
                {
                    _drained!.SetResult();
                    _drained = null;
                    return;
                }
            }

            // Never throws: a report that fails is left out from then on.
            await _write(next);
        }
    }

    private string UrlOf(string path)
    {
        if (_directory is not null)
        {
            var relative = Path.GetRelativePath(Path.GetFullPath(_directory), path);
            if (!relative.StartsWith("..", StringComparison.Ordinal) && !Path.IsPathRooted(relative))
            {
                return relative.Replace('\\', '/');
            }
        }

        return new Uri(path).AbsoluteUri;
    }
}
