using LabTrace.Reports.Record;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Html;

/// <summary>Turns the message stream into the report's blocks: each is written as soon as it is full or a few seconds of the run old.</summary>
internal sealed class HtmlReport
{
    private const int SecondsBetweenBlocks = 3;

    private readonly RunRecord _run = new();
    private readonly ReportOutput _output;
    private readonly HtmlBlock _block;
    private readonly HtmlRunData _runData;
    private readonly ScenarioData _scenarios;
    private readonly Dictionary<ScenarioRecord, int> _ordinals = new(ReferenceEqualityComparer.Instance);
    private long _lastBlock;
    private bool _hasBegun;

    public HtmlReport(ReportOutput output, HtmlOptions options)
    {
        _block = new HtmlBlock(output);
        _runData = new HtmlRunData(_run, options);
        _scenarios = new ScenarioData(_block, new AttachmentData(_block, options));
        _output = output;
    }

    /// <summary>Writes the page around the data.</summary>
    public void Begin() => _output.Write(HtmlPage.Head);

    public void Take(Envelope envelope)
    {
        var scenario = _run.Apply(envelope);
        switch (envelope)
        {
            case { TestCaseStarted: { } started } when !_hasBegun:
                _hasBegun = true;
                _lastBlock = started.Timestamp.Seconds;
                _runData.Write(_block, _scenarios, isEnd: false);
                break;
            case { TestCaseFinished: { WillBeRetried: false } finished } when scenario is not null:
                _scenarios.Write(OrdinalOf(scenario), scenario);
                if (_block.IsFull || finished.Timestamp.Seconds - _lastBlock >= SecondsBetweenBlocks)
                {
                    _lastBlock = finished.Timestamp.Seconds;
                    _block.Flush();
                }

                break;
        }
    }

    /// <summary>Writes what never ended or never started, and what is to be said of the run as a whole.</summary>
    public void End()
    {
        foreach (var scenario in _run.Scenarios.Where(scenario => !scenario.HasEnded))
        {
            _scenarios.Write(OrdinalOf(scenario), scenario);
        }

        _scenarios.WriteRunAttachments(_run);
        _block.Flush();
        _runData.Write(_block, _scenarios, isEnd: true);
    }

    private int OrdinalOf(ScenarioRecord scenario)
    {
        for (var next = _ordinals.Count; next < _run.Scenarios.Count; next++)
        {
            _ordinals[_run.Scenarios[next]] = next;
        }

        return _ordinals[scenario];
    }
}
