using System.Globalization;

namespace LabTrace.Devices.Vm;

/// <summary>
/// Which files of the kernel's own source a directory's modules are built from, and which of their lines are changed: the file
/// <c>kernel-source</c> beside a Kbuild. So a module that the kernel's vendor does not build is built, and its source is no part of
/// anybody's repository.
/// </summary>
/// <remarks>
/// One path a line, from the root of the source. Below it, indented, <c>- LINE</c> names a line of that file without its
/// indentation, and <c>+ LINE</c> behind it is what stands in its place. Empty lines and those that begin with # say nothing.
/// </remarks>
internal sealed class KernelSourceList
{
    /// <summary>The file's name.</summary>
    public const string FileName = "kernel-source";

    private readonly string _file;

    private KernelSourceList(string file, IReadOnlyList<KernelSourceFile> files) => (_file, Files) = (file, files);

    /// <summary>The files, in the order they are named.</summary>
    public IReadOnlyList<KernelSourceFile> Files { get; }

    /// <summary>Reads the list of a directory.</summary>
    /// <returns>The list; null when the directory has none, as modules of our own do not.</returns>
    /// <exception cref="LabConfigException">It cannot be understood; the message names the line.</exception>
    public static async Task<KernelSourceList?> FindAsync(string directory, CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, FileName);
        return File.Exists(file) ? Parse(file, await File.ReadAllLinesAsync(file, cancellationToken)) : null;
    }

    /// <summary>Reads a list.</summary>
    /// <param name="file">Its path, for messages.</param>
    /// <param name="lines">Its text.</param>
    /// <exception cref="LabConfigException">It cannot be understood; the message names the line.</exception>
    public static KernelSourceList Parse(string file, IReadOnlyList<string> lines)
    {
        var files = new List<KernelSourceFile>();
        var changes = new List<KernelSourceChange>();
        (string Text, int Line)? removed = null;
        for (var number = 1; number <= lines.Count; number++)
        {
            var line = lines[number - 1];
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            if (!char.IsWhiteSpace(line[0]))
            {
                MustBeReplaced();
                files.Add(new KernelSourceFile(PathOf(text, number), changes = []));
            }
            else if (files.Count == 0)
            {
                throw Error(number, $"'{text}' is indented, and stands below no file");
            }
            else if (text.StartsWith("- ", StringComparison.Ordinal) && removed is null)
            {
                removed = (text[2..].Trim(), number);
            }
            else if (text.StartsWith("+ ", StringComparison.Ordinal) && removed is { } old)
            {
                changes.Add(new KernelSourceChange(old.Text, text[2..].Trim(), old.Line));
                removed = null;
            }
            else
            {
                throw Error(number, $"'{text}' is neither '- LINE' nor the '+ LINE' behind one");
            }
        }

        MustBeReplaced();
        return files.Count > 0 ? new KernelSourceList(file, files) : throw Error(Math.Max(1, lines.Count), "it names no file");

        string PathOf(string text, int number) =>
            !text.StartsWith('/') && text.Split('/').All(part => part is not ("" or "." or "..")) && !text.Any(char.IsWhiteSpace)
                ? text
                : throw Error(number, $"'{text}' is no path from the root of the kernel's source");

        void MustBeReplaced()
        {
            if (removed is { } open)
            {
                throw Error(open.Line, $"'- {open.Text}' has no '+ LINE' behind it");
            }
        }

        LabConfigException Error(int number, string what) => new(
            string.Create(CultureInfo.InvariantCulture, $"{file}:{number}: {what}"), "a path a line, and below it, indented, `- LINE` and `+ LINE`: see fixtures/kmod/gpio-sim");
    }

    /// <summary>Makes the changes of one file.</summary>
    /// <param name="place">The place, for messages.</param>
    /// <param name="file">One of <see cref="Files"/>.</param>
    /// <param name="text">The file as the kernel's source has it.</param>
    /// <param name="kernel">Whose source it is, for messages.</param>
    /// <returns>The file as it is built; indentation stays.</returns>
    /// <exception cref="LabConfigException">A line that is to be changed is not there, or more than once.</exception>
    public string Change(string place, KernelSourceFile file, string text, string kernel)
    {
        var lines = text.Split('\n');
        foreach (var change in file.Changes)
        {
            var at = Enumerable.Range(0, lines.Length).Where(i => lines[i].Trim() == change.From).ToList();
            if (at.Count != 1)
            {
                throw new LabConfigException(
                    string.Create(CultureInfo.InvariantCulture, $"place '{place}': '{change.From}' is to be one line of {file.Path}, and is {at.Count} lines of it in {kernel}"),
                    string.Create(CultureInfo.InvariantCulture, $"say in {_file}:{change.Line} what is changed in the source of this kernel"));
            }

            var line = lines[at[0]];
            lines[at[0]] = line[..(line.Length - line.TrimStart().Length)] + change.To;
        }

        return string.Join('\n', lines);
    }
}

/// <summary>A file of the kernel's source.</summary>
/// <param name="Path">From the root of the source, <c>drivers/gpio/gpio-sim.c</c>.</param>
/// <param name="Changes">What is changed in it.</param>
internal sealed record KernelSourceFile(string Path, IReadOnlyList<KernelSourceChange> Changes);

/// <summary>A line that is changed.</summary>
/// <param name="From">The line as it is, without indentation.</param>
/// <param name="To">What stands in its place.</param>
/// <param name="Line">Where the list says so, from 1.</param>
internal sealed record KernelSourceChange(string From, string To, int Line);
