@kernel @needs:modules @needs:gpio-sim @needs:labtrace-gpio
Feature: Lines of a simulated GPIO chip
  The kernel's own gpio-sim is a GPIO chip in memory, made through configfs. Its lines are pulled from outside, and used as those of any
  chip: a program reads them, sets them and waits for their edges through the character device, and each access is an event.

  Scenario: a line reads as it is pulled
    Given a simulated GPIO chip with 4 lines
    When GPIO line 2 is pulled up
    Then GPIO line 2 reads 1
    And GPIO line 1 reads 0
    When GPIO line 2 is pulled down
    Then GPIO line 2 reads 0

  Scenario: a line that is read becomes an input, and both are events
    Given a simulated GPIO chip with 4 lines
    And GPIO line 2 is pulled up
    And the events of "gpio" are enabled
    When I record while GPIO line 2 is read
    Then the trace has exactly 1 "gpio:gpio_direction where in = 1 and err = 0" event
    And the trace has exactly 1 "gpio:gpio_value where get = 1 and value = 1" event
    And these events come in this order:
      | event               |
      | gpio:gpio_direction |
      | gpio:gpio_value     |

  Scenario: a program that waits for edges is told every one
    Given a simulated GPIO chip with 4 lines
    And the following events are enabled:
      | event                 |
      | irq:irq_handler_entry |
      | sched:sched_switch    |
    When I record while a program waits for 20 edges of GPIO line 1, which is pulled up and down by turns
    Then the program was told 20 edges, rising and falling by turns
    And the trace has exactly 20 "irq:irq_handler_entry where name = labtrace-gpio" events
    And the median time from "irq:irq_handler_entry where name = labtrace-gpio" to "sched:sched_switch where next_comm = labtrace-gpio" is recorded as "GPIO edge to program, median"
    And the p95 time from "irq:irq_handler_entry where name = labtrace-gpio" to "sched:sched_switch where next_comm = labtrace-gpio" is recorded as "GPIO edge to program, p95"

  Scenario: a program toggles an output as often as it was asked to
    Given a simulated GPIO chip with 1 line
    And the events of "gpio" are enabled
    When I record while GPIO line 0 is toggled 50 times, every 2 ms
    Then the trace has exactly 1 "gpio:gpio_direction where in = 0 and err = 0" event
    And the trace has exactly 25 "gpio:gpio_value where get = 0 and value = 1" events
    And the shortest time from "gpio:gpio_value where value = 1" to "gpio:gpio_value where value = 0" is at least 10 us
    And the median time from "gpio:gpio_value where value = 1" to "gpio:gpio_value where value = 0" is recorded as "GPIO period of a program, median"
    And the p95 time from "gpio:gpio_value where value = 1" to "gpio:gpio_value where value = 0" is recorded as "GPIO period of a program, p95"

  @needs:throw-away
  Scenario: a real-time kernel tells a program every edge too
    Given the kernel "rt" is booted
    And a simulated GPIO chip with 4 lines
    And the following events are enabled:
      | event                 |
      | irq:irq_handler_entry |
      | sched:sched_switch    |
    When I record while a program waits for 20 edges of GPIO line 1, which is pulled up and down by turns
    Then the program was told 20 edges, rising and falling by turns
    And the median time from "irq:irq_handler_entry where name = labtrace-gpio" to "sched:sched_switch where next_comm = labtrace-gpio" is recorded as "GPIO edge to program, rt, median"

  Scenario: the chips of the scenarios before are gone, and so is the module that made them
    Then the kernel module "gpio-sim" is gone
