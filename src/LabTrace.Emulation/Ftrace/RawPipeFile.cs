using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <summary><c>trace_pipe_raw</c>: whole ring-buffer pages of one cpu, consumed.</summary>
internal sealed class RawPipeFile(TraceInstance instance, int cpu, int mode) : FileNode(mode)
{
    public override OpenFile Open(OpenFlags flags) => new Opened(instance, cpu);

    private sealed class Opened : OpenFile
    {
        private readonly TraceInstance _instance;
        private readonly int _cpu;
        private byte[] _rest = [];

        public Opened(TraceInstance instance, int cpu)
        {
            _instance = instance;
            _cpu = cpu;
            _instance.AddUsers(1);
        }

        public override bool IsReadable => _rest.Length > 0 || !_instance.Buffer(_cpu).IsEmpty;

        public override int Read(Span<byte> buffer)
        {
            if (_rest.Length == 0)
            {
                _rest = _instance.Buffer(_cpu).TakeRawPage() ?? [];
            }

            var count = Math.Min(_rest.Length, buffer.Length);
            _rest.AsSpan(0, count).CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        protected override void Close() => _instance.AddUsers(-1);
    }
}
