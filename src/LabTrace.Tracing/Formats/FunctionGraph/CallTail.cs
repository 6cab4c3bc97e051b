namespace LabTrace.Tracing;

/// <summary>The comment behind a call or a return: <c>/* vfs_open &lt;-do_open ret=0x0 */</c>, each part optional; before Linux 6.14 <c>= 0x0</c>.</summary>
internal ref struct CallTail
{
    public ReadOnlySpan<byte> Function;
    public ReadOnlySpan<byte> Parent;
    public ReadOnlySpan<byte> ReturnValue;

    public static CallTail Parse(ReadOnlySpan<byte> text)
    {
        var tail = default(CallTail);
        var open = text.IndexOf("/*"u8);
        var close = text.LastIndexOf("*/"u8);
        if (open < 0 || close < open + 2)
        {
            return tail;
        }

        var left = text[(open + 2)..close].Trim((byte)' ');
        if (left.LastIndexOf("ret="u8) is var ret and >= 0 && (ret == 0 || left[ret - 1] == ' '))
        {
            tail.ReturnValue = left[(ret + 4)..];
            left = left[..ret].TrimEnd((byte)' ');
        }
        else if (left.LastIndexOf("= "u8) is var equals and >= 0)
        {
            tail.ReturnValue = left[(equals + 2)..];
            left = left[..equals].TrimEnd((byte)' ');
        }

        if (left.IndexOf("<-"u8) is var arrow and >= 0)
        {
            tail.Parent = left[(arrow + 2)..].TrimStart((byte)' ');
            left = left[..arrow].TrimEnd((byte)' ');
        }

        tail.Function = left;
        return tail;
    }
}
