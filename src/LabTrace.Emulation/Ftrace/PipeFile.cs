using System.Globalization;
using System.Text;
using LabTrace.Devices;
using LabTrace.Emulation.Files;

namespace LabTrace.Emulation.Ftrace;

/// <summary><c>trace_pipe</c>: text that is consumed, of one cpu or of all; a reader waits for more.</summary>
internal sealed class PipeFile(TraceInstance instance, int? cpu, int mode) : FileNode(mode)
{
    public override OpenFile Open(OpenFlags flags)
    {
        if (flags.HasFlag(OpenFlags.Write))
        {
            return new Closed(instance);
        }

        if (!instance.TakePipe(cpu))
        {
            Refusal.Throw(Errno.EBUSY);
        }

        return new Opened(instance, cpu);
    }

    /// <summary>Opened to be written, which the write then refuses.</summary>
    private sealed class Closed : OpenFile
    {
        private readonly TraceInstance _instance;

        public Closed(TraceInstance instance)
        {
            _instance = instance;
            _instance.AddUsers(1);
        }

        protected override void Close() => _instance.AddUsers(-1);
    }

    private sealed class Opened : OpenFile
    {
        private readonly TraceInstance _instance;
        private readonly int? _cpu;
        private byte[] _rest = [];
        private bool _hasRead;
        private bool _isClosed;

        public Opened(TraceInstance instance, int? cpu)
        {
            _instance = instance;
            _cpu = cpu;
            _instance.AddUsers(1);
        }

        public override bool IsReadable => _rest.Length > 0 || HasRecords || (_hasRead && !_instance.IsTracingOn);

        private bool HasRecords => Cpus.Any(c => !_instance.Buffer(c).IsEmpty);

        private IEnumerable<int> Cpus => _cpu is { } one ? [one] : Enumerable.Range(0, _instance.Tracer.Cpus);

        public override int Read(Span<byte> buffer)
        {
            if (_rest.Length == 0)
            {
                _rest = Next(buffer.Length);
            }

            var count = Math.Min(_rest.Length, buffer.Length);
            _rest.AsSpan(0, count).CopyTo(buffer);
            _rest = _rest[count..];
            _hasRead |= count > 0;
            return count;
        }

        protected override void Close()
        {
            if (!_isClosed)
            {
                _isClosed = true;
                _instance.AddUsers(-1);
                _instance.ReturnPipe(_cpu);
            }
        }

        private byte[] Next(int room)
        {
            var text = new StringBuilder();
            var lines = new TraceText(_instance);
            while (text.Length < Math.Min(room, 4096 - 512) && TryOldest(out var cpu, out var time, out var record, out var lost))
            {
                if (lost > 0)
                {
                    _ = text.Append(CultureInfo.InvariantCulture, $"CPU:{cpu} [LOST {lost} EVENTS]\n");
                }

                lines.AppendRecord(text, cpu, time, record);
                _instance.Buffer(cpu).Skip();
            }

            return Encoding.UTF8.GetBytes(text.ToString());
        }

        private bool TryOldest(out int cpu, out ulong time, out ReadOnlyMemory<byte> record, out long lost)
        {
            (cpu, time, record, lost) = (-1, ulong.MaxValue, default, 0);
            foreach (var candidate in Cpus)
            {
                if (_instance.Buffer(candidate).TryPeek(out var at, out var bytes, out var missed) && at < time)
                {
                    (cpu, time, record, lost) = (candidate, at, bytes, missed);
                }
            }

            return cpu >= 0;
        }
    }
}
