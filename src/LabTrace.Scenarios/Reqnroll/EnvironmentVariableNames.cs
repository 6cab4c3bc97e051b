namespace Reqnroll;

/// <summary>Environment variables that step code looks at.</summary>
public static class EnvironmentVariableNames
{
    /// <summary>Set by the NCrunch runner.</summary>
    public const string NCrunch = "NCrunch";

    /// <summary>Asks for one scenario at a time.</summary>
    public const string ReqnrollDisableParallelExecution = "REQNROLL_DISABLE_PARALLEL";
}
