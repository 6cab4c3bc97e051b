@grtrace @needs:grtrace @needs:grtrace-mygpu @needs:gpu-load
Feature: What jobs do on rings
  The stages of jobs in their order, interruptions, fences, hangs and resets, and numbers that wrap.

  Background:
    Given grtrace is loaded
    And grtrace records at level "verbose"
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace is started

  Scenario: every job goes through its stages
    When the GPU does 50 jobs with "--ring 0 --work-us 200 --period-us 400"
    And I read the GPU events
    Then the stream has no gaps, repeats or damage
    And the events read are the events written
    And every "gpu:SUBMIT" event is followed by "gpu:START" on the same seqno within 100 µs
    And every "gpu:START" event is followed by "gpu:END" on the same seqno within 210 µs
    And every "gpu:END" event is followed by "gpu:COMPLETE" on the same seqno within 50 µs
    And every "gpu:COMPLETE" event has "status" equal to 0
    And timestamps never go backwards on a cpu

  # A cpu that is busy notices the start some microseconds late.
  Scenario: a job runs as long as its work takes
    When the GPU does 50 jobs with "--ring 0 --work-us 3000 --period-us 4000"
    And I read the GPU events
    Then the shortest time from "gpu:START" to "gpu:END" on the same seqno is at least 2990 µs
    And the longest time from "gpu:START" to "gpu:END" on the same seqno is at most 3010 µs

  Scenario: jobs that come faster than they are done wait for their turn
    When the GPU does 40 jobs with "--ring 0 --work-us 1000 --period-us 100"
    And I read the GPU events
    Then the longest time from "gpu:COMMIT" to "gpu:START" on the same seqno is at least 30 ms
    And no "gpu:START" event comes between "gpu:START where seqno = 1" and "gpu:END where seqno = 1"

  Scenario: rings work side by side
    When the GPU does 60 jobs with "--work-us 1000 --period-us 100"
    And I read the GPU events
    Then the trace has exactly 20 "gpu:COMPLETE where ring = 0" events
    And the trace has exactly 20 "gpu:COMPLETE where ring = 1" events
    And the trace has exactly 20 "gpu:COMPLETE where ring = 2" events
    And the stream has no gaps, repeats or damage

  Scenario: an urgent job interrupts, and the one interrupted is done afterwards
    When the GPU does 20 jobs with "--ring 0 --work-us 1000 --period-us 500 --urgent-each 2 --contexts 2"
    And I read the GPU events
    Then the trace has at least 1 "gpu:CTX_SWITCH where flags = 5" events
    And the trace has exactly 20 "gpu:START" events
    And the trace has exactly 20 "gpu:COMPLETE" events
    And every "gpu:COMPLETE" event has "status" equal to 0

  Scenario: contexts take turns on an engine
    When the GPU does 20 jobs with "--ring 0 --contexts 2 --ctx 500"
    And I read the GPU events
    Then the trace has exactly 20 "gpu:CTX_SWITCH" events
    And the trace has exactly 10 "gpu:CTX_SWITCH where to_ctx = 501" events

  Scenario: a job waits for the fence of the one before
    When the GPU does 10 jobs with "--work-us 2000 --period-us 500 --fence"
    And I read the GPU events
    Then the trace has at least 5 "gpu:SYNC_WAIT_ENTER" events
    And every "gpu:SYNC_WAIT_ENTER" event is followed by "gpu:SYNC_WAIT_EXIT" on the same ring within 30 ms
    And the trace has exactly 10 "gpu:COMPLETE" events

  Scenario: a job that hangs is told, cancelled, and its ring goes on
    When the GPU does 5 jobs with "--ring 0 --hang 2"
    And I read the GPU events
    Then these events come in this order:
      | event                                     |
      | gpu:START where seqno = 2                 |
      | gpu:ERROR where aux = 2                   |
      | gpu:ERROR where aux = 1                   |
      | gpu:COMPLETE where status = -125          |
      | gpu:COMPLETE where seqno = 5              |
    And the trace has exactly 0 "gpu:END where seqno = 2" events
    And the trace has exactly 5 "gpu:COMPLETE" events

  Scenario: numbers of jobs wrap and no job is taken for another
    When the GPU does 20 jobs with "--ring 0 --first-seqno 4294967290"
    And I read the GPU events
    Then the trace has exactly 1 "gpu:COMPLETE where seqno = 4294967295" event
    And the trace has exactly 1 "gpu:COMPLETE where seqno = 0" event
    And the trace has exactly 20 "gpu:COMPLETE" events
    And every "gpu:SUBMIT" event is followed by "gpu:COMPLETE" on the same seqno within 5 ms

  Scenario: a program that draws gives two jobs for each frame
    When "glxgears" runs for 500 ms
    And I read the GPU events
    Then the trace has at least 28 "gpu:SUBMIT where ring = 0" events
    And the trace has at most 31 "gpu:SUBMIT where ring = 0" events
    And the trace has at least 28 "gpu:SUBMIT where ring = 2" events

  @needs:grtrace-faults
  Scenario: a ring that stalls takes jobs and starts none
    Given the emulated grtrace has the fault "stall_ring" of "0"
    When the GPU does 5 jobs with "--ring 0"
    Then the command ended with exit code 1
    When I read the GPU events
    Then the trace has exactly 5 "gpu:SUBMIT" events
    And the trace has exactly 0 "gpu:START" events
