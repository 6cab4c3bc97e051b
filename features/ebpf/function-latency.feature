@ebpf @needs:bpf-function-latency
Feature: How long functions take
  Functions of programs are timed call by call with uprobes, and counted in a histogram that the kernel keeps.

  @needs:labtrace-workload
  Scenario: each call of a function is timed
    Given the functions "labtrace-workload:labtrace_work" are timed
    When I record "labtrace-workload functions 20 200" with BPF
    Then the trace has exactly 20 "bpf:function where function = labtrace_work" events
    And every "bpf:function" event has "duration_ns" at least 200000
    And the function "labtrace_work" was called 20 times
    And the shortest call of "labtrace_work" took at least 200 µs
    And the histogram of "labtrace_work" counts 20 calls of 131 µs or more
    And no events were lost

  @needs:labtrace-workload
  Scenario: a function gives back what it was given
    Given the functions "labtrace-workload:labtrace_work" are timed
    When I record "labtrace-workload functions 3 10" with BPF
    Then the trace has exactly 1 "bpf:function where arg = 2 and ret = 2" event
    And the trace has exactly 1 "bpf:function where arg = 0 and ret = 0" event

  @needs:labtrace-workload
  Scenario: calls inside calls are each timed
    Given the functions "labtrace-workload:labtrace_nested" are timed
    When I record "labtrace-workload nested 8" with BPF
    Then the trace has exactly 8 "bpf:function where function = labtrace_nested" events
    And the trace has exactly 1 "bpf:function where depth = 7 and ret = 1" event
    And the trace has exactly 1 "bpf:function where depth = 0 and ret = 8" event

  @needs:labtrace-workload
  Scenario: a minimum duration keeps short calls out of the trace, and in the histogram
    Given the functions "labtrace-workload:labtrace_work" are timed
    And only what takes at least 50 ms is recorded
    When I record "labtrace-workload functions 30 50" with BPF
    Then the function "labtrace_work" was called 30 times
    And the trace has at most 3 "bpf:function" events

  @needs:labtrace-workload
  Scenario: histograms alone cost no events
    Given the functions "labtrace-workload:labtrace_work" are timed
    And only histograms are recorded
    When I record "labtrace-workload functions 100 5" with BPF
    Then the function "labtrace_work" was called 100 times
    And the trace has exactly 0 "bpf:function" events

  @needs:labtrace-workload
  Scenario: a pattern names several functions
    Given the functions "labtrace-workload:labtrace_*" are timed
    When I record "labtrace-workload nested 2" with BPF
    Then the function "labtrace_nested" was called 2 times
    And the function "labtrace_work" was called 0 times

  @needs:labtrace-workload
  Scenario: the program's stack says who called
    Given the functions "labtrace-workload:labtrace_work" are timed
    And user stacks are recorded
    When I record "labtrace-workload functions 4 10" with BPF
    Then every "bpf:function" event has the field "user_stack"

  Scenario: a function of a library is timed in the command that calls it
    Given the functions "libc.so.6:clock_nanosleep" are timed
    When I record "sleep 0.03" with BPF
    Then the trace has exactly 1 "bpf:function where function = clock_nanosleep" event
    And every "bpf:function" event has "duration_ns" at least 30000000
    And all events have the command's pid

  Scenario: a function that is not there is refused and the nearest is named
    When I try to time the functions "libc.so.6:clock_nanoslep"
    Then it is refused
    And the refusal says "clock_nanosleep"

  @needs:bpf-kernel-functions @needs:device-workloads
  Scenario: the Time Card's driver is timed function by function
    Given the functions "ptp_ocp_gettimex, ptp_ocp_adjtime" are timed
    And kernel stacks are recorded
    When I record "labtrace-workload ptp 5" with BPF
    Then the function "ptp_ocp_gettimex" was called 5 times
    And the longest call of "ptp_ocp_adjtime" took at most 1 ms
    And every "bpf:function" event has "stack" containing "do_syscall_64"
