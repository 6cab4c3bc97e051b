using System.Text;

namespace LabTrace.Tracing;

/// <summary>The layouts of a stream's events as ftrace's format texts, so that all that reads or writes binary events reads and writes these.</summary>
internal sealed class GrtSchemas
{
    private const int Types = 256;

    private readonly BinarySchema?[] _schemas = new BinarySchema?[Types];
    private readonly PrintContext _context = new(null, null);

    public EventSchema Of(ushort type, GrtEventKind kind, string name, int size) => _schemas[type] ??= Make(type, kind, name, size);

    private BinarySchema Make(ushort type, GrtEventKind kind, string name, int size)
    {
        var isWhole = size >= GrtLayout.JobBytes;
        var text = new StringBuilder($"name: {name}\nID: {type}\nformat:\n");
        Field("unsigned short common_type", 0, 2);
        if (isWhole)
        {
            Field("int common_pid", 88, 4, isSigned: true);
        }

        _ = text.Append('\n');
        var print = "\"gseq=%llu\", REC->gseq";
        if (isWhole)
        {
            Field("u64 ctx_id", 56, 8);
            Field($"char engine[{GrtLayout.EngineNameBytes}]", 32, GrtLayout.EngineNameBytes);
            Field("u32 ring", 52, 4);
            Field("u64 seqno", 64, 8);
            var (more, arguments) = Special(kind);
            Field("u16 engine_class", 48, 2);
            Field("u16 flags", 50, 2);
            Field("u32 uid", 92, 4);
            print = $"\"ctx_id=0x%llx, engine=%s, ring=%u, seqno=%llu{more}\", REC->ctx_id, REC->engine, REC->ring, REC->seqno{arguments}";
        }

        Field("u64 gseq", 16, 8);
        Field("u64 cseq", 24, 8);
        _ = text.Append($"\nprint fmt: {print}\n");
        var format = EventFormat.Parse("gpu", Encoding.UTF8.GetBytes(text.ToString()), isBigEndian: false, longSize: 8);
        return new BinarySchema(format, _context, isClockInNanoseconds: true);

        void Field(string declaration, int offset, int bytes, bool isSigned = false) =>
            text.Append($"\tfield:{declaration};\toffset:{offset};\tsize:{bytes};\tsigned:{(isSigned ? 1 : 0)};\n");

        (string Format, string Arguments) Special(GrtEventKind what)
        {
            switch (what)
            {
                case GrtEventKind.Complete:
                    Field("s32 status", 72, 4, isSigned: true);
                    return (", status=%d", ", REC->status");
                case GrtEventKind.Error:
                    Field("s32 status", 72, 4, isSigned: true);
                    Field("u32 aux", 76, 4);
                    return (", status=%d, reason=%s", ", REC->status, __print_symbolic(REC->aux, { 1, \"reset\" }, { 2, \"timeout\" })");
                case GrtEventKind.Irq:
                    Field("u32 vector", 76, 4);
                    return (", vector=%u", ", REC->vector");
                case GrtEventKind.CtxSwitch:
                    Field("u64 to_ctx", 80, 8);
                    return (", to_ctx=0x%llx", ", REC->to_ctx");
                case GrtEventKind.SyncWaitEnter or GrtEventKind.SyncWaitExit:
                    Field("u64 fence_ctx", 80, 8);
                    return (", fence_ctx=0x%llx", ", REC->fence_ctx");
                case GrtEventKind.Submit or GrtEventKind.Commit or GrtEventKind.Start or GrtEventKind.End:
                    return ("", "");
                default:
                    Field("u64 custom_data", 80, 8);
                    return (", custom_data=0x%llx", ", REC->custom_data");
            }
        }
    }
}
