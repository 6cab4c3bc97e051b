@ebpf @needs:bpf-drm-ioctl @needs:labtrace-workload
Feature: ioctls of graphics drivers recorded with eBPF
  Who submitted this job? The annotator records the ioctls of the type 'd' with process, duration and the name the driver gives them.

  Scenario: each ioctl is recorded with its name and its refusal
    Given the BPF program "drm_ioctl"
    When I record "labtrace-workload ioctls 6" with BPF
    Then the trace has exactly 6 "bpf:ioctl_enter where name = DRM_IOCTL_VERSION" events
    And the trace has exactly 6 "bpf:ioctl_exit where name = DRM_IOCTL_GEM_CLOSE and errno = ENOTTY" events
    And every "bpf:ioctl_exit" event has "ret" equal to -25
    And no events were lost

  Scenario: ioctls of other types are left out
    Given the BPF program "drm_ioctl"
    When I record "labtrace-workload ioctls 4" with BPF
    Then the trace has exactly 0 "bpf:ioctl_enter where cmd = 0x5413" events
    And the trace has exactly 8 "bpf:ioctl_enter" events

  Scenario: ioctls of every type may be asked for
    Given the BPF program "drm_ioctl"
    And ioctls of every type are recorded
    When I record "labtrace-workload ioctls 4" with BPF
    Then the trace has exactly 4 "bpf:ioctl_enter where cmd = 0x5413" events
    And the trace has exactly 12 "bpf:ioctl_exit" events

  Scenario: every ioctl comes back
    Given the BPF program "drm_ioctl"
    When I record "labtrace-workload ioctls 10" with BPF
    Then every "bpf:ioctl_enter" event is followed by "bpf:ioctl_exit" on the same pid within 1 s
    And all events have the command's pid
    And the kernel's BPF counters agree with the events read

  @needs:strace
  Scenario: strace sees as many
    Given the BPF program "syscalls"
    When I record "labtrace-workload ioctls 5" with BPF
    Then the trace has exactly 15 "bpf:syscall_exit where name = ioctl and errno = ENOTTY" events
    And strace sees the same calls
