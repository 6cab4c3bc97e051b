namespace LabTrace.Emulation.Ftrace;

/// <summary>Events of tasks: scheduler, life, signals and system calls.</summary>
internal static class TaskEvents
{
    /// <summary>The events, in the order of the kernel's own list.</summary>
    public static readonly EventDescription[] All =
    [
        new("sched", "sched_wake_idle_without_ipi", 355, 334, "int cpu",
            """
            "cpu=%d", REC->cpu
            """),
        new("sched", "sched_swap_numa", 358, 337, "pid_t src_pid; pid_t src_tgid; pid_t src_ngid; int src_cpu; int src_nid; pid_t dst_pid; pid_t dst_tgid; pid_t dst_ngid; int dst_cpu; int dst_nid",
            """
            "src_pid=%d src_tgid=%d src_ngid=%d src_cpu=%d src_nid=%d dst_pid=%d dst_tgid=%d dst_ngid=%d dst_cpu=%d dst_nid=%d", REC->src_pid, REC->src_tgid, REC->src_ngid, REC->src_cpu, REC->src_nid, REC->dst_pid, REC->dst_tgid, REC->dst_ngid, REC->dst_cpu, REC->dst_nid
            """),
        new("sched", "sched_stick_numa", 359, 338, "pid_t src_pid; pid_t src_tgid; pid_t src_ngid; int src_cpu; int src_nid; pid_t dst_pid; pid_t dst_tgid; pid_t dst_ngid; int dst_cpu; int dst_nid",
            """
            "src_pid=%d src_tgid=%d src_ngid=%d src_cpu=%d src_nid=%d dst_pid=%d dst_tgid=%d dst_ngid=%d dst_cpu=%d dst_nid=%d", REC->src_pid, REC->src_tgid, REC->src_ngid, REC->src_cpu, REC->src_nid, REC->dst_pid, REC->dst_tgid, REC->dst_ngid, REC->dst_cpu, REC->dst_nid
            """),
        new("sched", "sched_move_numa", 360, 339, "pid_t pid; pid_t tgid; pid_t ngid; int src_cpu; int src_nid; int dst_cpu; int dst_nid",
            """
            "pid=%d tgid=%d ngid=%d src_cpu=%d src_nid=%d dst_cpu=%d dst_nid=%d", REC->pid, REC->tgid, REC->ngid, REC->src_cpu, REC->src_nid, REC->dst_cpu, REC->dst_nid
            """),
        new("sched", "sched_process_hang", 361, 340, "__data_loc char[] comm; pid_t pid",
            """
            "comm=%s pid=%d", __get_str(comm), REC->pid
            """),
        new("sched", "sched_pi_setprio", 362, 341, "__data_loc char[] comm; pid_t pid; int oldprio; int newprio",
            """
            "comm=%s pid=%d oldprio=%d newprio=%d", __get_str(comm), REC->pid, REC->oldprio, REC->newprio
            """),
        new("sched", "sched_stat_runtime", 363, 342, "__data_loc char[] comm; pid_t pid; u64 runtime",
            """
            "comm=%s pid=%d runtime=%Lu [ns]", __get_str(comm), REC->pid, (unsigned long long)REC->runtime
            """),
        new("sched", "sched_prepare_exec", 364, 343, "__data_loc char[] interp; __data_loc char[] filename; pid_t pid; __data_loc char[] comm",
            """
            "interp=%s filename=%s pid=%d comm=%s", __get_str(interp), __get_str(filename), REC->pid, __get_str(comm)
            """),
        new("sched", "sched_process_exec", 365, 344, "__data_loc char[] filename; pid_t pid; pid_t old_pid",
            """
            "filename=%s pid=%d old_pid=%d", __get_str(filename), REC->pid, REC->old_pid
            """),
        new("sched", "sched_process_fork", 366, 345, "__data_loc char[] parent_comm; pid_t parent_pid; __data_loc char[] child_comm; pid_t child_pid",
            """
            "comm=%s pid=%d child_comm=%s child_pid=%d", __get_str(parent_comm), REC->parent_pid, __get_str(child_comm), REC->child_pid
            """),
        new("sched", "sched_process_wait", 367, 346, "__data_loc char[] comm; pid_t pid; int prio",
            """
            "comm=%s pid=%d prio=%d", __get_str(comm), REC->pid, REC->prio
            """),
        new("sched", "sched_wait_task", 368, 347, "__data_loc char[] comm; pid_t pid; int prio",
            """
            "comm=%s pid=%d prio=%d", __get_str(comm), REC->pid, REC->prio
            """),
        new("sched", "sched_process_exit", 369, 348, "char comm[16]; pid_t pid; int prio; bool group_dead",
            """
            "comm=%s pid=%d prio=%d group_dead=%s", REC->comm, REC->pid, REC->prio, REC->group_dead ? "true" : "false"
            """),
        new("sched", "sched_process_free", 370, 349, "__data_loc char[] comm; pid_t pid; int prio",
            """
            "comm=%s pid=%d prio=%d", __get_str(comm), REC->pid, REC->prio
            """),
        new("sched", "sched_migrate_task", 371, 350, "__data_loc char[] comm; pid_t pid; int prio; int orig_cpu; int dest_cpu",
            """
            "comm=%s pid=%d prio=%d orig_cpu=%d dest_cpu=%d", __get_str(comm), REC->pid, REC->prio, REC->orig_cpu, REC->dest_cpu
            """),
        new("sched", "sched_switch", 372, 351, "char prev_comm[16]; pid_t prev_pid; int prev_prio; long prev_state; char next_comm[16]; pid_t next_pid; int next_prio",
            """
            "prev_comm=%s prev_pid=%d prev_prio=%d prev_state=%s%s ==> next_comm=%s next_pid=%d next_prio=%d", REC->prev_comm, REC->prev_pid, REC->prev_prio, (REC->prev_state & ((((0x00000000 | 0x00000001 | 0x00000002 | 0x00000004 | 0x00000008 | 0x00000010 | 0x00000020 | 0x00000040) + 1) << 1) - 1)) ? __print_flags(REC->prev_state & ((((0x00000000 | 0x00000001 | 0x00000002 | 0x00000004 | 0x00000008 | 0x00000010 | 0x00000020 | 0x00000040) + 1) << 1) - 1), "|", { 0x00000001, "S" }, { 0x00000002, "D" }, { 0x00000004, "T" }, { 0x00000008, "t" }, { 0x00000010, "X" }, { 0x00000020, "Z" }, { 0x00000040, "P" }, { 0x00000080, "I" }) : "R", REC->prev_state & (((0x00000000 | 0x00000001 | 0x00000002 | 0x00000004 | 0x00000008 | 0x00000010 | 0x00000020 | 0x00000040) + 1) << 1) ? "+" : "", REC->next_comm, REC->next_pid, REC->next_prio
            """),
        new("sched", "sched_wakeup_new", 373, 352, "char comm[16]; pid_t pid; int prio; int target_cpu",
            """
            "comm=%s pid=%d prio=%d target_cpu=%03d", REC->comm, REC->pid, REC->prio, REC->target_cpu
            """),
        new("sched", "sched_wakeup", 374, 353, "char comm[16]; pid_t pid; int prio; int target_cpu",
            """
            "comm=%s pid=%d prio=%d target_cpu=%03d", REC->comm, REC->pid, REC->prio, REC->target_cpu
            """),
        new("sched", "sched_waking", 375, 354, "char comm[16]; pid_t pid; int prio; int target_cpu",
            """
            "comm=%s pid=%d prio=%d target_cpu=%03d", REC->comm, REC->pid, REC->prio, REC->target_cpu
            """),
        new("sched", "sched_kthread_work_execute_end", 376, 355, "void * work; void * function",
            """
            "work struct %p: function %ps", REC->work, REC->function
            """),
        new("sched", "sched_kthread_work_execute_start", 377, 356, "void * work; void * function",
            """
            "work struct %p: function %ps", REC->work, REC->function
            """),
        new("sched", "sched_kthread_work_queue_work", 378, 357, "void * work; void * function; void * worker",
            """
            "work struct=%p function=%ps worker=%p", REC->work, REC->function, REC->worker
            """),
        new("sched", "sched_kthread_stop_ret", 379, 358, "int ret",
            """
            "ret=%d", REC->ret
            """),
        new("sched", "sched_kthread_stop", 380, 359, "__data_loc char[] comm; pid_t pid",
            """
            "comm=%s pid=%d", __get_str(comm), REC->pid
            """),
        new("task", "task_prctl_unknown", 203, 182, "int option; unsigned long arg2; unsigned long arg3; unsigned long arg4; unsigned long arg5",
            """
            "option=%d arg2=%ld arg3=%ld arg4=%ld arg5=%ld", REC->option, REC->arg2, REC->arg3, REC->arg4, REC->arg5
            """),
        new("task", "task_rename", 204, 183, "pid_t pid; char oldcomm[16]; char newcomm[16]; short oom_score_adj",
            """
            "pid=%d oldcomm=%s newcomm=%s oom_score_adj=%hd", REC->pid, REC->oldcomm, REC->newcomm, REC->oom_score_adj
            """),
        new("task", "task_newtask", 205, 184, "pid_t pid; char comm[16]; u64 clone_flags; short oom_score_adj",
            """
            "pid=%d comm=%s clone_flags=%llx oom_score_adj=%hd", REC->pid, REC->comm, REC->clone_flags, REC->oom_score_adj
            """),
        new("signal", "signal_deliver", 260, 239, "int sig; int errno; int code; unsigned long sa_handler; unsigned long sa_flags",
            """
            "sig=%d errno=%d code=%d sa_handler=%lx sa_flags=%lx", REC->sig, REC->errno, REC->code, REC->sa_handler, REC->sa_flags
            """),
        new("signal", "signal_generate", 261, 240, "int sig; int errno; int code; char comm[16]; pid_t pid; int group; int result",
            """
            "sig=%d errno=%d code=%d comm=%s pid=%d grp=%d res=%d", REC->sig, REC->errno, REC->code, REC->comm, REC->pid, REC->group, REC->result
            """),
        new("raw_syscalls", "sys_exit", 442, 421, "long id; long ret",
            """
            "NR %ld = %ld", REC->id, REC->ret
            """),
        new("raw_syscalls", "sys_enter", 443, 422, "long id; unsigned long args[6]",
            """
            "NR %ld (%lx, %lx, %lx, %lx, %lx, %lx)", REC->id, REC->args[0], REC->args[1], REC->args[2], REC->args[3], REC->args[4], REC->args[5]
            """),
    ];
}
