using System.Globalization;
using System.Text;

namespace LabTrace.Devices.Shell;

/// <summary>
/// What a plain shell on a target runs to serve it: POSIX sh, and the utilities that coreutils and busybox both have. The runner
/// sends one line of shell a request; answers are frames, a header line <c>MARK KIND ID VALUE</c> with a marker that nobody can
/// guess, and behind the kinds that carry something VALUE bytes as they are.
/// </summary>
/// <remarks>
/// Kinds: h it is ready, with letters for what the target has (n: dd reads without waiting, s: setsid, f: flock); d bytes that were
/// asked for; e a utility's complaint; k done; n not to be had; z the answer is whole; p a program's pid, x its exit code, o and c
/// what it wrote to standard output and standard error; s what a stream read, r why it could not. A fifo with one line in it is the
/// lock under which frames are written; whoever is killed by a link that broke takes the line along, so the end of a session puts new ones there. A program is the left side of a pipeline whose right side goes on with the requests, because
/// what a shell starts with an ampersand ignores SIGINT; <c>pop</c> goes back when it has ended. Readers of output and of streams
/// wait for a line, a credit, before each read.
/// </remarks>
internal static class ShellScript
{
    /// <summary>Bytes a request may have as a line; the shell reads it byte by byte.</summary>
    public const int LongestLine = 4000;

