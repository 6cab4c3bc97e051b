namespace Reqnroll.Assist;

/// <summary>How strict table helpers are.</summary>
public class InstanceCreationOptions
{
    /// <summary>Every column must have a member.</summary>
    public bool VerifyAllColumnsBound { get; set; }

    /// <summary>Kept for source compatibility: letter case is always ignored.</summary>
    public bool VerifyCaseInsensitive { get; set; }

    /// <summary>Every constructor parameter must have a column.</summary>
    public bool RequireTableToProvideAllConstructorParameters { get; set; }
}
