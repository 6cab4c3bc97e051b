using System.Globalization;
using LabTrace.Devices;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LabTrace.Cli.LabConfig;

/// <summary>Reads one place from <c>lab-config/NAME.yaml</c> and checks it against the schema; the only file that knows YAML.</summary>
internal static class PlaceFile
{
    private static readonly Dictionary<string, (TargetKind Kind, Key[] Keys)> Kinds = new(StringComparer.Ordinal)
    {
        ["emulated"] = (TargetKind.Emulated, [new("cpus", Shape.Integer, 1, 64), new("seed", Shape.Integer, 0, int.MaxValue), new("unreachable", Shape.Text), new("time-cards", Shape.Text), new("ptp-ocp", Shape.Text), new("replay", Shape.Text)]),
        ["local"] = (TargetKind.Local, []),
        ["ssh"] = (TargetKind.Ssh,
        [
            new("host", Shape.Text), new("user", Shape.Text), new("port", Shape.Integer, 1, 65535), new("identity", Shape.Text),
            new("ssh-config", Shape.Text), new("known-hosts", Shape.Text), new("sudo", Shape.Flag), new("agent", Shape.Text), new("agent-directory", Shape.Text),
            new("keep-agent", Shape.Flag), new("reboot-command", Shape.Text), new("state-directory", Shape.Text),
            new("labgrid-place", Shape.Text), new("labgrid-reserve", Shape.List), new("labgrid-client", Shape.Text),
            new("labgrid-ttl", Shape.Integer, 1, 604_800), new("labgrid-wait", Shape.Integer, 1, 604_800), new("connect-timeout", Shape.Integer, 1, 3600),
        ]),
        ["vm"] = (TargetKind.Vm,
        [
            new("kernel", Shape.Text), new("kernels", Shape.Kernels), new("modules", Shape.Text), new("headers", Shape.Text), new("load", Shape.List), new("carry", Shape.List),
            new("build", Shape.List), new("programs", Shape.List), new("userland", Shape.Text), new("memory", Shape.Integer, 128, 65536),
            new("cpus", Shape.Integer, 1, 64), new("accel", Shape.Text), new("append", Shape.Text), new("fresh", Shape.Text),
            new("keep-state", Shape.Flag), new("boot-timeout", Shape.Integer, 1, 3600), new("qemu", Shape.Text),
            new("time-cards", Shape.Text),
        ]),
    };

    private static readonly Key[] CommonKeys =
    [
        new("kind", Shape.Text),
        new("description", Shape.Text),
        new("expects", Shape.List),
        new("kernel-log", Shape.Text),
        new("allow-kernel-reports", Shape.List),
        new("secrets", Shape.List),
        new("issue-url", Shape.Text),
    ];

    private enum Shape
    {
        Text,
        Integer,
        Flag,
        List,
        Kernels,
    }

