using System.Security.Cryptography;
using System.Text;
using LabTrace.Gherkin;

namespace LabTrace.Scenarios;

/// <summary>Ids of scenarios that stay the same from run to run.</summary>
public static class ScenarioIds
{
    private const int Bytes = 8;

    /// <summary>The id of a scenario: 16 hexadecimal digits.</summary>
    /// <param name="uri">Its feature file.</param>
    /// <param name="name">Its name.</param>
    /// <param name="before">How many scenarios of that name stand before it in the file.</param>
    public static string Of(string uri, string name, int before)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{uri}\n{name}\n{before}"), hash);
        return Convert.ToHexStringLower(hash[..Bytes]);
    }

    /// <param name="pickle">The scenario.</param>
    /// <param name="ofFile">All scenarios of its file, in order.</param>
    internal static string Of(Pickle pickle, IEnumerable<Pickle> ofFile) =>
        Of(pickle.Uri, pickle.Name, ofFile.TakeWhile(other => !ReferenceEquals(other, pickle)).Count(other => other.Name == pickle.Name));
}
