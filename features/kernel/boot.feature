@kernel @needs:reboot
Feature: Booting
  A target may boot while a scenario runs; what its kernel knew is gone then.

  Scenario: a target that reboots is another boot, and traces as before
    Given the event "sched:sched_process_exec" is enabled
    When the target reboots
    Then it is another boot
    Given the event "sched:sched_process_exec" is enabled
    When I record while running "true"
    Then the trace has at least 1 "sched:sched_process_exec" event
