using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.TestKit;

public abstract partial class TargetContract
{
    private const int InterruptedExitCode = 130;
    private const int KilledExitCode = 137;

    [Test]
    public async Task A_program_ends_with_its_exit_code()
    {
        (await Target.RunAsync(new Command("true"), Token)).ExitCode.Should().Be(0);
        (await Target.RunAsync(new Command("false"), Token)).ExitCode.Should().Be(1);
    }

    [TestCase("plain")]
    [TestCase("two  blanks ")]
    [TestCase("it's \"quoted\" \\ and $HOME `id` * ; | & > <")]
    [TestCase("grüße 文 🕰")]
    [TestCase("a\nb\tc")]
    [TestCase("")]
    public async Task An_argument_reaches_the_program_as_it_is(string argument)
    {
        var result = await Target.RunAsync(new Command("echo", "-", argument), Token);

        result.OutputText.Should().Be($"- {argument}\n");
        result.ExitCode.Should().Be(0);
    }

    [Test]
    public async Task Standard_input_reaches_the_program_with_its_end()
    {
        var input = new byte[300_000];
        new Random(2).NextBytes(input);

        var result = await Target.RunAsync(new Command("cat") { StandardInput = input }, Token);

        result.StandardOutput.AsSpan().SequenceEqual(input).Should().BeTrue();
    }

    [Test]
    public async Task Without_input_a_program_sees_its_end_at_once()
    {
        var result = await Target.RunAsync(new Command("cat"), Token);

        (result.ExitCode, result.OutputText).Should().Be((0, ""));
    }

    [Test]
    public async Task What_a_program_complains_of_is_kept_apart()
    {
        var result = await Target.RunAsync(new Command("cat", At("missing")), Token);

        result.ExitCode.Should().Be(1);
        result.OutputText.Should().BeEmpty();
        result.ErrorText.Should().Contain("No such file or directory");
        result.Invoking(r => r.EnsureSuccess()).Should().Throw<CommandFailedException>().WithMessage(
            $"`cat {At("missing")}` on target '{Target.Name}' ended with exit code 1; it wrote:\n*No such file or directory");
    }

    [Test]
    public async Task A_program_sees_the_variables_it_is_given()
    {
        var command = new Command("printenv", "LABTRACE_TEST") { Environment = new Dictionary<string, string> { ["LABTRACE_TEST"] = "a b=c" } };

        var result = await Target.RunAsync(command, Token);

        result.OutputText.Should().Be("a b=c\n");
    }

    [Test]
    public async Task Output_beyond_the_limit_is_counted_and_let_go()
    {
        var command = new Command("echo", new string('x', 2000)) { OutputLimit = 1000 };

        var result = await Target.RunAsync(command, Token);

        (result.StandardOutput.Length, result.OutputDropped, result.ExitCode).Should().Be((1000, 1001, 0));
    }

    [Test]
    public async Task Streamed_output_is_paced_by_its_reader()
    {
        await using var process = await Target.StartAsync(new Command("yes"), Token);
        var buffer = new byte[1_000_000];

        await process.StandardOutput.ReadExactlyAsync(buffer, Token);

        buffer.AsSpan(0, 6).SequenceEqual("y\ny\ny\n"u8).Should().BeTrue();
        buffer.AsSpan().Count((byte)'y').Should().Be(500_000);
    }

    [Test]
    public async Task Streamed_output_ends_with_the_program_and_is_not_in_the_result()
    {
        await using var process = await Target.StartAsync(new Command("echo", "streamed"), Token);
        using var reader = new StreamReader(process.StandardOutput);

        var text = await reader.ReadToEndAsync(Token);
        var result = await process.WaitAsync(Token);

        text.Should().Be("streamed\n");
        (result.ExitCode, result.StandardOutput.Length).Should().Be((0, 0));
    }

    [Test]
    public async Task Time_passes_at_the_target_while_a_program_sleeps()
    {
        // The clock that nobody sets: the time of day may be stepped meanwhile.
        var before = Target.Time.GetTimestamp();

        var result = await Target.RunAsync(new Command("sleep", "0.05"), Token);

        var atLeast = TimeSpan.FromMilliseconds(50);
        result.Elapsed.Should().BeGreaterThanOrEqualTo(atLeast);
        Target.Time.GetElapsedTime(before).Should().BeGreaterThanOrEqualTo(atLeast);
    }

