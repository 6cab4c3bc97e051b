using System.Globalization;
using System.Text;
using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Kernel;

namespace LabTrace.Emulation.Programs;

/// <summary>What an administrator uses: mount, umount, dmesg, tee, and setpriv to act as somebody else.</summary>
internal static class AdministratorPrograms
{
    private const int MountCall = 165;
    private const int UnmountCall = 166;

    public static IEnumerable<EmulatedProgram> All =>
    [
        new("mount", Mount),
        new("umount", Unmount),
        new("dmesg", Dmesg),
        new("tee", Tee),
        new("setpriv", SetPrivileges),
    ];

    private static IEnumerable<Act> Mount(ProcessContext process)
    {
        if (process.Arguments.Count == 0)
        {
            yield return Act.Run(process.Print(string.Concat(process.Machine.Mounts.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l.Split(' ')).Select(f => $"{f[0]} on {f[1]} type {f[2]} ({f[3]})\n"))));
            yield break;
        }

        var at = process.Arguments.ToList().IndexOf("-t");
        var (type, path) = (process.Arguments.ElementAtOrDefault(at + 1) ?? "", process.Arguments[^1]);
        var errno = Errno.None;
        yield return Act.Run(process.Call(MountCall, () => Try(() => process.Machine.Mounts.Mount(type, path), e => errno = e), 0, 0, 0));
        yield return Act.Run(Ended(process, errno, errno switch
        {
            Errno.ENODEV => $"{path}: unknown filesystem type '{type}'.",
            Errno.ENOENT => $"{path}: mount point does not exist.",
            Errno.EBUSY => $"{path}: {type} already mounted on {path}.",
            _ => $"{path}: {errno.Text()}.",
        }));
    }

    private static IEnumerable<Act> Unmount(ProcessContext process)
    {
        var path = process.Arguments.Count > 0 ? process.Arguments[^1] : "";
        var errno = Errno.None;
        yield return Act.Run(process.Call(UnmountCall, () => Try(() => process.Machine.Mounts.Unmount(path), e => errno = e), 0, 0));
        yield return Act.Run(Ended(process, errno, errno == Errno.EINVAL ? $"{path}: not mounted." : $"{path}: target is busy."));
    }

    private static IEnumerable<Act> Dmesg(ProcessContext process)
    {
        var log = process.Machine.Log;
        var text = new StringBuilder();
        for (var at = log.First; log.Find(at) is { } record; at++)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"[{record.Microseconds / 1_000_000,5}.{record.Microseconds % 1_000_000:D6}] {record.Text}\n");
        }

        return process.Print(text.ToString());
    }

    private static IEnumerable<Act> Tee(ProcessContext process)
    {
        var content = new List<byte>();
        while (process.TakeInput(1 << 16) is { Length: > 0 } taken)
        {
            content.AddRange(taken);
        }

        var bytes = content.ToArray();
        foreach (var name in process.Arguments.Where(a => !a.StartsWith('-')))
        {
            OpenFile? file = null;
            var errno = Errno.None;
            var flags = OpenFlags.Write | (process.Arguments.Contains("-a") ? OpenFlags.Append : OpenFlags.Truncate);
            yield return Act.Run(process.Open(name, flags, create: true, (opened, refused) => (file, errno) = (opened, refused)));
            if (file is not null)
            {
                yield return Act.Run(process.Call(1, () => Try(() => file.Write(bytes), e => errno = e), 3, 0x7f3a10004c00, bytes.Length));
                file.Dispose();
            }

            if (errno != Errno.None)
            {
                yield return Act.Run(process.Complain($"{name}: {errno.Text()}"));
                process.ExitCode = 1;
            }
        }

        yield return Act.Run(process.Write(1, bytes));
    }

    private static IEnumerable<Act> SetPrivileges(ProcessContext process)
    {
        var options = process.Arguments.TakeWhile(a => a.StartsWith('-')).ToList();
        if (options.Find(o => o.StartsWith("--reuid=", StringComparison.Ordinal)) is { } option && int.TryParse(option["--reuid=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var uid))
        {
            process.Task.Uid = uid;
        }

        return ProgramCatalog.Become(process, options.Count);
    }

    private static long Try(Action action, Action<Errno> refused)
    {
        try
        {
            action();
            return 0;
        }
        catch (Refusal refusal)
        {
            refused(refusal.Errno);
            return -(long)refusal.Errno;
        }
    }

    private static IEnumerable<Act> Ended(ProcessContext process, Errno errno, string message)
    {
        if (errno != Errno.None)
        {
            yield return Act.Run(process.Complain(message));
            process.ExitCode = 32; // MOUNT_FAIL of util-linux
        }
    }
}
