Feature: Measurements
  Numbers that a scenario records are kept with the run. `labtrace history` shows them over time, and `labtrace qualify` compares
  those of a candidate kernel with a baseline's, board by board.

  @needs:events
  Scenario: wake-up latencies are kept
    Given the following events are enabled:
      | event              |
      | sched:sched_waking |
      | sched:sched_switch |
    When I record while running "sleep 0.02" 10 times
    Then the p99 wake-up latency is recorded as "wakeup_p99"
    And the median wake-up latency of "sleep" is recorded as "wakeup_of_sleep"
    And the longest time from "sched:sched_waking where comm = sleep" to "sched:sched_switch where next_comm = sleep" is recorded as "sleep_runs_after"

  @needs:programs
  Scenario: a number that a program prints is kept
    When I run "echo Max latency: 17 us"
    Then the number behind "Max latency:" in the command's output is recorded as "cyclictest_max" in "us"
