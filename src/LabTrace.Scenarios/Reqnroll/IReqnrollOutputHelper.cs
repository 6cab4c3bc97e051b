using System.Diagnostics.CodeAnalysis;

namespace Reqnroll;

/// <summary>Writes into the report of the scenario that runs.</summary>
public interface IReqnrollOutputHelper
{
    /// <summary>Writes a line.</summary>
    void WriteLine(string message);

    /// <summary>Writes a formatted line.</summary>
    void WriteLine([StringSyntax(StringSyntaxAttribute.CompositeFormat)] string format, params object[] args);

    /// <summary>Attaches a file: small text and images with their content, all else by link.</summary>
    void AddAttachment(string filePath);
}
