@ebpf @needs:bpf-tcp-drop
Feature: TCP segments that the kernel drops
  The tracepoint of today's kernels tells each dropped segment with its reason; the capture adds who to whom and the way through the kernel.

  @needs:labtrace-workload
  Scenario: a connection to a closed port drops one segment, for want of a socket
    Given the BPF program "tcp_drop"
    When I record "labtrace-workload connects 5 9" with BPF
    Then the trace has exactly 5 "bpf:tcp_drop where reason_name = NO_SOCKET and dport = 9" events
    And every "bpf:tcp_drop where reason_name = NO_SOCKET" event has "daddr" equal to "127.0.0.1"
    And every "bpf:tcp_drop where reason_name = NO_SOCKET" event has "flags" equal to "SYN"
    And no events were lost

  @needs:labtrace-workload
  Scenario: the kernel's stack says where it was dropped
    Given the BPF program "tcp_drop"
    When I record "labtrace-workload connects 2 9" with BPF
    Then every "bpf:tcp_drop where reason_name = NO_SOCKET" event has "stack" containing "tcp_v4_rcv"

  Scenario: a command without a connection drops nothing
    Given the BPF program "tcp_drop"
    When I record "true" with BPF
    Then the trace has exactly 0 "bpf:tcp_drop" events

  @needs:labtrace-workload
  Scenario: every drop is counted
    Given the BPF program "tcp_drop"
    When I record "labtrace-workload connects 20 9" with BPF
    Then the trace has exactly 20 "bpf:tcp_drop where reason_name = NO_SOCKET" events
    And the kernel's BPF counters agree with the events read