    // Without a single quote, so that it is one quoted word for whatever login shell the target has.
    private const string Server = """
        M=$1
        U=$(umask)
        umask 077
        HL=${LC_ALL+x} VL=${LC_ALL-} LC_ALL=C
        export LC_ALL
        N="
        "
        exec 4>&1 5<&0 </dev/null
        T=
        for d in "${TMPDIR:-}" /dev/shm /run /tmp /var/tmp "$HOME"; do
          [ -n "$d" ] && [ -d "$d" ] && mkdir "$d/labtrace-shell-$$" 2>/dev/null && T="$d/labtrace-shell-$$" && break
        done
        [ -n "$T" ] && mkfifo "$T/lock" "$T/never" || { echo "no directory for files of its own, or no mkfifo" >&2; exit 90; }
        exec 9<>"$T/lock"
        echo >&9
        NB= SS= FL= ST= HC=
        dd if=/dev/null iflag=nonblock of=/dev/null bs=1 count=1 2>/dev/null && NB=n
        setsid true 2>/dev/null && SS=setsid
        flock -n "$T/try" true 2>/dev/null && FL=f
        stat -L -c "%f %s" / >/dev/null 2>&1 && ST=s
        [ "$(printf abcd | head -c 2 2>/dev/null)" = ab ] && HC=h
        if ( exec 7</dev/kmsg ) 2>/dev/null; then exec 7</dev/kmsg; else exec 7</dev/null; fi

        say() { read -r x <&9; printf "%s %s %s %s\n" "$M" "$1" "$2" "$3" >&4; echo >&9; }
        snd() { n=$(wc -c <"$3"); read -r x <&9; printf "%s %s %s %s\n" "$M" "$1" "$2" $((n)) >&4; cat "$3" >&4; echo >&9; }
        fin() { say z $I 0; }
        yes() { say k $I 0; }
        no() { snd e $I "$T/e"; }
        err() { echo ": $1" >"$T/e"; no; }
        why() { ls -ldL -- "$1" >/dev/null 2>"$T/e"; no; }
        get() { if [ -n "$HC" ]; then head -c $1 <&5 >"$2"; else dd bs=1 count=$1 <&5 >"$2" 2>/dev/null; fi; }
        src() { get $1 "$T/s"; . "$T/s"; }

        now() {
          if [ -n "$NB" ]; then
            dd if="$1" iflag=nonblock bs=65536 count=4097 >"$T/o" 2>"$T/e" && return
            case $(cat "$T/e") in *"temporarily unavailable"*) return 0;; esac
            return 1
          fi
          timeout 1 cat -- "$1" >"$T/o" 2>"$T/e"
          case $? in 0|124|143) return 0;; esac
          return 1
        }
        rd() {
          w=
          if [ -p "$1" ] || [ -c "$1" ]; then w=1; fi
          case $1 in */trace_pipe|*/trace_pipe_raw|/proc/kmsg) w=1;; esac
          if [ -n "$w" ]; then now "$1"; else cat -- "$1" >"$T/o" 2>"$T/e"; fi
          if [ $? = 0 ]; then snd d $I "$T/o"; else no; fi
        }
        wr() {
          if [ $2 != c ] && [ ! -e "$1" ]; then why "$1"; return 1; fi
          case $2$3 in
            a0) { true >>"$1"; } 2>"$T/e";;
            ?0) { true >"$1"; } 2>"$T/e";;
            a*) { dd if="$T/w" bs=$3 count=1 >>"$1"; } 2>"$T/e";;
            *) { dd if="$T/w" bs=$3 count=1 >"$1"; } 2>"$T/e";;
          esac
          if [ $? = 0 ]; then yes; return 0; fi
          case $(cat "$T/e") in *onexistent*) why "$1";; *) no;; esac
          return 1
        }
        li() {
          if [ ! -d "$1" ]; then why "$1/"; return; fi
          if [ ! -r "$1" ]; then err "Permission denied"; return; fi
          for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do
            if [ -L "$f" ]; then k=l; elif [ -d "$f" ]; then k=d; elif [ -f "$f" ]; then k=f; elif [ -e "$f" ]; then k=s; else continue; fi
            printf "%s%s/" $k "${f##*/}"
          done >"$T/o"
          snd d $I "$T/o"
        }
        st() {
          if [ -n "$ST" ]; then stat -L -c "%f %s" -- "$1" >"$T/o" 2>"$T/e"; else ls -ldLn -- "$1" >"$T/o" 2>"$T/e"; fi
          if [ $? = 0 ]; then snd d $I "$T/o"; else no; fi
        }
        lnk() {
          if [ -L "$1" ] && readlink -- "$1" >"$T/o" 2>"$T/e"; then snd d $I "$T/o"
          elif [ -e "$1" ]; then err "Invalid argument"; else why "$1"; fi
        }
        mk() {
          umask 022
          mkdir -- "$1" 2>"$T/e"
          r=$?
          umask 077
          if [ $r = 0 ]; then yes; else no; fi
        }
        rmd() { if rmdir -- "$1" 2>"$T/e"; then yes; else no; fi; }
        rmf() {
          if [ -d "$1" ] && [ ! -L "$1" ]; then err "Is a directory"
          elif rm -- "$1" 2>"$T/e"; then yes; else no; fi
        }
        who() {
          for f in osrelease version hostname random/boot_id; do cat /proc/sys/kernel/$f || echo; done >"$T/o" 2>/dev/null
          { uname -m; cat /sys/devices/system/cpu/online; } >>"$T/o" 2>/dev/null
          snd d $I "$T/o"
        }
        klog() {
          dd bs=8192 iflag=nonblock <&7 >"$T/o" 2>"$T/e"
          snd d $I "$T/o"
          no
        }
        lk() {
          if [ -z "$FL" ]; then say n $I 0; fin; return; fi
          { true >>"$1"; } 2>"$T/e" || { no; fin; return; }
          (
            if flock -n 8; then
              printf "%s" "$2" >"$1"
              yes
              fin
              exec sleep 999999999 4>&- 5<&- 7<&- 9<&-
            fi
            snd d $I "$1"
            fin
          ) 8>>"$1" &
          echo $! >"$T/$I.bg"
        }

        look() {
          case $1 in
            */*)
              f=$1
              case $f in /*) ;; *) f=${c:-.}/$f;; esac
              if [ ! -e "$f" ]; then why "$f"; elif [ -d "$f" ] || [ ! -x "$f" ]; then err "Permission denied"; else return 0; fi; return 1;;
          esac
          e="No such file or directory"
          o=$IFS
          IFS=:
          for f in $2; do
            if [ -f "${f:-.}/$1" ]; then
              if [ -x "${f:-.}/$1" ]; then IFS=$o; return 0; fi
              e="Permission denied"
            fi
          done
          IFS=$o
          err "$e"
          return 1
        }
        pump() {
          {
            echo >&6
            echo >&6
            if [ $2 = o ]; then read -r q || q=0; say p $1 $q; fi
            while read -r x <&6; do
              dd bs=65536 count=1 >"$T/$1.$2b" 2>/dev/null
              snd $2 $1 "$T/$1.$2b"
              [ -s "$T/$1.$2b" ] || break
            done
          } 6<>"$T/$1.$2q" <"$T/$1.$2"
          rm -f "$T/$1.$2" "$T/$1.$2q" "$T/$1.$2b" "$T/$1.$2.bg"
        }
        run() {
          pump $i o &
          echo $! >"$T/$i.o.bg"
          pump $i c &
          echo $! >"$T/$i.c.bg"
          (
            if [ -n "$c" ]; then cd -- "$c" || exit; fi
            if [ -n "$HL" ]; then LC_ALL=$VL; else unset LC_ALL; fi
            umask $U
            eval "$E"
            exec $SS sh -c "echo \$\$ >\"\$1\"; echo \$\$; shift; $h exec 8<&-; exec \"\$@\"" sh "$T/$i.pid" "$@"
          ) <"$in" >"$T/$i.o" 2>"$T/$i.c" 4>&- 5<&- 7<&- 8<>"$T/$i.h" 9<&-
          r=$?
          say x $i $r
          rm -f "$T/$i.pid" "$T/$i.in" "$T/$i.h"
        }
        go() {
          i=$1 h=$2 c=$3 in=$4
          shift 4
          look "$1" "${P:-$PATH}" || { fin; return; }
          mkfifo "$T/$i.o" "$T/$i.oq" "$T/$i.c" "$T/$i.cq" "$T/$i.h"
          run "$@" 2>/dev/null >/dev/null | { fin; main; }
        }
        ask() { if [ -p "$T/$1" ]; then echo 1<>"$T/$1"; fi; }
        sig() { if [ -e "$T/$1.pid" ]; then read -r p <"$T/$1.pid"; shift; for s in "$@"; do kill -s $s -- ${SS:+-}$p 2>/dev/null; done; fi; }

        str() {
          while read -r x <&6; do
            dd bs=65536 count=1 <&8 >"$T/$1.sb" 2>"$T/$1.se" &
            echo $! >"$T/$1.dd"
            if wait $!; then snd s $1 "$T/$1.sb"; else snd r $1 "$T/$1.se"; fi
          done
        }
        op() {
          if [ ! -e "$2" ]; then why "$2"; fin; return; fi
          mkfifo "$T/$1.sq"
          if [ -p "$2" ]; then
            { { yes; fin; str $1; } 8<>"$2"; } 6<>"$T/$1.sq" &
          else
            { { yes; fin; str $1; } 8<"$2" || { no; fin; }; } 6<>"$T/$1.sq" 2>"$T/e" &
          fi
          echo $! >"$T/$1.bg"
        }
        cl() {
          read -r x <&9
          for f in "$T/$1.bg" "$T/$1.dd"; do if read -r p <"$f"; then kill -s KILL $p; fi; done 2>/dev/null
          echo >&9
          rm -f "$T/$1".*
        }
        bye() {
          for f in 1 2 3 4 5 6 7 8; do printf "\n\n\n\n\n\n\n\n" >&9; done
          [ -d "$T" ] || return
          a=
          for f in "$T"/*.pid; do if read -r p <"$f"; then a=1; kill -s INT -- ${SS:+-}$p; kill -s CONT -- ${SS:+-}$p; fi; done
          [ -z "$a" ] || sleep 1
          for f in "$T"/*.pid; do if read -r p <"$f"; then kill -s KILL -- ${SS:+-}$p; fi; done
          for f in "$T"/*.bg "$T"/*.dd; do if read -r p <"$f"; then kill -s KILL $p; fi; done
          rm -rf "$T"
        } 2>/dev/null
        main() {
          while IFS= read -r R <&5; do
            if [ "$R" = pop ]; then return; fi
            eval "$R"
          done
          bye
          exit
        }
        say h 0 "-$NB${SS:+s}$FL"
        main
        """;