    /// <summary>Reads a place.</summary>
    /// <param name="path">The file; its name without <c>.yaml</c> is the place's name.</param>
    /// <exception cref="LabConfigException">The file is not there, is not YAML, or breaks the schema; says line and column.</exception>
    public static PlaceDescription Read(string path)
    {
        var root = Load(path);
        var name = Path.GetFileNameWithoutExtension(path);
        var kindNode = root.Children.TryGetValue(new YamlScalarNode("kind"), out var k)
            ? k
            : throw At(path, root, "a place needs a 'kind'", $"add `kind: emulated`; kinds: {string.Join(", ", Kinds.Keys)}");
        var kind = Scalar(path, "kind", kindNode);
        if (!Kinds.TryGetValue(kind, out var own))
        {
            throw At(path, kindNode, $"kind '{kind}' is not known", $"one of: {string.Join(", ", Kinds.Keys)}");
        }

        Key[] keys = [.. CommonKeys, .. own.Keys];
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        List<string> expects = [];
        List<string> allowed = [];
        var watches = true;
        List<string> secrets = [];
        string? issueUrl = null;
        var description = "";
        foreach (var (keyNode, value) in root.Children)
        {
            var keyName = Scalar(path, "a key", keyNode);
            var key = Array.Find(keys, x => x.Name == keyName)
                ?? throw At(path, keyNode, $"'{keyName}' is not a key of a place of kind '{kind}'", $"one of: {string.Join(", ", keys.Select(x => x.Name))}");
            switch (keyName)
            {
                case "kind":
                    break;
                case "description":
                    description = Scalar(path, keyName, value);
                    break;
                case "expects":
                    expects = ReadExpects(path, value);
                    break;
                case "allow-kernel-reports":
                    allowed = ReadTitles(path, value);
                    break;
                case "kernel-log":
                    watches = ReadSwitch(path, keyName, value);
                    break;
                case "issue-url":
                    issueUrl = ReadIssueUrl(path, value);
                    break;
                case "secrets":
                    secrets = ReadSecrets(path, value);
                    break;
                case "kernels":
                    ReadKernels(path, value, settings);
                    break;
                default:
                    settings[keyName] = ReadSetting(path, key, value);
                    break;
            }
        }

        return new PlaceDescription(name, own.Kind, description, path, expects, settings)
        {
            AllowedKernelReports = allowed,
            WatchesKernel = watches,
            Secrets = secrets,
            IssueUrl = issueUrl,
        };
    }

    private static YamlMappingNode Load(string path)
    {
        var stream = new YamlStream();
        try
        {
            using var reader = new StreamReader(path);
            stream.Load(reader);
        }
        catch (YamlException e)
        {
            throw new LabConfigException($"{path}:{e.Start.Line}:{e.Start.Column}: not valid YAML: {e.InnerException?.Message ?? e.Message}", hint: null, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LabConfigException($"{path} cannot be read: {e.Message}", hint: null, e);
        }

        return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root
            ? root
            : throw new LabConfigException($"{path}:1:1: expected one place: a map of keys such as `kind: emulated`");
    }

    private static List<string> ReadExpects(string path, YamlNode node)
    {
        var expects = new List<string>();
        foreach (var item in node is YamlSequenceNode list ? list : throw At(path, node, "'expects' must be a list of capabilities", "for example `expects: [tracefs, uprobes]`"))
        {
            var name = Scalar(path, "expects", item);
            if (CapabilityCatalog.Find(name) is null)
            {
                throw At(path, item, $"'{name}' is not a capability", "list them with `labtrace doctor`");
            }

            expects.Add(name);
        }

        return expects;
    }

    private static List<string> ReadTitles(string path, YamlNode node)
    {
        const string example = "for example `allow-kernel-reports: [\"WARNING in toy_*\"]`; titles are as `labtrace kernel-log` prints them";
        List<string> titles = [];
        foreach (var item in node is YamlSequenceNode list ? list : throw At(path, node, "'allow-kernel-reports' must be a list of titles", example))
        {
            var title = Scalar(path, "allow-kernel-reports", item);
            titles.Add(title.Trim('*', '?', ' ').Length > 0
                ? title
                : throw At(path, item, $"'{title}' would allow every report of the kernel", $"name what is known, {example}; `kernel-log: off` watches nothing"));
        }

        return titles;
    }

    private static string ReadIssueUrl(string path, YamlNode node)
    {
        var url = Scalar(path, "issue-url", node);
        return url.Contains("{key}", StringComparison.Ordinal) && Uri.TryCreate(url.Replace("{key}", "1", StringComparison.Ordinal), UriKind.Absolute, out var parsed)
            && (parsed.Scheme == Uri.UriSchemeHttps || parsed.Scheme == Uri.UriSchemeHttp)
            ? url
            : throw At(path, node, $"'issue-url' is '{url}', and must be an address of the web with {{key}} in it", "for example `issue-url: https://issues.example/browse/{key}`");
    }

    private static bool ReadSwitch(string path, string key, YamlNode node) => Scalar(path, key, node) switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        var other => throw At(path, node, $"'{key}' is '{other}', and must be on or off", hint: null),
    };

