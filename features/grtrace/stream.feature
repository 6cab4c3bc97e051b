@grtrace @needs:grtrace
Feature: The stream of events
  Whole records, numbers without gaps over all cpus, times that do not go back, and sessions told apart.

  Scenario: all that was written can be read, once and in order
    Given grtrace is loaded
    And grtrace is started
    When 5000 "SUBMIT" events are emitted
    And I read the GPU events
    Then the events read are the events written
    And the stream has no gaps, repeats or damage
    And timestamps never go backwards on a cpu

  Scenario: events are numbered on their cpu too
    Given grtrace is loaded
    And grtrace is started
    When 100 "SUBMIT" events are emitted
    And I read the GPU events
    Then the trace has exactly 1 "gpu:SUBMIT where cseq = 50" event
    And the trace has exactly 1 "gpu:SUBMIT where gseq = 50" event

  @needs:grtrace-mygpu @needs:gpu-load
  Scenario: the events of all cpus make one stream
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace is started
    When the GPU does 300 jobs with "--period-us 100 --work-us 50"
    And I read the GPU events
    Then the trace has exactly 300 "gpu:COMPLETE" events
    And the events read are the events written
    And the stream has no gaps, repeats or damage

  Scenario: each start is a session of its own
    Given grtrace is loaded
    When I start grtrace
    And 5 "SUBMIT" events are emitted
    And I stop grtrace
    And 5 "SUBMIT" events are emitted
    And I start grtrace
    And 5 "SUBMIT" events are emitted
    And I read the GPU events
    Then the stream has 2 sessions
    And the trace has exactly 10 "gpu:SUBMIT" events
    And the stream has no gaps, repeats or damage

  Scenario: times are those of the monotonic clock
    Given grtrace is loaded
    And grtrace is started
    When 5 "SUBMIT" events are emitted
    And I read the GPU events
    Then the trace was recorded with the "mono" clock

  Scenario: time between events is time between events
    Given grtrace is loaded
    And grtrace is started
    When 1 "SUBMIT" event is emitted
    And 250 ms pass
    And 1 "COMPLETE" event is emitted
    And I read the GPU events
    Then the shortest time from "gpu:SUBMIT" to "gpu:COMPLETE" is at least 250 ms
    And the longest time from "gpu:SUBMIT" to "gpu:COMPLETE" is at most 300 ms

  Scenario: every kind of event comes out under its own name
    Given grtrace is loaded
    And grtrace records at level "verbose"
    And grtrace is started
    When these events are emitted:
      | event           | seqno |
      | SUBMIT          | 1     |
      | COMMIT          | 1     |
      | SYNC_WAIT_ENTER | 1     |
      | SYNC_WAIT_EXIT  | 1     |
      | START           | 1     |
      | CTX_SWITCH      | 1     |
      | END             | 1     |
      | IRQ             | 1     |
      | COMPLETE        | 1     |
      | ERROR           | 1     |
    And I read the GPU events
    Then these events come in this order:
      | event               |
      | gpu:SUBMIT          |
      | gpu:COMMIT          |
      | gpu:SYNC_WAIT_ENTER |
      | gpu:SYNC_WAIT_EXIT  |
      | gpu:START           |
      | gpu:CTX_SWITCH      |
      | gpu:END             |
      | gpu:IRQ             |
      | gpu:COMPLETE        |
      | gpu:ERROR           |
    And grtrace wrote 10 events

  @needs:grtrace-faults
  Scenario: a damaged record is counted and the rest is read
    Given grtrace is loaded
    And grtrace is started
    When 10 "SUBMIT" events are emitted
    And the emulated grtrace gets the fault "corrupt_records" of "1"
    And 10 "SUBMIT" events are emitted
    And I read the GPU events
    Then 1 event of the stream is "damaged"
    And 1 event of the stream is "lost"
    And grtrace wrote 20 events

  @needs:grtrace-faults
  Scenario: sub-buffers that vanish are seen by the numbers that are missing
    Given grtrace is loaded
    And each cpu's buffer of grtrace has 32 KiB
    And grtrace is started
    When 50 "SUBMIT" events are emitted and nobody reads
    And the emulated grtrace gets the fault "lose_subbufs" of "1"
    And 100 "SUBMIT" events are emitted and nobody reads
    And I read the GPU events
    Then 42 events of the stream are "lost"
    And the events that the stream lacks are those that grtrace counted as lost
    And every event that was offered was written or counted as dropped

  @needs:grtrace-faults
  Scenario: a clock that steps back is seen
    Given grtrace is loaded
    And grtrace is started
    When 10 "SUBMIT" events are emitted
    And the emulated grtrace gets the fault "clock_step_ns" of "-50000000"
    And 10 "SUBMIT" events are emitted
    And I read the GPU events
    Then 1 event of the stream is "before the one before"
    And the stream has 1 session

  @needs:grtrace-mygpu @needs:gpu-load
  Scenario: a payload that no record can hold is dropped and counted
    Given grtrace is loaded
    And grtrace records at level "verbose"
    And the GPU tracing module "grtrace_mygpu" is loaded with "dump_bytes=70000"
    And grtrace is started
    When the GPU does 2 jobs with "--ring 0 --hang 1"
    And I read the GPU events
    Then grtrace's counter "drops_payload_oversize" grew by 1
    And the stream has no gaps, repeats or damage
