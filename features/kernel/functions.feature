@kernel
Feature: Functions of the kernel
  Every function of a kernel can be followed: by a probe on it, or by a tracer that sees it enter and return.

  @needs:function-tracer
  Scenario: the function tracer records the calls of the functions that were asked for, and no others
    Given only the function "vfs_read" is traced
    And the tracer is "function"
    When I record only the events of "cat /proc/version"
    Then the trace has at least 1 "ftrace:function" event
    And no events but "ftrace:function" are in the trace

  @needs:function-tracer
  Scenario: the function graph tracer records each function's entry and return
    Given the main buffer is used
    And only the functions "vfs_read" are traced
    And the tracer is "function_graph"
    When I record while running "cat /proc/version"
    Then the trace has at least 1 "ftrace:funcgraph_entry" event
    And the trace has at least 1 "ftrace:funcgraph_exit" event

  @needs:function-tracer
  Scenario: a function that the kernel does not have is refused
    When I try to trace only the function "vfs_raed"
    Then it is refused
    And the refusal says "no function 'vfs_raed' to trace"

  @needs:kprobes
  Scenario: a probe and its return probe give the time a function takes
    Given a kernel probe "slept" on the function "hrtimer_nanosleep"
    And a kernel return probe "slept_done" on the function "hrtimer_nanosleep"
    When I record only the events of "sleep 0.02"
    Then the shortest time from "slept" to "slept_done" on the same pid is at least 20 ms
