using System.Globalization;
using System.Text;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Kernel;

/// <summary><c>/dev/kmsg</c>, the taint flags, and lkdtm, with which a kernel is made to complain on purpose.</summary>
/// <remarks>Documentation/ABI/testing/dev-kmsg; drivers/misc/lkdtm, as Linux 6.18 prints it.</remarks>
internal sealed class KernelLogDevice : IEmulatedDevice
{
    private const int Info = 6;

    public void Attach(Machine machine)
    {
        var log = machine.Log;
        log.Print(Info, $"Linux version {KernelIdentityTexts.Release} (labtrace@emulated) {KernelIdentityTexts.Version}");
        log.Print(Info, "Command line: console=ttyS0 root=/dev/vda rw");
        log.Print(Info, "lkdtm: No crash points registered, enable through debugfs");
        machine.Tree.Put("/dev/kmsg", new KmsgFile(log));
        machine.Tree.Put("/sys/kernel/debug/provoke-crash/DIRECT", new AttributeFile(0x1A4)
        {
            Show = static () => "Available crash types:\n" + string.Concat(KernelCrash.OfLkdtm.Select(static c => c.Name + "\n")),
            Store = text => Provoke(machine, text.Trim()),
        });
        machine.ProcFiles["sysrq-trigger"] = new AttributeFile(0x80) { Store = text => PressSysRq(machine, text.Trim()) };
    }

    // The one that does harm to nobody who is not there; the others say themselves what there is.
    private static void PressSysRq(Machine machine, string key)
    {
        if (key == KernelCrash.OutOfMemory.Name)
        {
            Print(machine, KernelCrash.OutOfMemory);
        }
        else
        {
            machine.Log.Print(Info, "sysrq: HELP : memory-full-oom-kill(f)");
        }
    }

    private static void Provoke(Machine machine, string type)
    {
        var crash = KernelCrash.OfLkdtm.FirstOrDefault(c => c.Name == type);
        if (crash is null)
        {
            Refusal.Throw(Errno.EINVAL);
        }

        machine.Log.Print(Info, $"lkdtm: Performing direct entry {type}", CallerOf(machine.Agent));
        Print(machine, crash);
    }

    private static void Print(Machine machine, KernelCrash crash)
    {
        var log = machine.Log;
        foreach (var line in crash.Lines(machine.Agent, log.Taint == 0 ? "Not tainted" : "Tainted: [W]=WARN"))
        {
            log.Print(crash.Level, line, CallerOf(machine.Agent));
        }

        log.Taint |= crash.Taint;
    }

    private static string CallerOf(KernelTask task) => string.Create(CultureInfo.InvariantCulture, $"T{task.Pid}");

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
