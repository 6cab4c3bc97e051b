using System.Security.Cryptography;
using System.Text;
using LabTrace.Gherkin;

namespace LabTrace.Scenarios;

/// <summary>Ids of scenarios that stay the same from run to run.</summary>
internal static class ScenarioIds
{
    private const int Bytes = 8;

    /// <param name="pickle">The scenario.</param>
    /// <param name="ofFile">All scenarios of its file, in order.</param>
    public static string Of(Pickle pickle, IEnumerable<Pickle> ofFile)
    {
        var before = ofFile.TakeWhile(other => !ReferenceEquals(other, pickle)).Count(other => other.Name == pickle.Name);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{pickle.Uri}\n{pickle.Name}\n{before}"), hash);
        return Convert.ToHexStringLower(hash[..Bytes]);
    }
}
