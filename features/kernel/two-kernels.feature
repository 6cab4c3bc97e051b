@kernel @needs:modules @needs:debugfs @needs:throw-away
Feature: Two kernels, one verdict
  The same work on two kernels, one after the other in one scenario, which says how they compare. The place's file names the kernels.

  Scenario: the real-time kernel wakes a thread while the long-term kernel is busy
    Given the kernel "lts" is booted
    And the kernel module "labtrace_gpio" is loaded with "period_us=10000 hold_ms=200"
    And the following events are enabled:
      | event              |
      | sched:sched_waking |
      | sched:sched_switch |
      | gpio:gpio_value    |
    When I record while the GPIO line is toggled 200 times
    Then the kernel does not preempt whatever runs
    And the longest time from "sched:sched_waking where comm = labtrace_gpio" to "sched:sched_switch where next_comm = labtrace_gpio" on the same pid=next_pid is at least 100 ms
    And the median wake-up latency of "labtrace_gpio" is recorded as "GPIO toggler's wake-up beside a held spinlock, lts, median"
    When I boot the kernel "rt"
    Given the kernel module "labtrace_gpio" is loaded with "period_us=10000 hold_ms=200"
    And the following events are enabled:
      | event              |
      | sched:sched_waking |
      | sched:sched_switch |
      | gpio:gpio_value    |
    When I record while the GPIO line is toggled 200 times
    Then the kernel preempts whatever runs
    And the trace has exactly 200 "gpio:gpio_value" events
    And the longest time from "sched:sched_waking where comm = labtrace_gpio" to "sched:sched_switch where next_comm = labtrace_gpio" on the same pid=next_pid is shorter than with the kernel "lts"
    And the median wake-up latency of "labtrace_gpio" is recorded as "GPIO toggler's wake-up beside a held spinlock, rt, median"
