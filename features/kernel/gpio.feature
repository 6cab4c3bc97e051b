@kernel @needs:modules @needs:debugfs
Feature: Toggling a GPIO line
  A thread toggles a line once a period. How late it comes is the kernel's: a long-term kernel and a real-time one are compared by
  the numbers that are recorded here, with `labtrace diff` or `labtrace qualify`.

  Scenario: a line toggles as often as it was asked to
    Given the kernel module "labtrace_gpio" is loaded with "period_us=2000"
    And the event "gpio:gpio_value" is enabled
    When I record while the GPIO line is toggled 50 times
    Then the trace has exactly 50 "gpio:gpio_value" events
    And the shortest time from "gpio:gpio_value where value = 1" to "gpio:gpio_value where value = 0" is at least 10 us
    And the median time from "gpio:gpio_value where value = 1" to "gpio:gpio_value where value = 0" is recorded as "GPIO period, median"
    And the p95 time from "gpio:gpio_value where value = 1" to "gpio:gpio_value where value = 0" is recorded as "GPIO period, p95"
