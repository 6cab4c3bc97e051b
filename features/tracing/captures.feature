@tracing
Feature: Captures that were recorded elsewhere
  The same program toggles a GPIO line every millisecond on two kernels. Which of them keeps the deadline is read from the captures:
  no target is needed.

  Scenario: the real-time kernel keeps its deadline
    Given the capture "fixtures/gpio-toggler/rt.dat"
    Then the longest time from "gpio:gpio_value" to "gpio:gpio_value" on the same gpio is at most 1.2 ms
    And the p99.9 time from "gpio:gpio_value" to "gpio:gpio_value" on the same gpio is at most 1.2 ms
    And at least 99 % of the times from "gpio:gpio_value" to "gpio:gpio_value" on the same gpio are between 0.8 ms and 1.2 ms
    And there is no gap longer than 1.2 ms between "gpio:gpio_value" events
    And no events were lost

  Scenario: the long-term kernel is mostly in time, and sometimes late
    Given the capture "fixtures/gpio-toggler/lts.dat"
    Then the median time from "gpio:gpio_value" to "gpio:gpio_value" is at most 1.1 ms
    And the longest time from "gpio:gpio_value" to "gpio:gpio_value" is at least 2 ms
    And at least 5 "gpio:gpio_value" events come in every 10 ms

  Scenario: the real-time kernel's times are not longer
    Given the capture "fixtures/gpio-toggler/rt.dat"
    Then the times from "gpio:gpio_value" to "gpio:gpio_value" on the same gpio are not longer than in the capture "fixtures/gpio-toggler/lts.dat"
    And the times from "gpio:gpio_value" to "gpio:gpio_value" are shorter than in the capture "fixtures/gpio-toggler/lts.dat"

  Scenario: the line is high and low in turn, and every event has a partner
    Given the capture "fixtures/gpio-toggler/lts.dat"
    Then these events follow each other again and again on the same gpio:
      | event                           |
      | gpio:gpio_value where value = 1 |
      | gpio:gpio_value where value = 0 |
    And at most 0 "gpio:gpio_value where value = 1" and "gpio:gpio_value where value = 0" events have no partner on the same gpio

  Scenario: what a question leaves out is counted
    Given the capture "fixtures/gpio-toggler/rt.dat"
    When I keep only "gpio:gpio_value where value = 1" events
    Then the trace has at most 0 lost events
    And the trace has at most 0 malformed events
    And the trace has at most 400 skipped events
    And every "gpio:gpio_value" event has "value" equal to 1
