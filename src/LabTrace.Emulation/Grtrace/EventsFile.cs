using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Grtrace;

/// <summary>A relay file: what is read is gone, a read never waits, poll tells only of finished sub-buffers.</summary>
/// <param name="core">Whose buffers.</param>
/// <param name="cpu">Of which cpu; null for all, one behind the other.</param>
internal sealed class EventsFile(GrtraceCore core, int? cpu) : FileNode(0x100)
{
    public override OpenFile Open(OpenFlags flags)
    {
        core.Faults.Check(core.EventFileName);
        return new Opened(core, cpu);
    }

    private sealed class Opened(GrtraceCore core, int? cpu) : OpenFile
    {
        public override bool IsReadable => Cpus.Any(c => core.Relay(c).IsReadable);

        public override bool IsReadWaiting => false;

        private IEnumerable<int> Cpus => cpu is { } one ? [one] : Enumerable.Range(0, core.Cpus);

        public override int Read(Span<byte> buffer)
        {
            core.Faults.Check(core.EventFileName);
            var read = 0;
            foreach (var at in Cpus)
            {
                read += core.Relay(at).Read(buffer[read..]);
            }

            return read;
        }
    }
}
