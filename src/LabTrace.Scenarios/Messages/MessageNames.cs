namespace LabTrace.Scenarios.Messages;

/// <summary>The spellings of enums in Cucumber Messages.</summary>
internal static class MessageNames
{
    public static string Of(TestStepResultStatus status) => status switch
    {
        TestStepResultStatus.Passed => "PASSED",
        TestStepResultStatus.Failed => "FAILED",
        TestStepResultStatus.Skipped => "SKIPPED",
        TestStepResultStatus.Pending => "PENDING",
        TestStepResultStatus.Undefined => "UNDEFINED",
        TestStepResultStatus.Ambiguous => "AMBIGUOUS",
        _ => "UNKNOWN",
    };

    public static string Of(StepDefinitionPatternType type) =>
        type == StepDefinitionPatternType.CucumberExpression ? "CUCUMBER_EXPRESSION" : "REGULAR_EXPRESSION";

    public static string Of(AttachmentContentEncoding encoding) => encoding == AttachmentContentEncoding.Base64 ? "BASE64" : "IDENTITY";

    public static string Of(HookMessageType type) => type switch
    {
        HookMessageType.BeforeTestRun => "BEFORE_TEST_RUN",
        HookMessageType.AfterTestRun => "AFTER_TEST_RUN",
        HookMessageType.BeforeTestCase => "BEFORE_TEST_CASE",
        HookMessageType.AfterTestCase => "AFTER_TEST_CASE",
        HookMessageType.BeforeTestStep => "BEFORE_TEST_STEP",
        _ => "AFTER_TEST_STEP",
    };
}
