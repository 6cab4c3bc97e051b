@kernel @needs:hist-trigger
Feature: Histograms in the kernel
  A hist trigger counts events by their fields where they happen; nothing has to be recorded for it.

  Scenario: system calls are counted by their number
    Given the event "raw_syscalls:sys_enter" has the trigger "hist:keys=id"
    When I record while running "cat /proc/version"
    Then the histogram of "raw_syscalls:sys_enter" counted at least 10

  Scenario: programs are counted by their name
    Given the event "sched:sched_process_exec" has the trigger "hist:keys=filename"
    When I record while running "true"
    Then the histogram of "sched:sched_process_exec" has the key "true"
