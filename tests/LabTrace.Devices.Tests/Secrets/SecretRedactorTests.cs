using System.Collections;
using System.Text;
using System.Text.RegularExpressions;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Secrets;

public sealed class SecretRedactorTests
{
    // Made up, and put together here so that no scanner takes this file for a leak.
    private static readonly string GitHub = "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a";
    private static readonly string GitLab = "glpat" + "-ABCDEFGH1234567890ab";
    private static readonly string Key = "-----BEGIN OPENSSH PRIVATE " + "KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\nBG5vbmUAAAAEbm9uZQ==\n-----END OPENSSH PRIVATE " + "KEY-----";

    private static readonly TestCaseData[] Secrets =
    [
        new("password=hunter2", "password=[redacted]"),
        new("db.password: hunter2, next", "db.password: [redacted], next"),
        new("PGPASSWORD=hunter2 psql", "PGPASSWORD=[redacted] psql"),
        new("""{"user":"a","password":"hunter 2","n":1}""", """{"user":"a","password":"[redacted]","n":1}"""),
        new("""body \"password\":\"hunter2\" sent""", """body \"password\":\"[redacted]\" sent"""),
        new("api_key = 'abcdef123'", "api_key = '[redacted]'"),
        new("curl --token abc123def https://x", "curl --token [redacted] https://x"),
        new("tool --bmc-password=hunter2 status", "tool --bmc-password=[redacted] status"),
        new("tool --password \"two words\" x", "tool --password \"[redacted]\" x"),
        new("sshpass -p hunter2 ssh root@bench", "sshpass -p [redacted] ssh root@bench"),
        new("curl -u admin:hunter2 http://bmc/", "curl -u admin:[redacted] http://bmc/"),
        new("clone https://bob:hunter2@git.example.com/x.git", "clone https://bob:[redacted]@git.example.com/x.git"),
        new("clone https://bob:p@ss@git.example.com/x.git", "clone https://bob:[redacted]@git.example.com/x.git"),
        new("GET /x?user=1&access_token=abc123def&y=2", "GET /x?user=1&access_token=[redacted]&y=2"),
        new("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]"),
        new("-H 'Authorization: Basic YWRtaW46aHVudGVyMg=='", "-H 'Authorization: Basic [redacted]'"),
        new("got bearer 0123456789abcdef back", "got bearer [redacted] back"),
        new("root:$6$saltsalt$abcdefghijklmnopqrstuvwxyz0123456789./:19000:0", "root:[redacted]:19000:0"),
        new($"pushed with {GitHub}.", "pushed with [redacted]."),
        new($"CI_JOB used {GitLab}", "CI_JOB used [redacted]"),
        new($"here:\n{Key}\nand on", "here:\n-----BEGIN OPENSSH PRIVATE " + "KEY-----[redacted]-----END OPENSSH PRIVATE " + "KEY-----\nand on"),
        new(Key[..70] + "\nthe log goes on", "-----BEGIN OPENSSH PRIVATE " + "KEY-----[redacted]\nthe log goes on"),
    ];

    private static readonly string[] NoSecrets =
    [
        "sleep-1204 [001] d..2. 1200.000812: sched_switch: prev_comm=sleep prev_pid=1204 prev_prio=120",
        "xhci_urb: ep0out-control: token=0xffff888104a3c000 len 64",
        "rxrpc_call: key=7 token=12345",
        "unexpected token: ')' at line 3",
        "expected a token: identifier",
        "the password was wrong",
        "password=${PASSWORD} and password: <hidden>",
        "see http://127.0.0.1:8080/ui/#lab/launches/all/17",
        "git@github.com:labtrace/labtrace.git and ssh://git@host/x",
        "public key: see docs",
        "primary key: id",
        "",
    ];

    [TestCaseSource(nameof(Secrets))]
    public void A_secret_is_known_by_its_looks(string text, string expected) => new SecretRedactor().Redact(text).Should().Be(expected);

