@grtrace @needs:grtrace @needs:grtrace-mygpu @needs:gpu-load @needs:events @needs:trace-clock:mono
Feature: Who submitted a job
  grtrace and the kernel's own tracing use one clock, so a job can be brought together with the system call that submitted it.

  Scenario: every submission comes from an ioctl of the same process
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And the trace clock is "mono"
    And the event "raw_syscalls:sys_enter" is enabled with filter "id == 16"
    And grtrace is started
    When I start recording
    And the GPU does 50 jobs with "--ring 0"
    And I stop recording
    And I read the GPU events together with the trace
    Then the trace has exactly 50 "raw_syscalls:sys_enter" events
    And the trace has exactly 50 "gpu:SUBMIT" events
    And every "raw_syscalls:sys_enter" event is followed by "gpu:SUBMIT" on the same pid within 50 µs

  Scenario: a job has the pid of the program that wanted it
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace is started
    When the GPU does 20 jobs with "--ring 0"
    And I read the GPU events
    Then all events have the command's pid

  Scenario: grtrace has no tracepoints of its own
    Given grtrace is loaded
    When I try to enable the event "grtrace:submit"
    Then it is refused
