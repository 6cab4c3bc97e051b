@grtrace @needs:grtrace
Feature: What emit takes
  TYPE CONTEXT ENGINE RING SEQNO [STATUS], with or without the word emit before it; numbers as C writes them.

  Scenario Outline: what is well formed is taken
    Given grtrace is loaded
    And grtrace is configured with "level=verbose"
    And grtrace is started
    When I emit "<text>"
    And I read the GPU events
    Then the trace has exactly 1 "<event>" event

    Examples:
      | text                      | event                                                    |
      | submit 100 0 1 1          | gpu:SUBMIT where ctx_id = 100 and engine = GRAPHICS      |
      | emit Submit 0x64 1 017 9  | gpu:SUBMIT where ring = 15 and engine = COMPUTE          |
      | COMPLETE 1 2 3 4 -110     | gpu:COMPLETE where status = -110 and engine = COPY       |
      | ctx_switch 5 0 0 1        | gpu:CTX_SWITCH where ctx_id = 5                          |
      | irq 5 0 0 1               | gpu:IRQ where seqno = 1                                  |

  Scenario Outline: what is not is refused and counts as nothing
    Given grtrace is loaded
    And grtrace is started
    When I try to emit "<text>"
    Then it is refused with EINVAL
    And grtrace wrote 0 events

    Examples:
      | text                     |
      | submit 100 0 1           |
      | submit 100 0 1 1 0 9     |
      | explode 100 0 1 1        |
      | submit ten 0 1 1         |
      | submit 100 16 1 1        |
      | submit 100 0 -1 1        |
      | submit 100 0 0x1FFFFFFFF 1 |
      | submit 100 0 08 1        |

  Scenario: injected events are marked as such
    Given grtrace is loaded
    And grtrace is started
    When 2 "SUBMIT" events are emitted
    And I read the GPU events
    Then every "gpu:SUBMIT" event has "flags" equal to 16
