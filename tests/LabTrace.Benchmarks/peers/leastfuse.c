// leastfuse DIR: a FUSE file system of one file, DIR/file, that answers from constants: the least a server can do for an open, a read and a close.
// Ends when it is unmounted. Root only. cc -O2 -o leastfuse leastfuse.c
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char text[] = "normal\n";

static void attributes(struct fuse_attr *a, int is_file)
{
    a->ino = is_file ? 2 : 1;
    a->mode = is_file ? S_IFREG | 0444 : S_IFDIR | 0555;
    a->nlink = is_file ? 1 : 2;
    a->size = is_file ? 4096 : 0;
    a->blksize = 4096;
}

int main(int argc, char **argv)
{
    static char request[(1 << 17) + 4096];
    char options[64];
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

    snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
    if (argc != 2 || fd < 0 || mount("least", argv[1], "fuse", MS_NOSUID | MS_NODEV, options)) {
        perror("leastfuse");
        return 1;
    }
    for (;;) {
        ssize_t got = read(fd, request, sizeof(request));
        struct fuse_in_header *in = (void *)request;
        struct fuse_out_header out = { 0 };
        union {
            struct fuse_init_out init;
            struct fuse_entry_out entry;
            struct fuse_attr_out attr;
            struct fuse_open_out open;
            char text[sizeof(text) - 1];
        } body;
        size_t size = 0;

        if (got < 0 && (errno == ENOENT || errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return 0;
        memset(&body, 0, sizeof(body));
        switch (in->opcode) {
        case FUSE_INIT:
            body.init.major = FUSE_KERNEL_VERSION;
            body.init.minor = 31;
            body.init.max_write = 1 << 17;
            body.init.max_background = 64;
            body.init.congestion_threshold = 48;
            size = sizeof(body.init);
            break;
        case FUSE_LOOKUP:
            if (strcmp(request + sizeof(*in), "file")) {
                out.error = -ENOENT;
                break;
            }
            body.entry.nodeid = 2;
            body.entry.entry_valid = body.entry.attr_valid = 1;
            attributes(&body.entry.attr, 1);
            size = sizeof(body.entry);
            break;
        case FUSE_GETATTR:
            attributes(&body.attr.attr, in->nodeid == 2);
            size = sizeof(body.attr);
            break;
        case FUSE_OPEN:
            body.open.open_flags = FOPEN_DIRECT_IO;
            size = sizeof(body.open);
            break;
        case FUSE_READ:
            if (((struct fuse_read_in *)(request + sizeof(*in)))->offset == 0) {
                memcpy(body.text, text, sizeof(text) - 1);
                size = sizeof(text) - 1;
            }
            break;
        case FUSE_RELEASE:
            break;
        case FUSE_FORGET:
        case FUSE_BATCH_FORGET:
        case FUSE_INTERRUPT:
            continue;
        default:
            out.error = -ENOSYS;
        }
        out.unique = in->unique;
        out.len = sizeof(out) + size;
        struct iovec parts[] = { { &out, sizeof(out) }, { &body, size } };
        if (writev(fd, parts, 2) < 0 && errno == ENODEV)
            return 0;
    }
}
