@tracing @needs:kprobes
Feature: Probes in the kernel
  A probe on a kernel function is an event that nobody had to write. Only a kernel built with CONFIG_KPROBE_EVENTS has them.

  Scenario: each call of a kernel function is recorded
    Given a kernel probe "opened" on the function "do_sys_openat2"
    When I record only the events of "cat /proc/version"
    Then the trace has at least 1 "opened" event

  Scenario: a return probe sees the function come back
    Given a kernel probe "opened" on the function "do_sys_openat2"
    And a kernel return probe "opened_done" on the function "do_sys_openat2"
    When I record only the events of "cat /proc/version"
    Then every "opened" event is followed by "opened_done" on the same pid within 100 ms