    [Test]
    public async Task A_timeout_interrupts_and_is_a_result()
    {
        var command = new Command("sleep", "30") { Timeout = TimeSpan.FromMilliseconds(50) };

        var result = await Target.RunAsync(command, Token);

        (result.TimedOut, result.ExitCode).Should().Be((true, InterruptedExitCode));
        result.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
        result.Invoking(r => r.EnsureSuccess()).Should().Throw<CommandFailedException>()
            .WithMessage($"`sleep 30` on target '{Target.Name}' did not end within 0.05 s");
    }

    [Test]
    public async Task What_ignores_the_interrupt_is_killed_after_the_grace()
    {
        var command = IgnoringInterrupt with { Timeout = TimeSpan.FromMilliseconds(500), KillGrace = TimeSpan.FromMilliseconds(50) };

        var result = await Target.RunAsync(command, Token);

        (result.TimedOut, result.ExitCode).Should().Be((true, KilledExitCode));
    }

    [Test]
    public async Task Cancelling_the_wait_ends_the_program()
    {
        await using var process = await Target.StartAsync(new Command("sleep", "30"), Token);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var wait = () => process.WaitAsync(cancelled.Token);

        await wait.Should().ThrowAsync<OperationCanceledException>();

        var result = await process.WaitAsync(Token);
        (result.TimedOut, result.ExitCode).Should().Be((false, InterruptedExitCode));
    }

    [Test]
    public async Task A_signal_ends_the_program_and_spares_one_that_has_ended()
    {
        await using var process = await Target.StartAsync(new Command("sleep", "30"), Token);

        await process.SignalAsync(TargetSignal.Kill, Token);
        var result = await process.WaitAsync(Token);
        await process.SignalAsync(TargetSignal.Interrupt, Token);

        result.ExitCode.Should().Be(KilledExitCode);
    }

    [Test]
    public async Task A_held_program_has_its_pid_and_does_nothing_until_released()
    {
        await CreateAsync("file", "before");
        var command = new Command("cat", At("file"), "-") { HeldAtStart = true, StandardInput = "\ninput"u8.ToArray() };
        await using var process = await Target.StartAsync(command, Token);
        await Target.WriteAsync(At("file"), "after"u8.ToArray(), WriteMode.Truncate, Token);

        await process.ReleaseAsync(Token);
        var result = await process.WaitAsync(Token);

        process.Pid.Should().BePositive();
        result.OutputText.Should().Be("after\ninput");
    }

    [Test]
    public async Task A_held_program_that_is_given_up_never_runs()
    {
        var command = new Command("echo", "ran") { HeldAtStart = true };
        var process = await Target.StartAsync(command, Token);

        await process.DisposeAsync();

        var result = await process.WaitAsync(Token);
        (result.OutputText, result.ExitCode).Should().Be(("", InterruptedExitCode));
    }

    [Test]
    public async Task Disposing_ends_the_program()
    {
        var process = await Target.StartAsync(new Command("sleep", "30"), Token);

        await process.DisposeAsync();
        await process.DisposeAsync();

        (await process.WaitAsync(Token)).ExitCode.Should().Be(InterruptedExitCode);
    }

    [Test]
    public async Task Disposing_of_a_program_that_has_ended_does_nothing()
    {
        var process = await Target.StartAsync(new Command("echo", "one"), Token);
        var result = await process.WaitAsync(Token);

        await process.DisposeAsync();

        (await process.WaitAsync(Token)).Should().Be(result);
    }

    [Test]
    public async Task A_program_that_is_not_there_is_refused_at_the_start()
    {
        var start = () => Target.RunAsync(new Command("no-such-program"), Token);

        var refusal = (await start.Should().ThrowAsync<TargetIOException>()).Which;
        refusal.Errno.Should().Be(Errno.ENOENT);
        refusal.Message.Should().StartWith($"start no-such-program on target '{Target.Name}': ENOENT (No such file or directory)");
        refusal.Hint.Should().NotBeNull();
    }

    [Test]
    public async Task A_file_that_is_no_program_is_refused_at_the_start()
    {
        await CreateAsync("notes", "not a program");

        await RefusesAsync(Errno.EACCES, () => Target.RunAsync(new Command(At("notes")), Token));
        await RefusesAsync(Errno.ENOENT, () => Target.RunAsync(new Command(At("missing")), Token));
    }

    [Test]
    public async Task Programs_run_side_by_side()
    {
        var runs = Enumerable.Range(0, 8).Select(i => Target.RunAsync(new Command("echo", $"{i}"), Token));

        var results = await Task.WhenAll(runs);

        results.Select(r => r.OutputText).Should().Equal(Enumerable.Range(0, 8).Select(i => $"{i}\n"));
    }
}