    [TestCaseSource(nameof(NoSecrets))]
    public void What_is_none_stays(string text) => new SecretRedactor().Redact(text).Should().Be(text);

    [TestCase("s3cr3t/with+odd \"signs\"")]
    [TestCase("line one of it\nline two of it, longer")]
    public void A_secret_that_was_told_is_found_in_every_form(string secret)
    {
        var redactor = new SecretRedactor();
        redactor.Add(secret);

        string[] forms =
        [
            secret, Uri.EscapeDataString(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), System.Text.Json.JsonSerializer.Serialize(secret).Trim('"').Replace("\\u0022", "\\\"").Replace("\\u002B", "+"),
        ];
        foreach (var form in forms)
        {
            redactor.Redact($"a {form} z").Should().Be("a [redacted] z");
        }
    }

    [Test]
    public void A_short_number_is_no_secret_for_it_is_in_every_time()
    {
        var redactor = new SecretRedactor();
        redactor.Add("2222");

        redactor.Redact("1200.222212: x").Should().Be("1200.222212: x");
    }

    [Test]
    public void A_pattern_of_ones_own_is_replaced_whole_or_by_its_group()
    {
        var redactor = new SecretRedactor();
        redactor.Add(new Regex("LAB-[0-9a-f]{8}", RegexOptions.NonBacktracking));
        redactor.Add(new Regex("pin (?<secret>[0-9]{4})", RegexOptions.NonBacktracking));

        redactor.Redact("LAB-0123abcd has pin 1234 today").Should().Be("[redacted] has pin [redacted] today");
    }

    [Test]
    public void A_variable_is_secret_by_its_name()
    {
        var redactor = new SecretRedactor();
        redactor.AddEnvironment(new Hashtable { ["BMC_PASSWORD"] = "correct-horse", ["PATH"] = "/usr/bin:/bin", ["CI_JOB_TOKEN"] = "battery-staple", ["TOKEN_FILE"] = "/run/token-file" });

        redactor.Redact("correct-horse battery-staple /usr/bin:/bin /run/token-file").Should().Be("[redacted] [redacted] /usr/bin:/bin /run/token-file");
    }

    [TestCase("(?<=x)y", "is no regular expression for secrets")]
    [TestCase("[", "is no regular expression for secrets")]
    [TestCase("a*", "matches the empty text")]
    [TestCase("${env:LABTRACE_NOT_SET_ANYWHERE}", "is not set")]
    public void A_wrong_pattern_is_told(string text, string said)
    {
        var add = () => SecretPattern.Add(text, new SecretRedactor());

        add.Should().Throw<LabConfigException>().WithMessage($"*{said}*");
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property A_secret_never_survives_whatever_stands_around_it() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>(),
        ArbMap.Default.ArbFor<NonNull<string>>(),
        Gen.Elements("tok-9f8e7d6c5b", "ä-secret-ö", "x\"y\\z-secret", "two words secret").ToArbitrary(),
        (before, after, secret) =>
        {
            var redactor = new SecretRedactor();
            redactor.Add(secret);
            return !redactor.Redact(before.Get + secret + after.Get).Contains(secret, StringComparison.Ordinal);
        });

    [Test]
    public void Hostile_texts_are_searched_in_time_that_grows_with_their_length()
    {
        var redactor = new SecretRedactor();
        string[] hostile =
        [
            string.Concat(Enumerable.Repeat("-----BEGIN PRIVATE " + "KEY-----", 20_000)),
            string.Concat(Enumerable.Repeat("://a:", 100_000)),
            new string('-', 500_000) + "token",
            "bearer " + new string('a', 500_000),
            string.Concat(Enumerable.Repeat("password", 60_000)),
            "authorization" + new string(' ', 500_000),
        ];

        foreach (var text in hostile)
        {
            redactor.Redact(text).Should().NotContain("took too long");
        }
    }
}
