/* Some kernels show the function tracer's files and refuse to open them; trace-cmd 3.1 ends there. Preloaded into it, this makes the files
   look absent, as on a kernel without the function tracer, and trace-cmd records everything else. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static int is_refused(const char *path)
{
    static const char *const files[] = { "/kernel/ftrace_enabled", "/set_ftrace_", "/set_graph_" };
    for (size_t i = 0; path && i < sizeof(files) / sizeof(files[0]); i++) {
        if (strstr(path, files[i]))
            return 1;
    }
    return 0;
}

#define HIDE(name, type)                                                        \
    int name(const char *path, struct type *result)                             \
    {                                                                           \
        int (*real)(const char *, struct type *) = dlsym(RTLD_NEXT, #name);     \
        if (is_refused(path)) {                                                 \
            errno = ENOENT;                                                     \
            return -1;                                                          \
        }                                                                       \
        return real(path, result);                                              \
    }

HIDE(stat, stat)
HIDE(stat64, stat64)
