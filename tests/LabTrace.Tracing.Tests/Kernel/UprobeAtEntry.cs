using System.Buffers.Binary;

namespace LabTrace.Tracing.Tests.Kernel;

/// <summary>A uprobe at a program's entry point, in a group of this test's own; removed again.</summary>
internal sealed class UprobeAtEntry : IDisposable
{
    private const string Probes = "/sys/kernel/tracing/uprobe_events";

    public UprobeAtEntry(string program)
    {
        Group = $"labtrace_test_{Environment.ProcessId}";
        Event = $"{Group}/entry";
        Append($"p:{Event} {program}:0x{EntryOffset(File.ReadAllBytes(program)):x} stack=%sp:x64 low=%sp:u8");
    }

    public string Group { get; }

    public string Event { get; }

    public void Dispose() => Append($"-:{Event}");

    private static void Append(string line)
    {
        using var file = new FileStream(Probes, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
    }

    /// <summary>The entry address, mapped to the file by the segment (PT_LOAD) that covers it.</summary>
    private static ulong EntryOffset(byte[] elf)
    {
        var entry = U64(elf, 0x18);
        var headers = (int)U64(elf, 0x20);
        for (var i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(0x38)); i++)
        {
            var at = headers + (i * 0x38);
            var (offset, address, size) = (U64(elf, at + 8), U64(elf, at + 16), U64(elf, at + 32));
            if (elf[at] == 1 && entry >= address && entry < address + size)
            {
                return entry - address + offset;
            }
        }

        throw new InvalidDataException("no segment covers the entry point");
    }

    private static ulong U64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
