@tracing @needs:events
Feature: Latencies
  From a task's waking to its run, from a call to its return: pairs of events, their quantiles, and what found no partner.

  Scenario: a woken task gets a cpu soon
    Given the following events are enabled:
      | event              |
      | sched:sched_waking |
      | sched:sched_switch |
    When I record while running "sleep 0.02" 5 times
    Then the median time from "sched:sched_waking where comm = sleep" to "sched:sched_switch where next_comm = sleep" on the same pid=next_pid is at most 50 ms
    And at least 50 % of the times from "sched:sched_waking where comm = sleep" to "sched:sched_switch where next_comm = sleep" on the same pid=next_pid are between 0 ns and 50 ms
    And no events were lost

  Scenario: calls return in the order they were made
    Given the events of "raw_syscalls" are enabled
    When I record only the events of "true"
    Then these events follow each other again and again on the same pid:
      | event                                 |
      | raw_syscalls:sys_enter where id = 3   |
      | raw_syscalls:sys_exit where id = 3    |
    And at most 2 "raw_syscalls:sys_enter where id = 3" and "raw_syscalls:sys_exit where id = 3" events have no partner on the same pid,id

  Scenario: a cpu is not silent while it works
    Given the event "sched:sched_switch" is enabled
    When I record while running "sleep 0.05"
    Then there is no gap longer than 5 s between "sched:sched_switch" events
    And the trace has at most 0 malformed events
