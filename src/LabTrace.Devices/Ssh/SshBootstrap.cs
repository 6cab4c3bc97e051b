namespace LabTrace.Devices;

/// <summary>
/// What the target's shell does before the agent runs: says what kind of machine it is, finds a directory programs can be run from, is
/// told which agent it gets (a line: hash and length), says whether it has that already, takes it in when not, checks its hash,
/// starts it, and removes it behind it.
/// </summary>
/// <remarks>
/// Plain POSIX sh, without a single quote, so that it is one quoted word for whatever login shell the target has. It speaks in
/// lines that start with <see cref="Mark"/>; other lines are a login banner's.
/// </remarks>
internal static class SshBootstrap
{
    public const string Mark = "LABTRACE ";

    /// <summary>The target's login shell's command line.</summary>
    public static string CommandLine(SshSettings settings)
    {
        var sudo = settings.Sudo ? "sudo -n -- " : "";
        var tidy = settings.KeepAgent ? ":" : "rm -f \"$a\"; rmdir \"$d\" 2>/dev/null";
        var script =
            $$"""
            umask 077
            say() { echo "{{Mark}}$*"; }
            libc=none
            for l in /lib/ld-musl-*.so.1; do [ ! -e "$l" ] || libc=musl; done
            for l in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 /lib64/ld-linux-*.so.* /lib/ld-linux*.so.*; do [ ! -e "$l" ] || libc=glibc; done
            say machine "$(uname -m)" $libc
            read -r hash length && [ -n "$length" ] || exit 90
            found=
            for d in "$1" "$HOME/.cache/labtrace-agent" "/var/tmp/labtrace-agent-$(id -u)" "/tmp/labtrace-agent-$(id -u)"; do
              [ -n "$d" ] && mkdir -p "$d" 2>/dev/null && [ -O "$d" ] && [ ! -L "$d" ] || continue
              t="$d/try.$$"
              if printf "#!/bin/sh\nexit 0\n" >"$t" 2>/dev/null && chmod 700 "$t" && "$t" 2>/dev/null; then found=1; rm -f "$t"; break; fi
              rm -f "$t"
            done
            [ -n "$found" ] || { say nowhere; exit 90; }
            a="$d/$hash"
            holds() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -c1-64)" = "$hash" ]; }
            if holds "$a"; then say have; else
              say send
              head -c "$length" >"$a.$$" && holds "$a.$$" || { rm -f "$a.$$"; say damaged; exit 90; }
              chmod 700 "$a.$$" && mv -f "$a.$$" "$a"
            fi
            say start
            {{sudo}}"$a" serve
            e=$?
            {{tidy}}
            exit $e
            """;
        return $"exec sh -c '{script}' labtrace {Devices.CommandLine.Join([settings.AgentDirectory ?? ""])}";
    }
}
