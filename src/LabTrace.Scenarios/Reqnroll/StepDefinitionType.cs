namespace Reqnroll.Bindings;

/// <summary>The kind of a step.</summary>
public enum StepDefinitionType
{
    /// <summary>Given.</summary>
    Given,

    /// <summary>When.</summary>
    When,

    /// <summary>Then.</summary>
    Then,
}
