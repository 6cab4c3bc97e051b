using System.Text;
using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.TestKit;

public abstract partial class TargetContract
{
    [Test]
    public async Task Many_reads_give_each_its_own_outcome_in_the_order_asked()
    {
        await CreateAsync("a", "one");
        await CreateAsync("b", "two");

        var outcomes = await Target.ReadManyAsync([At("b"), At("missing"), Root, At("a")], Token);

        outcomes.Select(o => (o.Path, o.Errno)).Should().Equal(
            (At("b"), Errno.None), (At("missing"), Errno.ENOENT), (Root, Errno.EISDIR), (At("a"), Errno.None));
        outcomes.Select(o => o.Content is null ? null : Encoding.UTF8.GetString(o.Content)).Should().Equal("two", null, null, "one");
    }

    [Test]
    public async Task Many_writes_happen_in_order_and_stop_at_the_first_refusal()
    {
        await CreateAsync("a", "");
        await CreateAsync("b", "");

        var outcomes = await Target.WriteManyAsync(
            [
                new FileWrite(At("a"), "1"u8.ToArray()),
                new FileWrite(At("a"), "2"u8.ToArray(), WriteMode.Append),
                new FileWrite(At("missing"), "3"u8.ToArray()),
                new FileWrite(At("b"), "4"u8.ToArray()),
            ],
            Token);

        outcomes.Should().Equal(
            new WriteOutcome(At("a"), Errno.None), new WriteOutcome(At("a"), Errno.None), new WriteOutcome(At("missing"), Errno.ENOENT));
        (await Target.ReadTextAsync(At("a"), Token)).Should().Be("12");
        (await Target.ReadTextAsync(At("b"), Token)).Should().BeEmpty();
    }

    [Test]
    public async Task Batches_of_nothing_do_nothing()
    {
        (await Target.ReadManyAsync([], Token)).Should().BeEmpty();
        (await Target.WriteManyAsync([], Token)).Should().BeEmpty();
    }

    [Test]
    public async Task A_stream_over_a_growing_file_goes_on_where_it_ended()
    {
        await CreateAsync("growing", "one");
        await using var stream = await Target.OpenReadAsync(At("growing"), Token);
        var first = await ReadSomeAsync(stream);
        var end = await ReadSomeAsync(stream);

        await Target.WriteAsync(At("growing"), "two"u8.ToArray(), WriteMode.Append, Token);

        (first, end, await ReadSomeAsync(stream)).Should().Be(("one", "", "two"));
    }

    [Test]
    public async Task A_stream_gives_no_more_than_the_buffer_holds_and_loses_nothing()
    {
        await CreateAsync("file", "abcdef");
        await using var stream = await Target.OpenReadAsync(At("file"), Token);
        var buffer = new byte[4];

        var first = await stream.ReadAsync(buffer, Token);
        var second = await stream.ReadAsync(buffer, Token);

        (first, second).Should().Be((4, 2));
    }

    [Test]
    public async Task A_cancelled_read_leaves_the_stream_usable()
    {
        await using var file = await OpenWaitingFileAsync();
        await using var stream = await Target.OpenReadAsync(file.Path, Token);
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        var read = async () => await stream.ReadAsync(new byte[4096], impatience.Token);
        await read.Should().ThrowAsync<OperationCanceledException>();

        await file.FeedAsync("one");

        (await ReadSomeAsync(stream)).Should().Contain("one");
    }

    [Test]
    public async Task A_waiting_read_gets_what_comes()
    {
        await using var file = await OpenWaitingFileAsync();
        await using var stream = await Target.OpenReadAsync(file.Path, Token);
        var read = ReadSomeAsync(stream);

        await file.FeedAsync("one");

        (await read).Should().Contain("one");
    }

    [Test]
    public async Task Reading_a_file_that_would_wait_gives_what_is_there_and_ends()
    {
        await using var file = await OpenWaitingFileAsync();
        await using var stream = await Target.OpenReadAsync(file.Path, Token);

        var nothing = await Target.ReadAsync(file.Path, Token);
        await file.FeedAsync("one");
        var something = await Target.ReadAsync(file.Path, Token);

        nothing.Should().BeEmpty();
        Encoding.UTF8.GetString(something).Should().Contain("one");
    }

    [Test]
    public async Task Opening_a_stream_is_refused_by_name()
    {
        await RefusesAsync(Errno.ENOENT, () => Target.OpenReadAsync(At("missing"), Token).AsTask());
    }

    private async Task<string> ReadSomeAsync(Stream stream)
    {
        var buffer = new byte[4096];
        var got = await stream.ReadAsync(buffer, Token);
        return Encoding.UTF8.GetString(buffer.AsSpan(0, got));
    }
}
