using LabTrace.Tracing;

namespace LabTrace.Emulation.Grtrace;

/// <summary>How a grtrace numbers its events: as the developer guide does, or as version 0.1 did.</summary>
internal sealed class EventTypes
{
    /// <summary>The bit of events that modules define, in masks of types.</summary>
    public const int CustomBit = 31;

    private static readonly GrtEventKind[] V01 =
    [
        GrtEventKind.Submit, GrtEventKind.Complete, GrtEventKind.CtxSwitch, GrtEventKind.Commit, GrtEventKind.Start, GrtEventKind.End,
        GrtEventKind.Irq, GrtEventKind.SyncWaitEnter, GrtEventKind.SyncWaitExit, GrtEventKind.Error,
    ];

    private readonly ushort[] _numbers = new ushort[10];

    /// <param name="isV01">Whether the numbers are those of version 0.1.</param>
    public EventTypes(bool isV01)
    {
        for (ushort i = 0; i < _numbers.Length; i++)
        {
            _numbers[(int)(isV01 ? V01[i] : (GrtEventKind)i)] = i;
        }
    }

    /// <summary>The type number in a record's header.</summary>
    public ushort Number(GrtEventKind kind) => kind == GrtEventKind.Custom ? GrtLayout.FirstCustomType : _numbers[(int)kind];

    /// <summary>The bit in masks of types.</summary>
    public int Bit(GrtEventKind kind) => kind == GrtEventKind.Custom ? CustomBit : _numbers[(int)kind];

    /// <summary>METADATA's table.</summary>
    public IReadOnlyList<GrtType> Table() =>
        [.. Enumerable.Range(0, _numbers.Length).OrderBy(k => _numbers[k]).Select(k => new GrtType(_numbers[k], GrtLayout.JobBytes, GrtEventNames.Of((GrtEventKind)k)))];
}