    private static List<string> ReadSecrets(string path, YamlNode node)
    {
        var secrets = new List<string>();
        foreach (var item in node is YamlSequenceNode list ? list : throw At(path, node, "'secrets' must be a list", "for example `secrets: [\"${env:BMC_PASSWORD}\", \"LAB-[0-9a-f]{16}\"]`"))
        {
            var text = Scalar(path, "secrets", item);
            try
            {
                SecretPattern.Add(text, new SecretRedactor());
            }
            catch (LabConfigException e)
            {
                throw At(path, item, $"'secrets': {e.Message}", hint: null);
            }

            secrets.Add(text);
        }

        return secrets;
    }

    // The names are kept as lines, what each is as `kernels.NAME.KEY`.
    private static void ReadKernels(string path, YamlNode node, Dictionary<string, string> settings)
    {
        const string example = "for example `kernels: {rt: debian:linux-image-rt-amd64}`, or `rt: {kernel: PATH, modules: DIR, headers: DIR, append: TEXT}`";
        List<string> names = [];
        foreach (var (nameNode, value) in node is YamlMappingNode map ? map : throw At(path, node, "'kernels' must be a map of names", example))
        {
            var name = Scalar(path, "kernels", nameNode);
            names.Add(name);
            if (value is not YamlMappingNode parts)
            {
                settings[$"kernels.{name}.kernel"] = Scalar(path, $"kernels.{name}", value);
                continue;
            }

            foreach (var (partNode, text) in parts)
            {
                var part = Scalar(path, $"kernels.{name}", partNode);
                settings[$"kernels.{name}.{part}"] = part is "kernel" or "modules" or "headers" or "append"
                    ? Scalar(path, $"kernels.{name}.{part}", text)
                    : throw At(path, partNode, $"'{part}' is not a key of a kernel", "one of: kernel, modules, headers, append");
            }

            if (!settings.ContainsKey($"kernels.{name}.kernel"))
            {
                throw At(path, value, $"kernel '{name}' does not say which it is", example);
            }
        }

        settings["kernels"] = string.Join('\n', names);
    }

    // A list is kept as its lines.
    private static string ReadSetting(string path, Key key, YamlNode value)
    {
        if (key.Shape == Shape.List)
        {
            return value is YamlSequenceNode list
                ? string.Join('\n', list.Select(item => Secret(path, key.Name, item)))
                : throw At(path, value, $"'{key.Name}' must be a list", $"for example `{key.Name}: [a, b]`");
        }

        var text = Secret(path, key.Name, value);
        if (key.Shape == Shape.Integer
            && !(long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= key.Min && number <= key.Max))
        {
            throw At(path, value, $"'{key.Name}' is '{text}', and must be a whole number from {key.Min} to {key.Max}", hint: null);
        }

        if (key.Shape == Shape.Flag && text is not ("true" or "false"))
        {
            throw At(path, value, $"'{key.Name}' is '{text}', and must be true or false", hint: null);
        }

        return text;
    }

    private static string Secret(string path, string key, YamlNode value)
    {
        try
        {
            return SecretReference.Expand(Scalar(path, key, value));
        }
        catch (LabConfigException e)
        {
            throw At(path, value, $"'{key}': {e.Message}", hint: null);
        }
    }

    private static string Scalar(string path, string key, YamlNode node) =>
        node is YamlScalarNode { Value: { } text } ? text : throw At(path, node, $"'{key}' must be a single value", hint: null);

    private static LabConfigException At(string path, YamlNode node, string message, string? hint) =>
        new($"{path}:{node.Start.Line}:{node.Start.Column}: {message}", hint);

    private sealed record Key(string Name, Shape Shape, long Min = long.MinValue, long Max = long.MaxValue);
}
