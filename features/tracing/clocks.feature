@tracing @needs:events
Feature: Trace clocks
  Every clock orders the events of one cpu; only some can be compared with clocks outside the trace.

  Scenario Outline: time never goes backwards on a cpu with the <clock> clock
    Given the trace clock is "<clock>"
    And the event "sched:sched_switch" is enabled
    When I record while running "sleep 0.02"
    Then the trace has at least 2 "sched:sched_switch" events
    And the trace was recorded with the "<clock>" clock
    And timestamps never go backwards on a cpu

    Examples:
      | clock    |
      | local    |
      | global   |
      | mono     |
      | mono_raw |
      | boot     |
      | tai      |

    @needs:trace-clock:x86-tsc
    Examples: counters without a unit
      | clock   |
      | x86-tsc |
      | counter |

  Scenario: a sleep has its length on the monotonic clock
    Given the trace clock is "mono"
    And the event "raw_syscalls:sys_enter" is enabled with filter "id == 230"
    And the event "raw_syscalls:sys_exit" is enabled with filter "id == 230"
    When I record only the events of "sleep 0.1"
    Then the median time from "raw_syscalls:sys_enter" to "raw_syscalls:sys_exit" on the same pid is at least 100 ms
    And the p99 time from "raw_syscalls:sys_enter" to "raw_syscalls:sys_exit" on the same pid is at most 1 s

  @needs:trace-clock:mono @needs:trace-marker
  Scenario: the monotonic trace clock is the machine's own
    Given the trace clock is "mono"
    When I compare the trace clock with the target's clock 20 times
    Then the trace clock agrees with the target's clock within 100 us
    And the clock offset stays within 100 us
    And the median clock offset is recorded as "mono_offset"
