@grtrace @needs:grtrace
Feature: Watching rings and contexts
  What the kernel's selftest grtrace_watchlist looks at: lists that let pass, and lists that leave out.

  Scenario: only the rings of the list are recorded
    Given grtrace is loaded
    And grtrace watches only the rings "0,1"
    And grtrace is started
    When 10 "SUBMIT" events are emitted on ring 0
    And 20 "SUBMIT" events are emitted on ring 1
    And 40 "SUBMIT" events are emitted on ring 2
    And I read the GPU events
    Then the trace has exactly 10 "gpu:SUBMIT where ring = 0" events
    And the trace has exactly 20 "gpu:SUBMIT where ring = 1" events
    And the trace has exactly 0 "gpu:SUBMIT where ring = 2" events
    And grtrace's counter "filtered_watch" grew by 40
    And every event that was offered was written or counted as dropped

  Scenario: a ring is left out
    Given grtrace is loaded
    And grtrace leaves out the ring 2
    And grtrace is started
    When 10 "SUBMIT" events are emitted on ring 0
    And 40 "SUBMIT" events are emitted on ring 2
    And I read the GPU events
    Then the trace has exactly 10 "gpu:SUBMIT where ring = 0" events
    And the trace has exactly 0 "gpu:SUBMIT where ring = 2" events
    And grtrace's counter "filtered_watch" grew by 40

  Scenario: only the contexts of the list are recorded
    Given grtrace is loaded
    And grtrace watches only the contexts "100, 300"
    And grtrace is started
    When 5 "SUBMIT" events are emitted of context 100
    And 6 "SUBMIT" events are emitted of context 200
    And 7 "SUBMIT" events are emitted of context 300
    And I read the GPU events
    Then the trace has exactly 5 "gpu:SUBMIT where ctx_id = 100" events
    And the trace has exactly 0 "gpu:SUBMIT where ctx_id = 200" events
    And the trace has exactly 7 "gpu:SUBMIT where ctx_id = 300" events

  Scenario: contexts are left out
    Given grtrace is loaded
    And grtrace leaves out the contexts "200"
    And grtrace is started
    When 5 "SUBMIT" events are emitted of context 100
    And 6 "SUBMIT" events are emitted of context 200
    And I read the GPU events
    Then the trace has exactly 5 "gpu:SUBMIT where ctx_id = 100" events
    And the trace has exactly 0 "gpu:SUBMIT where ctx_id = 200" events
    And grtrace's counter "filtered_watch" grew by 6

  Scenario: a new list of contexts takes the place of the one before
    Given grtrace is loaded
    And grtrace watches only the contexts "100"
    And grtrace watches only the contexts "200"
    And grtrace is started
    When 5 "SUBMIT" events are emitted of context 100
    And 6 "SUBMIT" events are emitted of context 200
    Then grtrace wrote 6 events

  Scenario: an empty list watches all
    Given grtrace is loaded
    And grtrace watches only the rings "1"
    And grtrace watches only the rings ""
    And grtrace is started
    When 10 "SUBMIT" events are emitted on ring 0
    Then grtrace wrote 10 events

  Scenario Outline: a list that means nothing is refused and the one before stays
    Given grtrace is loaded
    And grtrace watches only the rings "5"
    When I try to write "<list>" into grtrace's file "watchlist"
    Then it is refused with EINVAL
    And grtrace's file "watchlist" reads "5"

    Examples:
      | list   |
      | 0,!2   |
      | first  |
      | !!2    |
      | 0,-1   |

  Scenario: rings and contexts must both be watched
    Given grtrace is loaded
    And grtrace watches only the rings "1"
    And grtrace watches only the contexts "100"
    And grtrace is started
    When these events are emitted:
      | event  | context | ring | seqno |
      | SUBMIT | 100     | 1    | 1     |
      | SUBMIT | 100     | 0    | 2     |
      | SUBMIT | 200     | 1    | 3     |
    And I read the GPU events
    Then the trace has exactly 1 "gpu:SUBMIT" event
    And every "gpu:SUBMIT" event has "seqno" equal to 1
