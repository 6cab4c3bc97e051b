@tracing @needs:events
Feature: Context switches
  The scheduler says which task leaves a cpu and which one gets it. These events are the ground that latency work stands on,
  so they must be there, complete and in order.

  Scenario: a context switch is recorded with its fields
    Given the event "sched:sched_switch" is enabled with filter "prev_pid != 0"
    When I record while running "sleep 0.05"
    Then the trace has at least 1 "sched:sched_switch" event
    And every "sched:sched_switch" event has fields "prev_comm", "next_pid"
    And some "sched:sched_switch" event has "prev_comm" equal to "sleep"
    And timestamps never go backwards on a cpu
    And no events were lost

  Scenario: a task that waits leaves the cpu as sleeping
    Given the event "sched:sched_switch" is enabled
    When I record while running "sleep 0.05"
    Then every "sched:sched_switch" event has the fields:
      | field      |
      | prev_comm  |
      | prev_state |
      | next_comm  |
    And some "sched:sched_switch where prev_comm = sleep" event has "prev_state" equal to "S"
    And every "sched:sched_switch" event has "next_prio" less than 140

  Scenario: a woken task becomes runnable at once
    Given the following events are enabled:
      | event              |
      | sched:sched_waking |
      | sched:sched_wakeup |
    When I record while running "sleep 0.05"
    Then every "sched:sched_waking where comm = sleep" event is followed by "sched:sched_wakeup where comm = sleep" within 100 ms
    And no events were lost

  Scenario: a sleep lasts at least as long as was asked
    Given the following events are enabled:
      | event                               |
      | syscalls:sys_enter_clock_nanosleep  |
      | syscalls:sys_exit_clock_nanosleep   |
    When I record only the events of "sleep 0.05"
    Then the longest time from "syscalls:sys_enter_clock_nanosleep" to "syscalls:sys_exit_clock_nanosleep" is at least 50 ms

  Scenario: the idle task is never woken
    Given the event "sched:sched_waking" is enabled
    When I record while running "sleep 0.01"
    Then the trace has at least 1 "sched:sched_waking" event
    And every "sched:sched_waking" event has the field "target_cpu"
    And no "sched:sched_waking" event has "pid" equal to 0
