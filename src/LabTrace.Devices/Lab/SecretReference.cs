using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LabTrace.Devices;

/// <summary>
/// A secret as lab configuration names it: <c>${env:NAME}</c> or <c>${file:PATH}</c>. The value itself stands in no
/// configuration, and is read when it is needed.
/// </summary>
public sealed record SecretReference
{
    private readonly string _kind;
    private readonly string _name;

    private SecretReference(string kind, string name) => (_kind, _name) = (kind, name);

    /// <summary>Recognises a reference.</summary>
    /// <param name="text">The whole value of a setting.</param>
    /// <param name="reference">The reference, when it is one.</param>
    /// <returns>False when the text is not of the form <c>${kind:name}</c>.</returns>
    /// <exception cref="LabConfigException">It has the form, and a kind that does not exist or no name.</exception>
    public static bool TryParse(string text, [NotNullWhen(true)] out SecretReference? reference)
    {
        reference = null;
        if (!text.StartsWith("${", StringComparison.Ordinal) || !text.EndsWith('}'))
        {
            return false;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (kind, name) = colon < 0 ? (text[2..^1], "") : (text[2..colon], text[(colon + 1)..^1]);
        if (kind is not ("env" or "file") || name.Length == 0)
        {
            throw new LabConfigException($"'{text}' is no reference to a secret", "write ${env:NAME} or ${file:PATH}");
        }

        reference = new SecretReference(kind, name);
        return true;
    }

    /// <summary>Replaces a reference by its secret; other text stays as it is.</summary>
    /// <exception cref="LabConfigException">The variable is not set, the file cannot be read, or the reference is malformed.</exception>
    public static string Expand(string text) => TryParse(text, out var reference) ? reference.Resolve() : text;

    /// <summary>Reads the secret: the variable's value, or the file's text without its last newline. No report will show it.</summary>
    /// <exception cref="LabConfigException">The variable is not set, or the file cannot be read.</exception>
    public string Resolve()
    {
        var secret = Read();
        SecretRedactor.Process.Add(secret);
        return secret;
    }

    private string Read()
    {
        if (string.Equals(_kind, "env", StringComparison.Ordinal))
        {
            return Environment.GetEnvironmentVariable(_name)
                ?? throw new LabConfigException($"the secret {this} is not set", $"export {_name} before the run");
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        var path = _name.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, _name[2..]) : Path.GetFullPath(_name);
        var errno = LocalFiles.Read(path, out var content);
        return errno == Errno.None
            ? Encoding.UTF8.GetString(content).TrimEnd('\n', '\r')
            : throw new LabConfigException($"the secret {this} cannot be read: {errno.Name()} ({errno.Text()})", $"put it into {path}");
    }

    /// <summary>The reference, never the secret.</summary>
    public override string ToString() => $"${{{_kind}:{_name}}}";
}
