using System.Text;
using LabTrace.Devices;

namespace LabTrace.Emulation.Files;

/// <summary>A kernel attribute: its text is made anew when a read starts, and one write is one store.</summary>
internal sealed class AttributeFile(int mode) : FileNode(mode)
{
    /// <summary>Makes the text; null when reading is refused with <see cref="ReadRefusal"/>.</summary>
    public Func<string>? Show { get; init; }

    /// <summary>Makes the bytes where text is not it.</summary>
    public Func<byte[]>? ShowBytes { get; init; }

    /// <summary>Takes what one write carries.</summary>
    public Action<string>? Store { get; init; }

    /// <summary>As <see cref="Store"/>, with a count of bytes taken: the kernel may take a part.</summary>
    public Func<byte[], int>? StoreBytes { get; private set; }

    /// <summary>What an open with O_TRUNC does beyond opening.</summary>
    public Action? Truncated { get; init; }

    /// <summary>A refusal of every open, such as EPERM of files the kernel is locked down for.</summary>
    public Errno OpenRefusal { get; init; }

    /// <summary>A refusal of opens for writing: EACCES of kernfs where nothing can be stored.</summary>
    public Errno WriteRefusal { get; init; }

    public Errno ReadRefusal { get; init; } = Errno.EINVAL;

    /// <summary>Counts opens in and out, for those whose removal is refused while they are open.</summary>
    public Action<int>? Users { get; init; }

    /// <summary>Sets <see cref="StoreBytes"/>.</summary>
    public AttributeFile With(Func<byte[], int> store)
    {
        StoreBytes = store;
        return this;
    }

    public override OpenFile Open(OpenFlags flags)
    {
        if (OpenRefusal != Errno.None)
        {
            Refusal.Throw(OpenRefusal);
        }

        if (WriteRefusal != Errno.None && flags.HasFlag(OpenFlags.Write))
        {
            Refusal.Throw(WriteRefusal);
        }

        if (flags.HasFlag(OpenFlags.Truncate))
        {
            Truncated?.Invoke();
        }

        return new Opened(this);
    }

    private sealed class Opened : OpenFile
    {
        private readonly AttributeFile _file;
        private byte[]? _text;
        private int _at;

        public Opened(AttributeFile file)
        {
            _file = file;
            _file.Users?.Invoke(1);
        }

        public override int Read(Span<byte> buffer)
        {
            if (_file.Show is null && _file.ShowBytes is null)
            {
                Refusal.Throw(_file.ReadRefusal);
            }

            _text ??= _file.ShowBytes?.Invoke() ?? Encoding.UTF8.GetBytes(_file.Show!());
            var count = Math.Min(_text.Length - _at, buffer.Length);
            _text.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        public override int Write(ReadOnlySpan<byte> content)
        {
            if (_file.StoreBytes is not null)
            {
                return _file.StoreBytes(content.ToArray());
            }

            if (_file.Store is null)
            {
                Refusal.Throw(Errno.EINVAL);
            }

            _file.Store(Encoding.UTF8.GetString(content));
            return content.Length;
        }

        protected override void Close() => _file.Users?.Invoke(-1);
    }
}
