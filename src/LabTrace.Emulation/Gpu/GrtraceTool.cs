using LabTrace.Devices;
using LabTrace.Emulation.Files;
using LabTrace.Emulation.Grtrace;
using LabTrace.Emulation.Kernel;
using LabTrace.Emulation.Programs;

namespace LabTrace.Emulation.Gpu;

/// <summary>grtrace's own tool: start, stop, status, and record, which copies the relay buffers into a file until it is ended.</summary>
internal static class GrtraceTool
{
    private const string Directory = Mounts.DebugfsPath + "/grtrace/";
    private const int ReadCall = 0;
    private const int WriteCall = 1;
    private const long PauseNs = 20_000_000;
    private const int BufferBytes = 1 << 17;

    public static IEnumerable<Act> Main(ProcessContext process) => (process.Arguments.Count > 0 ? process.Arguments[0] : "") switch
    {
        "--version" => process.Print($"grtrace {GrtraceDevice.Version}\n"),
        "start" or "stop" => Control(process, process.Arguments[0]),
        "status" => Status(process),
        "record" => Record(process),
        var other => Fail(process, $"{other}: one of start, stop, status, record"),
    };

    private static IEnumerable<Act> Control(ProcessContext process, string word)
    {
        OpenFile? file = null;
        var refused = Errno.None;
        yield return Act.Run(process.Open(Directory + "control", OpenFlags.Write, create: false, (opened, errno) => (file, refused) = (opened, errno)));
        if (file is null)
        {
            yield return Act.Run(Fail(process, $"{Directory}control: {refused.Text()}"));
            yield break;
        }

        using (file)
        {
            yield return Act.Run(process.Call(WriteCall, () => file.Write(System.Text.Encoding.ASCII.GetBytes(word)), 3, 0x7f3a10004c00, word.Length));
        }
    }

    private static IEnumerable<Act> Status(ProcessContext process) =>
        process.Machine.Grtrace is { } core ? process.Print($"enabled: {(core.IsEnabled ? 1 : 0)}\nwritten: {core.Stats.Written}\n") : Fail(process, $"{Directory}: No such file or directory");

    private static IEnumerable<Act> Record(ProcessContext process)
    {
        var at = process.Arguments.ToList().IndexOf("-o");
        if (at < 0 || at + 1 >= process.Arguments.Count || process.Machine.Grtrace is not { } core)
        {
            yield return Act.Run(Fail(process, at < 0 ? "record: -o FILE is missing" : $"{Directory}: No such file or directory"));
            yield break;
        }

        OpenFile? output = null;
        yield return Act.Run(process.Open(process.Arguments[at + 1], OpenFlags.Write | OpenFlags.Truncate, create: true, (opened, _) => output = opened));
        using var relays = new Relays(process.Machine, core);
        var buffer = new byte[BufferBytes];
        process.Task.CaughtSignals.UnionWith([(int)TargetSignal.Interrupt, (int)TargetSignal.Terminate]);
        while (true)
        {
            var isLast = process.Task.Caught != 0;
            yield return Act.Run(process.Call(ReadCall, () => relays.Copy(output!, buffer), 3, 0x7f07300a0000, buffer.Length));
            if (isLast)
            {
                yield break;
            }

            yield return Act.Block(TaskState.Sleeping, process.Machine.Time.NowNs + PauseNs);
        }
    }

    private static IEnumerable<Act> Fail(ProcessContext process, string message)
    {
        yield return Act.Run(process.Complain(message));
        process.ExitCode = 1;
    }

    private sealed class Relays : IDisposable
    {
        private readonly List<OpenFile> _files;

        public Relays(Machine machine, GrtraceCore core) =>
            _files = [.. Enumerable.Range(0, core.Cpus).Select(c => machine.Tree.Open($"{Directory}{core.EventFileName}{c}", OpenFlags.Read))];

        public long Copy(OpenFile to, byte[] buffer)
        {
            var copied = 0L;
            foreach (var file in _files)
            {
                while (file.Read(buffer) is > 0 and var count)
                {
                    _ = to.Write(buffer.AsSpan(0, count));
                    copied += count;
                }
            }

            return copied;
        }

        public void Dispose() => _files.ForEach(f => f.Dispose());
    }
}
