@ebpf @needs:bpf-syscalls @needs:bpf-faults @needs:labtrace-workload
Feature: What goes wrong with eBPF records is told
  An emulated kernel drops records, delays cpus and misses returns when asked to, and no capture hides it.

  Scenario: dropped records are counted and no verdict is built on the rest
    Given the BPF program "syscalls"
    And the BPF fault "drop_every" is 10
    When I record "labtrace-workload calls 50" with BPF
    Then events were lost
    And the kernel dropped at least 10 BPF records
    And the kernel's BPF counters agree with the events read

  Scenario: records of a cpu that come late are put in order
    Given the BPF program "syscalls"
    And the BPF fault "delay_odd_cpus" is 40
    When I record everything with BPF while running "labtrace-workload calls 60"
    Then timestamps never go backwards on a cpu
    And no events were lost
    And every "bpf:syscall_exit where name = getppid" event has the field "ret"

  Scenario: an end that was missed shows as a call without one
    Given the BPF program "syscalls"
    And the BPF fault "skip_exit_every" is 9
    And only the system calls "getppid" are recorded
    When I record "labtrace-workload calls 27" with BPF
    Then the trace has exactly 27 "bpf:syscall_enter" events
    And the trace has exactly 24 "bpf:syscall_exit" events

  Scenario: a fault is undone with the scenario
    Given the BPF program "syscalls"
    When I record "labtrace-workload calls 5" with BPF
    Then no events were lost
    And every end had its begin
