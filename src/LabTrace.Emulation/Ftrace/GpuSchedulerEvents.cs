namespace LabTrace.Emulation.Ftrace;

/// <summary>What the DRM scheduler tells of jobs.</summary>
/// <remarks>drivers/gpu/drm/scheduler/gpu_scheduler_trace.h since Linux 6.17; before that the events were called drm_sched_job, drm_run_job and
/// drm_sched_process_job. On a kernel the numbers are given when gpu_sched is loaded; here it is loaded at boot.</remarks>
internal static class GpuSchedulerEvents
{
    /// <summary>The event system.</summary>
    public const string System = "gpu_scheduler";

    /// <summary>A job is handed to the scheduler, in the system call of whoever wants it.</summary>
    public const string Queue = "drm_sched_job_queue";

    /// <summary>The scheduler gives a job to the hardware.</summary>
    public const string Run = "drm_sched_job_run";

    /// <summary>A job's fence is signalled.</summary>
    public const string Done = "drm_sched_job_done";

    private const string JobFields =
        "__data_loc char[] name; u32 job_count; int hw_job_count; __data_loc char[] dev; u64 fence_context; u64 fence_seqno; u64 client_id";

    private const string JobPrint =
        """
        "dev=%s, fence=%llu:%llu, ring=%s, job count:%u, hw job count:%d, client_id:%llu", __get_str(dev), REC->fence_context, REC->fence_seqno, __get_str(name), REC->job_count, REC->hw_job_count, REC->client_id
        """;

    /// <summary>The events, in the order of the kernel's own list.</summary>
    public static readonly EventDescription[] All =
    [
        new(System, Done, 2303, 2282, "u64 fence_context; u64 fence_seqno",
            """
            "fence=%llu:%llu signaled", REC->fence_context, REC->fence_seqno
            """),
        new(System, Run, 2304, 2283, JobFields, JobPrint),
        new(System, Queue, 2305, 2284, JobFields, JobPrint),
    ];
}
