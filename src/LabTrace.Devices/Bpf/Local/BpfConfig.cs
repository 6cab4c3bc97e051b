using System.Buffers.Binary;
using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>Lays a request out as the programs' <c>struct lt_config</c>.</summary>
/// <remarks>src/LabTrace.Devices/Bpf/Programs/labtrace.h.</remarks>
internal static class BpfConfig
{
    public const int Bytes = 656;
    private const int CommOffset = 24;
    private const int CallMaskOffset = 80;
    private const int TextsOffset = 144;

    public static byte[] Make(BpfRequest request, int ownTgid, int function)
    {
        var bytes = new byte[Bytes];
        void Put32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);
        void Put64(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), value);

        // No process has the number that stands for nobody; 0 would be the idle tasks.
        Put32(0, request.WithRecorder ? uint.MaxValue : (uint)ownTgid);
        Put32(4, (uint)request.Tgid);
        Put32(8, (uint)request.Pid);
        Put32(12, request.Commands.Count > 0 ? 1u : 0);
        Put64(16, request.Cgroup);
        if (request.Comm is { } comm)
        {
            _ = Encoding.UTF8.GetBytes(comm, bytes.AsSpan(CommOffset, 15));
            Put32(40, 1);
        }

        var isWhole = request.Program == "syscalls" ? request.WholeCalls || request.MinDuration > TimeSpan.Zero : request.HistogramsOnly;
        Put32(44, isWhole || (request.Program == "pcie" && request.MinDuration > TimeSpan.Zero) ? 1u : 0);
        Put64(48, (ulong)(request.MinDuration.Ticks * TimeSpan.NanosecondsPerTick));
        Put32(60, (uint)request.Stacks);
        Put32(64, request.Calls.Count > 0 ? 1u : 0);
        Put32(68, request.IoctlType);
        Put32(72, (uint)function);
        foreach (var call in request.Calls)
        {
            bytes[CallMaskOffset + (call / 8)] |= (byte)(1 << (call % 8));
        }

        if (request.Texts && request.Program == "syscalls")
        {
            foreach (var call in SyscallTable.All)
            {
                bytes[TextsOffset + call.Number] = call.TextArguments;
            }
        }

        return bytes;
    }
}
