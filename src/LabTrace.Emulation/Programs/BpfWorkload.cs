using System.Globalization;
using LabTrace.Emulation.Bpf;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Programs;

/// <summary><c>labtrace-workload</c>: does what is known to the last call, for captures to be checked against. Its likeness for real kernels is fixtures/bpf/labtrace-workload.c;
/// what needs a device is here only.</summary>
internal static class BpfWorkload
{
    public const string Name = "labtrace-workload";

    /// <summary>Functions of its own.</summary>
    public static readonly string[] Functions = ["labtrace_work", "labtrace_nested"];

    private const int GetPpid = 110;
    private const int OpenAt = 257;
    private const int Close = 3;
    private const int Rename = 82;
    private const int MProtect = 10;
    private const int Ioctl = 16;
    private const int Socket = 41;
    private const int Connect = 42;
    private const long AtCwd = 0xffffff9c;
    private const long DrmVersion = 0xc0406400;
    private const long DrmGemClose = 0x40086409;
    private const long Buffer = 0x7ffc5a79c0a0;
    private const int NoSuchFile = -2;
    private const int BadDescriptor = -9;
    private const int NoTty = -25;
    private const int Refused = -111;
    private const int NoSocket = 3;

    public static IEnumerable<Act> Run(ProcessContext process)
    {
        var what = process.Arguments.Count > 0 ? process.Arguments[0] : "";
        var (n, m) = (Number(process, 1, 1), Number(process, 2, 0));
        return what switch
        {
            "calls" => Calls(process, n),
            "ioctls" => Ioctls(process, n),
            "functions" => Each(n, i => process.CallOwn("labtrace_work", [Act.Compute((m * 1000) + process.About(400))], i, i)),
            "nested" => Nested(process, n),
            "connects" => Each(n, _ => ConnectRefused(process, m == 0 ? 9 : m)),
            "children" => ChildrenOf(process, n),
            "spin" or "pace" => Each(n, _ => process.Call(GetPpid, process.Task.Parent?.Pid ?? 1)),
            "pci" => Each(n, i => PciAccesses(process, i)),
            "fences" => Each(n, i => Fences(process, i)),
            "nvlink" => Each(n, i => Copies(process, i)),
            "ptp" => Each(n, _ => Ptp(process)),
            _ => Usage(process),
        };
    }

    private static int Number(ProcessContext process, int at, int usual) =>
        process.Arguments.Count > at && int.TryParse(process.Arguments[at], CultureInfo.InvariantCulture, out var value) ? value : usual;

    private static IEnumerable<Act> Usage(ProcessContext process)
    {
        yield return Act.Run(process.Write(2, System.Text.Encoding.UTF8.GetBytes(
            "usage: labtrace-workload calls|ioctls|functions|nested|connects|children|spin|pace|pci|fences|nvlink|ptp N [M]\n")));
        process.ExitCode = 2;
    }

    private static IEnumerable<Act> Each(int count, Func<int, IEnumerable<Act>> acts)
    {
        for (var i = 0; i < count; i++)
        {
            yield return Act.Run(acts(i));
        }
    }

    private static IEnumerable<Act> Calls(ProcessContext process, int n)
    {
        for (var i = 0; i < n; i++)
        {
            yield return Act.Run(process.Call(GetPpid, process.Task.Parent?.Pid ?? 1));
            yield return Act.Run(process.CallWithTexts(OpenAt, ["/nonexistent/labtrace"], NoSuchFile, AtCwd, Buffer, 0x80000));
            yield return Act.Run(process.Call(Close, BadDescriptor, 0xffffffff));
        }

        yield return Act.Run(process.Sleep(TimeSpan.FromMilliseconds(20)));
        yield return Act.Run(process.CallWithTexts(Rename, ["/nonexistent/from", "/nonexistent/to"], NoSuchFile, Buffer, Buffer + 64));
        yield return Act.Run(process.CallWithTexts(OpenAt, ["/dev/null"], 3, AtCwd, Buffer, 0x441, 0x1a0));
        yield return Act.Run(process.Call(MProtect, 0, 0, 0, 3));
    }

    private static IEnumerable<Act> Ioctls(ProcessContext process, int n)
    {
        yield return Act.Run(process.CallWithTexts(OpenAt, ["/dev/null"], 3, AtCwd, Buffer, 2));
        for (var i = 0; i < n; i++)
        {
            yield return Act.Run(process.Call(Ioctl, NoTty, 3, DrmVersion, Buffer));
            yield return Act.Run(process.Call(Ioctl, NoTty, 3, DrmGemClose, Buffer));
            yield return Act.Run(process.Call(Ioctl, NoTty, 3, 0x5413, Buffer));
        }
    }

    private static IEnumerable<Act> Nested(ProcessContext process, int depth) =>
        process.CallOwn("labtrace_nested", depth > 1 ? Nested(process, depth - 1) : null, depth, depth);

