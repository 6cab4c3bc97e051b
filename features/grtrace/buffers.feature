@grtrace @needs:grtrace
Feature: Relay buffers and what they lose
  A cpu's buffer that nobody reads becomes full; what then finds no room is dropped and counted, and what was written stays. A buffer of
  32 KiB holds 8 sub-buffers of 4 KiB, each 42 events and no part of one.

  Scenario: what a buffer has room for is kept
    Given grtrace is loaded
    And each cpu's buffer of grtrace has 32 KiB
    And grtrace is started
    When 100 "SUBMIT" events are emitted and nobody reads
    And I read the GPU events
    Then grtrace wrote 100 events
    And grtrace's counter "overruns" grew by 0
    And grtrace's counter "lost_events" grew by 0

  Scenario: what finds no room is counted, and the oldest events stay
    Given grtrace is loaded
    And each cpu's buffer of grtrace has 32 KiB
    And grtrace is started
    When 1000 "SUBMIT" events are emitted and nobody reads
    And I read the GPU events
    Then grtrace's counter "written" grew by 327 to 336
    And grtrace's counter "overruns" grew by 1
    And grtrace's counter "drops_reserve_fail" grew by 664 to 673
    And every event that was offered was written or counted as dropped
    And the events read are the events written
    And the trace has exactly 1 "gpu:SUBMIT where seqno = 1" event

  Scenario: the stream says how many events are missing, as the counters do
    Given grtrace is loaded
    And each cpu's buffer of grtrace has 32 KiB
    And grtrace is started
    When 1000 "SUBMIT" events are emitted and nobody reads
    And the relay buffers are emptied
    And 10 "SUBMIT" events are emitted
    And I read the GPU events
    Then the events that the stream lacks are those that grtrace counted as lost
    And the stream announces all that it lacks
    And events were lost

  Scenario: a larger buffer loses nothing
    Given grtrace is loaded
    And each cpu's buffer of grtrace has 1024 KiB
    And grtrace is started
    When 1000 "SUBMIT" events are emitted and nobody reads
    And I read the GPU events
    Then grtrace wrote 1000 events
    And the stream has no gaps, repeats or damage

  Scenario: reading makes room
    Given grtrace is loaded
    And each cpu's buffer of grtrace has 32 KiB
    And grtrace is started
    When 200 "SUBMIT" events are emitted and nobody reads
    And the relay buffers are emptied
    And 200 "SUBMIT" events are emitted and nobody reads
    And the relay buffers are emptied
    And 200 "SUBMIT" events are emitted and nobody reads
    And I read the GPU events
    Then grtrace wrote 600 events
    And grtrace's counter "subbufs_consumed" grew by at least 8
    And the stream has no gaps, repeats or damage

  Scenario: a read takes the events out
    Given grtrace is loaded
    And grtrace is started
    When 100 "SUBMIT" events are emitted
    And I read the GPU events
    Then the relay buffers are empty

  Scenario: backpressure drops events before the buffer is full
    Given grtrace is loaded
    And each cpu's buffer of grtrace has 32 KiB
    And grtrace is configured with "backpressure_threshold=50"
    And grtrace is started
    When 1000 "SUBMIT" events are emitted and nobody reads
    Then grtrace's counter "written" grew by 160 to 175
    And grtrace's counter "backpressure_drops" grew by 825 to 840
    And grtrace's counter "overruns" grew by 0
    And every event that was offered was written or counted as dropped

  Scenario: sampling that adapts makes the buffer last longer
    Given grtrace is loaded
    And each cpu's buffer of grtrace has 32 KiB
    And grtrace is configured with "adaptive_sampling=1"
    And grtrace is started
    When 500 "SUBMIT" events are emitted and nobody reads
    Then grtrace's counter "overruns" grew by 0
    And grtrace's counter "sampled_out" grew by at least 150
    And every event that was offered was written or counted as dropped

  Scenario Outline: sizes that a buffer cannot have are refused
    Given grtrace is loaded
    When I try to give each cpu's buffer of grtrace <kibibytes> KiB
    Then it is refused with EINVAL

    Examples:
      | kibibytes |
      | 0         |
      | 16        |
      | 33        |
      | 131072    |

  Scenario: the size cannot be changed while events are recorded
    Given grtrace is loaded
    And grtrace is started
    When I try to give each cpu's buffer of grtrace 1024 KiB
    Then it is refused with EBUSY

  @needs:grtrace-cli
  Scenario: a recorder that dies leaves the events in the buffers, and what then finds no room is counted
    Given grtrace is loaded
    And each cpu's buffer of grtrace has 32 KiB
    And grtrace is started
    And grtrace's recorder runs
    When 200 "SUBMIT" events are emitted and nobody reads
    And 100 ms pass
    And the recorder is killed
    And 1000 "SUBMIT" events are emitted and nobody reads
    Then grtrace's counter "drops_reserve_fail" grew by at least 600
    And every event that was offered was written or counted as dropped

  @needs:grtrace-cli
  Scenario Outline: a recorder that is ended in order has written all
    Given grtrace is loaded
    And grtrace is started
    And grtrace's recorder runs
    When 300 "SUBMIT" events are emitted and nobody reads
    And the recorder is ended by <how>
    And I stop grtrace
    And I read what the recorder wrote
    Then the recorder ended with exit code 0
    And the trace has exactly 300 "gpu:SUBMIT" events
    And the stream has no gaps, repeats or damage

    Examples:
      | how                  |
      | Ctrl-C               |
      | a terminating signal |
