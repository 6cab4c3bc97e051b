@grtrace @needs:grtrace @needs:grtrace-mygpu @needs:gpu-load @needs:events @needs:trace-clock:mono
Feature: Who submitted a job
  grtrace and the kernel's own tracing use one clock, so a job can be brought together with the system call that submitted it.

  Scenario: every submission comes from an ioctl of the same process
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And the trace clock is "mono"
    And the event "raw_syscalls:sys_enter" is enabled with filter "id == 16"
    And grtrace is started
    When I start recording
    And the GPU does 50 jobs with "--ring 0"
    And I stop recording
    And I read the GPU events together with the trace
    Then the trace has exactly 50 "raw_syscalls:sys_enter" events
    And the trace has exactly 50 "gpu:SUBMIT" events
    And every "raw_syscalls:sys_enter" event is followed by "gpu:SUBMIT" on the same pid within 50 µs

  Scenario: a job has the pid of the program that wanted it
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace is started
    When the GPU does 20 jobs with "--ring 0"
    And I read the GPU events
    Then all events have the command's pid

  @needs:grtrace-drm-bridge
  Scenario: the bridge tells of the jobs that the kernel's GPU scheduler tells of
    Given grtrace is loaded
    And the GPU tracing module "grtrace_drm_bridge" is loaded
    And the trace clock is "mono"
    And the event "gpu_scheduler:drm_sched_job_queue" is enabled
    And the event "gpu_scheduler:drm_sched_job_run" is enabled
    And the event "gpu_scheduler:drm_sched_job_done" is enabled
    And grtrace is started
    When I start recording
    And the GPU does 30 jobs with "--ring 0"
    And I stop recording
    And I read the GPU events together with the trace
    Then the trace has exactly 30 "gpu:SUBMIT" events
    And the trace has exactly 30 "gpu_scheduler:drm_sched_job_queue" events
    And the trace has exactly 30 "gpu_scheduler:drm_sched_job_run" events
    And the trace has exactly 30 "gpu_scheduler:drm_sched_job_done" events
    And every "gpu_scheduler:drm_sched_job_queue" event is followed by "gpu:SUBMIT" on the same pid within 10 µs
    And every "gpu_scheduler:drm_sched_job_run" event is followed by "gpu:START" within 10 µs
    And every "gpu_scheduler:drm_sched_job_done" event is followed by "gpu:COMPLETE" within 10 µs

  Scenario: the scheduler's events tell which job of which program, on which ring of which GPU
    Given the trace clock is "mono"
    And the event "gpu_scheduler:drm_sched_job_queue" is enabled
    And the event "gpu_scheduler:drm_sched_job_done" is enabled
    When I start recording
    And the GPU does 12 jobs with "--ring 1"
    And I stop recording
    Then the trace has exactly 12 "gpu_scheduler:drm_sched_job_queue" events
    And every "gpu_scheduler:drm_sched_job_queue" event has "name" equal to "comp"
    And every "gpu_scheduler:drm_sched_job_queue" event has "comm" equal to "gpuload"
    And every "gpu_scheduler:drm_sched_job_queue" event is followed by "gpu_scheduler:drm_sched_job_done" on the same fence_seqno within 10 ms

  Scenario: a GPU whose driver has a scheduler of its own is not told of by the kernel's
    Given the kernel module "i915" is loaded
    And the event "gpu_scheduler:drm_sched_job_queue" is enabled
    When I start recording
    And the GPU does 5 jobs with "--gpu i915"
    And I stop recording
    Then the trace has exactly 0 "gpu_scheduler:drm_sched_job_queue" events

  Scenario: grtrace has no tracepoints of its own
    Given grtrace is loaded
    When I try to enable the event "grtrace:submit"
    Then it is refused
