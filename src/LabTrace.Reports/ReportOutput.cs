using System.Text;

namespace LabTrace.Reports;

/// <summary>Where a report's text goes. An error names the report, the file and the reason.</summary>
/// <remarks>Synchronous: files and consoles are, and every start would pay for compiling the state machines.</remarks>
internal sealed class ReportOutput : IDisposable
{
    private readonly string _kind;
    private readonly string _place;
    private readonly TextWriter _writer;
    private readonly bool _isOurs;
    private bool _hasFailed;

    private ReportOutput(string kind, string place, TextWriter writer, bool isOurs)
    {
        _kind = kind;
        _place = place;
        _writer = writer;
        _isOurs = isOurs;
    }

    /// <summary>Writes to a writer that is somebody else's, standard output for example.</summary>
    public static ReportOutput To(string kind, TextWriter writer) => new(kind, "standard output", writer, isOurs: false);

    /// <summary>Writes to a file, made anew with its directory.</summary>
    /// <exception cref="ReportException">The file cannot be made.</exception>
    public static ReportOutput Create(string kind, string path)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } directory)
            {
                Directory.CreateDirectory(directory);
            }

            var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
            return new ReportOutput(kind, $"'{path}'", new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\n" }, isOurs: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Failure(kind, $"'{path}'", exception);
        }
    }

    /// <summary>Writes and flushes. After an error nothing more is written: it was told once.</summary>
    /// <exception cref="ReportException">It cannot be written.</exception>
    public void Write(string text)
    {
        if (_hasFailed)
        {
            return;
        }

        try
        {
            _writer.Write(text);
            _writer.Flush();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            _hasFailed = true;
            throw Failure(_kind, _place, exception);
        }
    }

    /// <exception cref="ReportException">What was left cannot be written.</exception>
    public void Dispose()
    {
        if (!_isOurs)
        {
            return;
        }

        try
        {
            _writer.Dispose();
        }
        catch (IOException exception)
        {
            if (!_hasFailed)
            {
                throw Failure(_kind, _place, exception);
            }
        }
    }

    private static ReportException Failure(string kind, string place, Exception exception) =>
        new(
            $"cannot write the report '{kind}' to {place}: {exception.Message}",
            "make room or choose another place, then make the report again from the run's message stream",
            exception);
}
