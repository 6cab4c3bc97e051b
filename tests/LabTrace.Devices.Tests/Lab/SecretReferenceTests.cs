using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Lab;

public sealed class SecretReferenceTests
{
    [Test]
    public void A_variable_gives_its_value()
    {
        SecretReference.Expand("${env:PATH}").Should().Be(Environment.GetEnvironmentVariable("PATH"));
    }

    [Test]
    public void A_file_gives_its_text_without_the_last_newline()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.At("token"), "s3cret\n");

        SecretReference.Expand($"${{file:{directory.At("token")}}}").Should().Be("s3cret");
    }

    [TestCase("plain")]
    [TestCase("$5")]
    [TestCase("")]
    public void Other_text_stays_as_it_is(string text)
    {
        SecretReference.Expand(text).Should().Be(text);
    }

    [Test]
    public void A_reference_shows_itself_and_never_the_secret()
    {
        SecretReference.TryParse("${env:PATH}", out var reference).Should().BeTrue();

        reference!.ToString().Should().Be("${env:PATH}");
    }

    [TestCase("${env:LABTRACE_NO_SUCH}", "the secret ${env:LABTRACE_NO_SUCH} is not set\n  try: export LABTRACE_NO_SUCH before the run")]
    [TestCase("${file:/no/such}", "the secret ${file:/no/such} cannot be read: ENOENT (No such file or directory)\n  try: put it into /no/such")]
    [TestCase("${vault:a}", "'${vault:a}' is no reference to a secret\n  try: write ${env:NAME} or ${file:PATH}")]
    [TestCase("${env:}", "'${env:}' is no reference to a secret\n  try: write ${env:NAME} or ${file:PATH}")]
    [TestCase("${TOKEN}", "'${TOKEN}' is no reference to a secret\n  try: write ${env:NAME} or ${file:PATH}")]
    public void A_reference_that_leads_nowhere_says_so(string text, string message)
    {
        var expand = () => SecretReference.Expand(text);

        expand.Should().Throw<LabConfigException>().WithMessage(message);
    }
}
