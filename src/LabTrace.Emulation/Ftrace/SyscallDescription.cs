namespace LabTrace.Emulation.Ftrace;

/// <summary>System calls of x86-64 that emulated programs make, with what their events carry.</summary>
/// <param name="Name">The name in the event, for example <c>newfstatat</c>.</param>
/// <param name="Number">The call's number, <c>id</c> of <c>raw_syscalls</c>.</param>
/// <param name="EnterId">The ID of <c>sys_enter_</c>.</param>
/// <param name="EnterOrder">The place of <c>sys_enter_</c> in <c>available_events</c>.</param>
/// <param name="ExitId">The ID of <c>sys_exit_</c>.</param>
/// <param name="ExitOrder">The place of <c>sys_exit_</c>.</param>
/// <param name="Arguments">Types and names of the arguments.</param>
internal sealed record SyscallDescription(string Name, int Number, int EnterId, int EnterOrder, int ExitId, int ExitOrder, params string[] Arguments)
{
    /// <summary>The calls, in the order of the kernel's own list of events.</summary>
    public static readonly SyscallDescription[] All =
    [
        new("mmap", 9, 174, 153, 173, 152, "unsigned long addr", "unsigned long len", "unsigned long prot", "unsigned long flags", "unsigned long fd", "unsigned long off"),
        new("arch_prctl", 158, 176, 155, 175, 154, "int option", "unsigned long arg2"),
        new("clone", 56, 196, 175, 195, 174, "unsigned long clone_flags", "unsigned long newsp", "int * parent_tidptr", "int * child_tidptr", "unsigned long tls"),
        new("vfork", 58, 198, 177, 197, 176),
        new("set_tid_address", 218, 202, 181, 201, 180, "int * tidptr"),
        new("wait4", 61, 212, 191, 211, 190, "pid_t upid", "int * stat_addr", "int options", "struct rusage * ru"),
        new("exit_group", 231, 216, 195, 215, 194, "int error_code"),
        new("pause", 34, 235, 214, 234, 213),
        new("rt_sigaction", 13, 237, 216, 236, 215, "int sig", "const struct sigaction * act", "struct sigaction * oact", "size_t sigsetsize"),
        new("kill", 62, 251, 230, 250, 229, "pid_t pid", "int sig"),
        new("rt_sigprocmask", 14, 257, 236, 256, 235, "int how", "sigset_t * nset", "sigset_t * oset", "size_t sigsetsize"),
        new("prlimit64", 302, 275, 254, 274, 253, "pid_t pid", "unsigned int resource", "const struct rlimit64 * new_rlim", "struct rlimit64 * old_rlim"),
        new("newuname", 63, 283, 262, 282, 261, "struct new_utsname * name"),
        new("getegid", 108, 297, 276, 296, 275),
        new("getgid", 104, 299, 278, 298, 277),
        new("geteuid", 107, 301, 280, 300, 279),
        new("getuid", 102, 303, 282, 302, 281),
        new("getppid", 110, 305, 284, 304, 283),
        new("getpid", 39, 309, 288, 308, 287),
        new("sched_yield", 24, 388, 367, 387, 366),
        new("sched_getaffinity", 204, 390, 369, 389, 368, "pid_t pid", "unsigned int len", "unsigned long * user_mask_ptr"),
        new("sched_setaffinity", 203, 392, 371, 391, 370, "pid_t pid", "unsigned int len", "unsigned long * user_mask_ptr"),
        new("nanosleep", 35, 469, 448, 468, 447, "struct __kernel_timespec * rqtp", "struct __kernel_timespec * rmtp"),
        new("clock_nanosleep", 230, 474, 453, 473, 452, "const clockid_t which_clock", "int flags", "const struct __kernel_timespec * rqtp", "struct __kernel_timespec * rmtp"),
        new("futex", 202, 522, 501, 521, 500, "u32 * uaddr", "int op", "u32 val", "const struct __kernel_timespec * utime", "u32 * uaddr2", "u32 val3"),
        new("set_robust_list", 273, 526, 505, 525, 504, "struct robust_list_head * head", "size_t len"),
        new("rseq", 334, 590, 569, 589, 568, "struct rseq * rseq", "u32 rseq_len", "int flags", "u32 sig"),
        new("fadvise64", 221, 613, 592, 612, 591, "int fd", "loff_t offset", "size_t len", "int advice"),
        new("munmap", 11, 693, 672, 692, 671, "unsigned long addr", "size_t len"),
        new("brk", 12, 695, 674, 694, 673, "unsigned long brk"),
        new("mprotect", 10, 705, 684, 704, 683, "unsigned long start", "size_t len", "unsigned long prot"),
        new("close", 3, 776, 755, 775, 754, "unsigned int fd"),
        new("openat", 257, 782, 761, 781, 760, "int dfd", "const char * filename", "int flags", "umode_t mode"),
        new("access", 21, 808, 787, 807, 786, "const char * filename", "int mode"),
        new("copy_file_range", 326, 820, 799, 819, 798, "int fd_in", "loff_t * off_in", "int fd_out", "loff_t * off_out", "size_t len", "unsigned int flags"),
        new("pread64", 17, 838, 817, 837, 816, "unsigned int fd", "char * buf", "size_t count", "loff_t pos"),
        new("write", 1, 840, 819, 839, 818, "unsigned int fd", "const char * buf", "size_t count"),
        new("read", 0, 842, 821, 841, 820, "unsigned int fd", "char * buf", "size_t count"),
        new("lseek", 8, 844, 823, 843, 822, "unsigned int fd", "off_t offset", "unsigned int whence"),
        new("newfstat", 5, 852, 831, 851, 830, "unsigned int fd", "struct stat * statbuf"),
        new("newfstatat", 262, 854, 833, 853, 832, "int dfd", "const char * filename", "struct stat * statbuf", "int flag"),
        new("execve", 59, 862, 841, 861, 840, "const char * filename", "const char *const * argv", "const char *const * envp"),
        new("unlinkat", 263, 884, 863, 883, 862, "int dfd", "const char * pathname", "int flag"),
        new("mkdirat", 258, 890, 869, 889, 868, "int dfd", "const char * pathname", "umode_t mode"),
        new("fcntl", 72, 896, 875, 895, 874, "unsigned int fd", "unsigned int cmd", "unsigned long arg"),
        new("ioctl", 16, 898, 877, 897, 876, "unsigned int fd", "unsigned int cmd", "unsigned long arg"),
        new("getdents64", 217, 900, 879, 899, 878, "unsigned int fd", "struct linux_dirent64 * dirent", "unsigned int count"),
        new("ppoll", 271, 904, 883, 903, 882, "struct pollfd * ufds", "unsigned int nfds", "struct __kernel_timespec * tsp", "const sigset_t * sigmask", "size_t sigsetsize"),
        new("poll", 7, 906, 885, 905, 884, "struct pollfd * ufds", "unsigned int nfds", "int timeout_msecs"),
        new("dup2", 33, 918, 897, 917, 896, "unsigned int oldfd", "unsigned int newfd"),
        new("dup3", 292, 920, 899, 919, 898, "unsigned int oldfd", "unsigned int newfd", "int flags"),
        new("utimensat", 280, 1033, 1012, 1032, 1011, "int dfd", "const char * filename", "struct __kernel_timespec * utimes", "int flags"),
        new("getrandom", 318, 2177, 2156, 2176, 2155, "char * ubuf", "size_t len", "unsigned int flags"),
        new("recvfrom", 45, 2222, 2201, 2221, 2200, "int fd", "void * ubuf", "size_t size", "unsigned int flags", "struct sockaddr * addr", "int * addr_len"),
        new("sendto", 44, 2224, 2203, 2223, 2202, "int fd", "void * buff", "size_t len", "unsigned int flags", "struct sockaddr * addr", "int addr_len"),
        new("connect", 42, 2230, 2209, 2229, 2208, "int fd", "struct sockaddr * uservaddr", "int addrlen"),
        new("socket", 41, 2242, 2221, 2241, 2220, "int family", "int type", "int protocol"),
    ];
}
