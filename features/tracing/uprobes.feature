@tracing @needs:uprobes
Feature: Probes in programs
  A probe on a function of a program or library counts its calls without touching the source.

  Scenario: each call of a library function is counted
    Given a probe "nap" on the function "clock_nanosleep" of the library "libc.so.6"
    When I record only the events of "sleep 0.01"
    Then the trace has exactly 1 "nap" event
    And all events have the command's pid

  Scenario: a return probe sees the function come back after the sleep
    Given a probe "nap" on the function "clock_nanosleep" of the library "libc.so.6"
    And a return probe "nap_done" on the function "clock_nanosleep" of the library "libc.so.6"
    When I record only the events of "sleep 0.02"
    Then the shortest time from "nap" to "nap_done" on the same pid is at least 20 ms

  Scenario: a function that does not exist is refused and the nearest one is named
    When I try to put a probe "nap" on the function "clock_nanoslep" of the library "libc.so.6"
    Then it is refused
    And the refusal says "clock_nanosleep"
