using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace LabTrace.Devices;

/// <summary>The calls of libbpf 1.x that the loader makes. Functions that give a pointer give null and errno when they fail, the others a negative errno.</summary>
/// <remarks>/usr/include/bpf/libbpf.h. The only file with unsafe code: libbpf calls back through a C function pointer, which C# has no safe form of.</remarks>
internal static unsafe partial class LibBpf
{
    public const string Library = "libbpf.so.1";

    private const int MaxLog = 256 * 1024;

    // libbpf's messages of the thread that loads: its print function is one for the whole process.
    [ThreadStatic]
    private static StringBuilder? s_log;

    private static readonly Lazy<bool> Found = new(Prepare);

    /// <summary>Takes one record of a ring buffer.</summary>
    public delegate void RecordTaker(ReadOnlySpan<byte> record);

    /// <summary>Whether the library is installed.</summary>
    public static bool IsThere => Found.Value;

    /// <summary>Collects libbpf's messages of this thread from here on.</summary>
    public static void StartLog() => s_log = new StringBuilder();

    /// <summary>What libbpf said since <see cref="StartLog"/>, verifier logs among it.</summary>
    public static string Log => s_log?.ToString() ?? "";

    /// <summary>Opens a ring buffer.</summary>
    /// <param name="mapFd">Its map.</param>
    /// <param name="taker">A handle of the <see cref="RecordTaker"/>, kept alive by the caller.</param>
    /// <returns>The ring buffer, 0 when it failed.</returns>
    public static nint OpenRing(int mapFd, GCHandle taker) => NewRing(mapFd, &OnRecord, GCHandle.ToIntPtr(taker), 0);

    [LibraryImport(Library, EntryPoint = "bpf_object__open_mem", SetLastError = true)]
    public static partial nint OpenObject(ReadOnlySpan<byte> elf, nuint size, nint options);

    [LibraryImport(Library, EntryPoint = "bpf_object__load")]
    public static partial int LoadObject(nint obj);

    [LibraryImport(Library, EntryPoint = "bpf_object__close")]
    public static partial void CloseObject(nint obj);

    [LibraryImport(Library, EntryPoint = "bpf_object__next_program")]
    public static partial nint NextProgram(nint obj, nint previous);

    [LibraryImport(Library, EntryPoint = "bpf_program__name")]
    public static partial nint ProgramName(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__section_name")]
    public static partial nint ProgramSection(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__fd")]
    public static partial int ProgramFd(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_autoload")]
    public static partial int SetAutoload(nint program, [MarshalAs(UnmanagedType.U1)] bool isLoaded);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_attach_target", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetAttachTarget(nint program, int fd, string function);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach", SetLastError = true)]
    public static partial nint Attach(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach_kprobe_opts", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint AttachKprobe(nint program, string function, in ProbeOptions options);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach_uprobe_opts", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint AttachUprobe(nint program, int pid, string binary, nuint offset, in UprobeOptions options);

    [LibraryImport(Library, EntryPoint = "bpf_link__destroy")]
    public static partial int DestroyLink(nint link);

    [LibraryImport(Library, EntryPoint = "bpf_object__find_map_by_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint FindMap(nint obj, string name);

    [LibraryImport(Library, EntryPoint = "bpf_map__fd")]
    public static partial int MapFd(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__reuse_fd")]
    public static partial int ReuseMap(nint map, int fd);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_max_entries")]
    public static partial int SetMaxEntries(nint map, uint entries);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_initial_value")]
    public static partial int SetInitialValue(nint map, ReadOnlySpan<byte> value, nuint size);

    [LibraryImport(Library, EntryPoint = "bpf_map__lookup_elem")]
    public static partial int Lookup(nint map, in uint key, nuint keySize, Span<byte> value, nuint valueSize, ulong flags);

    [LibraryImport(Library, EntryPoint = "bpf_map__update_elem")]
    public static partial int Update(nint map, in uint key, nuint keySize, in uint value, nuint valueSize, ulong flags);

    [LibraryImport(Library, EntryPoint = "bpf_obj_get_info_by_fd")]
    public static partial int GetInfo(int fd, Span<byte> info, ref uint size);

    [LibraryImport(Library, EntryPoint = "libbpf_num_possible_cpus")]
    public static partial int PossibleCpus();

    [LibraryImport(Library, EntryPoint = "ring_buffer__consume")]
    public static partial int Consume(nint ring);

    [LibraryImport(Library, EntryPoint = "ring_buffer__free")]
    public static partial void FreeRing(nint ring);

    [LibraryImport(Library, EntryPoint = "ring_buffer__new", SetLastError = true)]
    private static partial nint NewRing(int mapFd, delegate* unmanaged<nint, byte*, nuint, int> taker, nint context, nint options);

    [LibraryImport(Library, EntryPoint = "libbpf_set_print")]
    private static partial nint SetPrint(delegate* unmanaged<int, byte*, nint, int> print);

    // A va_list is handed on by address on x86-64 and arm64.
    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    private static partial int Format(byte* into, nuint size, byte* format, nint arguments);

    private static bool Prepare()
    {
        if (!NativeLibrary.TryLoad(Library, typeof(LibBpf).Assembly, DllImportSearchPath.SafeDirectories, out _))
        {
            return false;
        }

        _ = SetPrint(&OnMessage);
        return true;
    }

    [UnmanagedCallersOnly]
    private static int OnRecord(nint context, byte* data, nuint size)
    {
        Unsafe.As<RecordTaker>(GCHandle.FromIntPtr(context).Target!)(new ReadOnlySpan<byte>(data, checked((int)size)));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int OnMessage(int level, byte* format, nint arguments)
    {
        const int debug = 2;
        if (level >= debug || s_log is not { Length: < MaxLog } log)
        {
            return 0;
        }

        var text = new byte[64 * 1024];
        fixed (byte* into = text)
        {
            var length = Format(into, (nuint)text.Length, format, arguments);
            _ = log.Append(Encoding.UTF8.GetString(text, 0, Math.Clamp(length, 0, text.Length - 1)));
            return length;
        }
    }

    /// <summary>bpf_kprobe_opts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ProbeOptions
    {
        public nuint Size;
        public ulong Cookie;
        public nuint Offset;
        public byte IsReturn;
    }

    /// <summary>bpf_uprobe_opts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct UprobeOptions
    {
        public nuint Size;
        public nuint ReferenceCounter;
        public ulong Cookie;
        public byte IsReturn;
        public nint Function;
    }
}
