using System.Globalization;
using System.Text;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Kernel;

/// <summary><c>/dev/kmsg</c>, the taint flags, and lkdtm, with which a kernel is made to complain on purpose.</summary>
/// <remarks>Documentation/ABI/testing/dev-kmsg; drivers/misc/lkdtm, as Linux 6.18 prints it.</remarks>
internal sealed class KernelLogDevice : IEmulatedDevice
{
    private const int Warning = 4;
    private const int Info = 6;
    private const ulong TaintWarn = 1UL << 9;
    private static readonly string[] CrashTypes = ["WARNING", "WARNING_MESSAGE"];

    public void Attach(Machine machine)
    {
        var log = machine.Log;
        log.Print(Info, $"Linux version {KernelIdentityTexts.Release} (labtrace@emulated) {KernelIdentityTexts.Version}");
        log.Print(Info, "Command line: console=ttyS0 root=/dev/vda rw");
        log.Print(Info, "lkdtm: No crash points registered, enable through debugfs");
        machine.Tree.Put("/dev/kmsg", new KmsgFile(log));
        machine.Tree.Put("/sys/kernel/debug/provoke-crash/DIRECT", new AttributeFile(0x1A4)
        {
            Show = static () => "Available crash types:\n" + string.Concat(CrashTypes.Select(t => t + "\n")),
            Store = text => Provoke(machine, text.Trim()),
        });
    }

    private static void Provoke(Machine machine, string type)
    {
        if (!CrashTypes.Contains(type, StringComparer.Ordinal))
        {
            Refusal.Throw(Errno.EINVAL);
        }

        var log = machine.Log;
        var task = machine.Agent;
        var caller = string.Create(CultureInfo.InvariantCulture, $"T{task.Pid}");
        var tainted = log.Taint == 0 ? "Not tainted" : "Tainted: [W]=WARN";
        void Say(string line) => log.Print(Warning, line, caller);
        log.Print(Info, $"lkdtm: Performing direct entry {type}", caller);
        Say("------------[ cut here ]------------");
        if (type == "WARNING_MESSAGE")
        {
            Say("Warning message trigger count: 1");
        }

        Say(string.Create(CultureInfo.InvariantCulture, $"WARNING: CPU: {task.Cpu} PID: {task.Pid} at drivers/misc/lkdtm/bugs.c:{(type == "WARNING" ? 112 : 117)} lkdtm_{type}+0x12/0x20"));
        Say("Modules linked in:");
        Say(string.Create(CultureInfo.InvariantCulture, $"CPU: {task.Cpu} UID: 0 PID: {task.Pid} Comm: {task.Comm} {tainted} {KernelIdentityTexts.Release} #1 PREEMPT(voluntary)"));
        Say($"RIP: 0010:lkdtm_{type}+0x12/0x20");
        Say("Call Trace:");
        Say(" <TASK>");
        foreach (var frame in (string[])["lkdtm_do_action+0x1c/0x30", "direct_entry+0xd1/0x130", "full_proxy_write+0x58/0x90", "vfs_write+0xcf/0x450", "ksys_write+0x6b/0xe0", "do_syscall_64+0x84/0x800", "entry_SYSCALL_64_after_hwframe+0x76/0x7e"])
        {
            Say(" " + frame);
        }

        Say(" </TASK>");
        Say("---[ end trace 0000000000000000 ]---");
        log.Taint |= TaintWarn;
    }

    private sealed class KmsgFile(KernelLog log) : FileNode(0x1A4)
    {
        public override FileKind Kind => FileKind.Special;

        public override OpenFile Open(OpenFlags flags) => new Opened(log);
    }

    private sealed class Opened(KernelLog log) : OpenFile
    {
        private ulong _at = log.First;

        public override bool IsReadable => _at < log.Next;

        public override int Read(Span<byte> buffer)
        {
            if (_at < log.First)
            {
                // As the kernel does: told once, and the next read is of the oldest there is.
                _at = log.First;
                Refusal.Throw(Errno.EPIPE);
            }

            if (log.Find(_at) is not { } record)
            {
                return 0;
            }

            var bytes = Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{record.Priority},{record.Sequence},{record.Microseconds},-{(record.Caller.Length > 0 ? ",caller=" + record.Caller : "")};{record.Text}\n"));
            if (bytes.Length > buffer.Length)
            {
                Refusal.Throw(Errno.EINVAL);
            }

            bytes.CopyTo(buffer);
            _at++;
            return bytes.Length;
        }

        public override int Write(ReadOnlySpan<byte> content)
        {
            log.Write(Encoding.UTF8.GetString(content));
            return content.Length;
        }
    }
}
