using System.Text;

namespace LabTrace.Devices.Vm;

/// <summary>The first program of a machine: mounts what a kernel offers, loads modules, starts the agent.</summary>
internal static class GuestInit
{
    /// <summary>Where the agent lies in the machine.</summary>
    public const string AgentPath = "/lab/labtrace-agent";

    /// <summary>What the console says when a module that the place wants was refused.</summary>
    public const string ModuleRefused = "labtrace: cannot load ";

    /// <summary>The name of the port that the agent serves.</summary>
    public const string PortName = "labtrace.agent";

    // Where configfs is a module, the directory to mount it on comes with that.
    private const string Start = """
        #!/bin/busybox sh
        /bin/busybox --install -s
        export PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/root
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        mount -t devtmpfs devtmpfs /dev 2>/dev/null
        ln -s /proc/self/fd /dev/fd; ln -s fd/0 /dev/stdin; ln -s fd/1 /dev/stdout; ln -s fd/2 /dev/stderr
        mkdir -p /dev/pts /dev/shm
        mount -t devpts devpts /dev/pts
        mount -t tmpfs tmpfs /dev/shm
        mount -t tmpfs tmpfs /tmp
        mount -t tmpfs tmpfs /run
        mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
        mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
        [ -d /sys/kernel/config ] || modprobe -q configfs 2>/dev/null
        mount -t configfs configfs /sys/kernel/config 2>/dev/null
        mount -t bpf bpf /sys/fs/bpf 2>/dev/null
        hostname labtrace-vm
        ifconfig lo 127.0.0.1 up 2>/dev/null
        load() { modprobe "$@" || echo "labtrace: cannot load $1" >/dev/console; }

        """;

    // The kernel's messages go to the console from here on, whatever their level.
    private const string Serve = """
        echo 8 >/proc/sys/kernel/printk
        while :; do
          for p in /sys/class/virtio-ports/*; do
            if [ "$(cat $p/name 2>/dev/null)" = labtrace.agent ]; then $root /lab/labtrace-agent serve /dev/${p##*/} </dev/null >/dev/console 2>&1; fi
          done
          usleep 20000
        done

        """;

    // The agent goes into the host's files on a file system of its own; these are read-only.
    private const string HostUserland = """
        mkdir -p /host
        mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 host /host || echo "labtrace: the host's files cannot be mounted" >/dev/console
        for d in proc sys dev tmp run; do mount -o rbind /$d /host/$d; done
        mkdir -p /run/labtrace
        mount -t tmpfs tmpfs /host/mnt && mkdir -p /host/mnt/lab && cp /lab/labtrace-agent /host/mnt/lab/
        [ -d /host/lib/modules ] && mount -o bind /lib/modules /host/lib/modules
        root="chroot /host"

        """;

    // Fixed addresses: QEMU's own network between this machine and the guest.
    private const string Door = """
        ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
        chmod 700 /root /root/.ssh; chmod 600 /root/.ssh/authorized_keys /etc/dropbear/*
        dropbear -s -p 22 -r /etc/dropbear/dropbear_ed25519_host_key

        """;

    /// <summary>The script.</summary>
    /// <param name="settings">What the place wants.</param>
    /// <param name="own">Modules LabTrace itself needs, in order.</param>
    public static byte[] Script(VmSettings settings, IReadOnlyList<string> own)
    {
        StringBuilder script = new(Start);
        foreach (var module in own.Concat(settings.Load))
        {
            _ = script.Append("load ").AppendJoin(' ', module.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => CommandLine.Join([w]))).Append('\n');
        }

        if (settings.HasHostUserland)
        {
            _ = script.Append(HostUserland);
        }

        if (settings.Door is not null)
        {
            _ = script.Append(Door);
        }

        _ = script.Append(settings.HasHostUserland ? Serve.Replace(AgentPath, "/mnt" + AgentPath, StringComparison.Ordinal) : Serve);
        return Encoding.UTF8.GetBytes(script.ToString());
    }
}