    /// <summary>The command line of the target's login shell that serves the target.</summary>
    /// <param name="mark">The marker: letters and digits.</param>
    /// <param name="sudo">As root through <c>sudo -n</c>.</param>
    public static string CommandLine(string mark, bool sudo) => $"exec {(sudo ? "sudo -n -- " : "")}sh -c '{Text}' labtrace-shell {mark}";

    /// <summary>The script; its one argument is the marker.</summary>
    public static string Text => Server;

    /// <summary>One word of a request, whatever it holds: requests are lines.</summary>
    public static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal).Replace("\n", "'\"$N\"'", StringComparison.Ordinal) + "'";

    /// <summary>Words of a request.</summary>
    public static string Quote(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>printf's format for bytes; null for what is better sent as it is.</summary>
    public static string? Format(ReadOnlySpan<byte> content)
    {
        if (content.Length > LongestLine / 4)
        {
            return null;
        }

        var text = new StringBuilder(content.Length + 16);
        foreach (var b in content)
        {
            _ = b is >= 0x20 and < 0x7F and not (byte)'\'' and not (byte)'%' and not (byte)'\\'
                ? text.Append((char)b)
                : text.Append('\\').Append(Convert.ToString(b, 8).PadLeft(3, '0'));
        }

        return text.ToString();
    }

    internal static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