    private static IEnumerable<Act> ChildrenOf(ProcessContext process, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var cpu = process.Machine.Scheduler.CpuOf(process.Task);
            var child = process.Machine.Fork(process.Task, cpu, task => Child(process.For(task)));
            process.Children.Add(child);
            yield return Act.Run(process.Call(61, () => child.Pid, child.Pid, 0, 0, 0));
            while (!child.HasEnded)
            {
                yield return Act.Compute(process.About(20_000));
            }
        }

        yield return Act.Run(process.Call(GetPpid, process.Task.Parent?.Pid ?? 1));
    }

    private static IEnumerable<Act> Child(ProcessContext process)
    {
        yield return Act.Run(Each(3, _ => process.Call(GetPpid, process.Task.Parent?.Pid ?? 1)));
        process.Machine.TellSyscallEnter(process.Task, 231, 0);
        yield return Act.Exit;
    }

    private static IEnumerable<Act> ConnectRefused(ProcessContext process, int port)
    {
        yield return Act.Run(process.Call(Socket, 3, 2, 1, 0));
        yield return Act.Run(process.Call(
            Connect,
            () =>
            {
                process.Machine.Bpf.Drop(process.Task, new TcpDrop(
                    NoSocket, 40000 + (process.Machine.Random.Next(20000)), port, 0x02, 0, 40, ["tcp_v4_rcv", "ip_local_deliver", "do_syscall_64", "entry_SYSCALL_64_after_hwframe"]));
                return Refused;
            },
            3,
            Buffer,
            16));
        yield return Act.Run(process.Call(Close, 0, 3));
    }

    /// <summary>Reads the vendor of a Time Card and its command register, and writes the latter back.</summary>
    private static IEnumerable<Act> PciAccesses(ProcessContext process, int i)
    {
        PciAccess[] accesses = [new(2, 6, 0, 0, 0x04001d9b), new(1, 6, 0, 4, 0x0406), new(4, 6, 0, 4, 0x0406), new(0, 6, 1, 0x3c, (uint)(i & 0xff))];
        foreach (var access in accesses)
        {
            process.Machine.Bpf.Pci(process.Task, access, null);
            yield return Act.Compute(process.About(1_800));

            // The second function is not there: the bus answers with ones.
            var isThere = access.Devfn == 0;
            process.Machine.Bpf.Pci(process.Task, isThere ? access : access with { Value = 0xff }, isThere ? 0 : 0x86);
            yield return Act.Compute(process.About(600));
        }
    }

    private static IEnumerable<Act> Fences(ProcessContext process, int i)
    {
        var fence = new DmaFence(0x1234, i + 1, "amdgpu", "gfx_0.0.0");
        foreach (var (event_, then) in ((int, long)[])[(0, 900), (6, 2_000), (2, 500), (4, 250_000), (3, 300), (5, 400), (1, 100)])
        {
            process.Machine.Bpf.Fence(process.Task, fence, event_);
            yield return Act.Compute(process.About(then));
        }
    }

    private static IEnumerable<Act> Copies(ProcessContext process, int i)
    {
        NvlinkCopy[] copies = [new(0, 0x100000, 0x200000, 11), new(1, 0x100000, 0x200000, 4096L * (i + 1)), new(2, 0x100000, 0, 64)];
        foreach (var copy in copies)
        {
            process.Machine.Bpf.Copy(process.Task, copy, null);
            yield return Act.Compute(process.About(500 + (copy.Size / 8)));
            process.Machine.Bpf.Copy(process.Task, copy, copy.To);
        }
    }

    /// <summary>Reads the first PTP clock and adjusts it by nothing.</summary>
    private static IEnumerable<Act> Ptp(ProcessContext process)
    {
        const string device = "/dev/ptp0";
        const int getTime = 228;
        const int adjustTime = 305;
        const int fd = 3;
        const long clockOfFd = (~(long)fd << 3) | 3;
        if (process.Machine.Tree.Find(device) is not CharacterDevice clock)
        {
            process.ExitCode = 1;
            yield return Act.Run(process.Write(2, System.Text.Encoding.UTF8.GetBytes($"{Name}: {device}: No such file or directory\n")));
            yield break;
        }

        ICharacterFile file = null!;
        yield return Act.Run(process.Call(OpenAt, () => { file = clock.OpenDevice(canWrite: true); return fd; }, AtCwd, 0x402010, 2));
        yield return Act.Run(process.Call(getTime, () => { _ = file.GetTime(); return 0; }, clockOfFd, 0x7ffc5a79c0a0));
        yield return Act.Run(process.Call(adjustTime, () => { file.Adjust(ByNothing()); return 0; }, clockOfFd, 0x7ffc5a79c0b0));
        yield return Act.Run(process.Call(Close, () => { file.Close(); return 0; }, fd));

        static byte[] ByNothing()
        {
            const uint setOffset = 0x100;
            var timex = new byte[208];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(timex, setOffset);
            return timex;
        }
    }
}
