using System.Text;

namespace LabTrace.Devices.Shell;

/// <summary>A frame of a shell that serves a target.</summary>
/// <param name="Kind">A letter of <see cref="ShellScript"/>.</param>
/// <param name="Value">A pid, an exit code, or the length of what it carries.</param>
/// <param name="Content">What it carries.</param>
internal readonly record struct ShellFrame(char Kind, long Value, byte[] Content)
{
    /// <summary>What it carries, as text.</summary>
    public string Text => Encoding.UTF8.GetString(Content);
}
