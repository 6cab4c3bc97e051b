@grtrace @needs:grtrace
Feature: Levels
  How much is recorded: nothing, the stages of jobs, or all.

  Scenario Outline: a level records what it says
    Given grtrace is loaded
    And grtrace records at level "<level>"
    And grtrace is started
    When 10 "SUBMIT" events are emitted
    And 10 "IRQ" events are emitted
    And 10 "CTX_SWITCH" events are emitted
    And 10 "ERROR" events are emitted
    And I read the GPU events
    Then grtrace wrote <written> events
    And grtrace's counter "<counter>" grew by <dropped>
    And every event that was offered was written or counted as dropped

    Examples:
      | level   | written | counter        | dropped |
      | off     | 0       | drops_disabled | 40      |
      | normal  | 20      | filtered_type  | 20      |
      | verbose | 40      | filtered_type  | 0       |

  Scenario: the number that an old manual gives for verbose is taken as verbose
    Given grtrace is loaded
    When I write "3" into grtrace's file "level"
    Then grtrace's file "level" reads "verbose"

  Scenario: a level that is none is refused
    Given grtrace is loaded
    When I try to write "4" into grtrace's file "level"
    Then it is refused with EINVAL
    And grtrace's file "level" reads "normal"
