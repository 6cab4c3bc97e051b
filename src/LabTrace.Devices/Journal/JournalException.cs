namespace LabTrace.Devices;

/// <summary>A change could not be recorded, and so was not made.</summary>
public sealed class JournalException : LabException
{
    /// <summary>Makes the error.</summary>
    /// <param name="path">The journal's file.</param>
    /// <param name="cause">What the file system said.</param>
    public JournalException(string path, Exception cause)
        : base(
            $"the journal {path} cannot be written: {cause.Message} The change was not made",
            "free space there, or set XDG_STATE_HOME to a directory that can be written",
            cause)
    {
    }
}
