using System.Text;

namespace LabTrace.Devices.TimeCards;

/// <summary>Watches attributes of a card: one round trip a look, however many there are, and only changes are told.</summary>
/// <param name="card">The card.</param>
/// <param name="attributes">The attributes, by their names.</param>
public sealed class TimeCardMonitor(TimeCard card, IReadOnlyList<string> attributes)
{
    private readonly string[] _paths = [.. attributes.Select(card.PathOf)];
    private readonly byte[]?[] _last = new byte[]?[attributes.Count];
    private readonly Errno[] _errnos = new Errno[attributes.Count];
    private bool _isFirst = true;

    /// <summary>Attributes watched.</summary>
    public IReadOnlyList<string> Attributes { get; } = attributes;

    /// <summary>Looks that were made.</summary>
    public long Looks { get; private set; }

    /// <summary>Looks once.</summary>
    /// <param name="cancellationToken">Gives the look up.</param>
    /// <returns>What is not as it was at the look before; at the first look, everything, with no text before.</returns>
    /// <exception cref="TargetUnreachableException">The target did not answer.</exception>
    public async Task<IReadOnlyList<AttributeChanged>> LookAsync(CancellationToken cancellationToken)
    {
        var outcomes = await card.Target.ReadManyAsync(_paths, cancellationToken);
        var at = card.Target.Time.GetUtcNow();
        Looks++;
        List<AttributeChanged>? changed = null;
        for (var i = 0; i < _paths.Length; i++)
        {
            var now = outcomes[i];
            if (!_isFirst && now.Errno == _errnos[i] && now.Content.AsSpan().SequenceEqual(_last[i]))
            {
                continue;
            }

            (changed ??= []).Add(new AttributeChanged(
                at, Attributes[i], _isFirst ? null : TextOf(_last[i], _errnos[i]), TextOf(now.Content, now.Errno)));
            (_last[i], _errnos[i]) = (now.Content, now.Errno);
        }

        _isFirst = false;
        return changed ?? (IReadOnlyList<AttributeChanged>)[];
    }

    private static string TextOf(byte[]? content, Errno errno) => content is null ? $"({errno.Name()})" : Encoding.UTF8.GetString(content).TrimEnd('\n');
}

/// <summary>An attribute that is not as it was.</summary>
/// <param name="At">When it was seen, by the target's clock.</param>
/// <param name="Attribute">Its name.</param>
/// <param name="Before">Its text before, or null at the first look.</param>
/// <param name="Now">Its text now; a refusal in brackets.</param>
public sealed record AttributeChanged(DateTimeOffset At, string Attribute, string? Before, string Now);
