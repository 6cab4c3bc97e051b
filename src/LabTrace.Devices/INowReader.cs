namespace LabTrace.Devices;

/// <summary>A stream of which each read is a record, and that can say that there is none now, without waiting for one.</summary>
internal interface INowReader
{
    /// <summary>Reads the records that are there now, as many as fit into one answer.</summary>
    /// <param name="longest">Bytes of the longest record.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>None when there is none now; a record without bytes at the end.</returns>
    /// <exception cref="TargetIOException">The first read was refused; behind a record, the next call says so.</exception>
    ValueTask<IReadOnlyList<byte[]>> ReadRecordsAsync(int longest, CancellationToken cancellationToken);
}
