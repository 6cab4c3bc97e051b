@tracing @needs:trace-marker
Feature: Markers
  A test writes its own words between the kernel's, so that what it did can be found among what the kernel saw.

  Scenario: a marker is recorded as it was written
    When I start recording
    And I write the marker "labtrace: step 1"
    And I stop recording
    Then the trace has the marker "labtrace: step 1"
    And the trace has exactly 1 "ftrace:print" event

  Scenario: markers enclose what happens between them
    Given the event "sched:sched_process_exec" is enabled
    When I start recording
    And I write the marker "begin"
    And I run "true"
    And I write the marker "end"
    And I stop recording
    Then these events come in this order:
      | event                                        |
      | ftrace:print where buf = begin               |
      | sched:sched_process_exec where filename ends /true   |
      | ftrace:print where buf = end                 |

  Scenario: no command runs between two markers
    Given the event "sched:sched_process_exec" is enabled
    When I start recording
    And I run "true"
    And I write the marker "quiet begins"
    And I write the marker "quiet ends"
    And I stop recording
    Then no "sched:sched_process_exec where filename ends /true" event comes between "ftrace:print where buf = quiet begins" and "ftrace:print where buf = quiet ends"

  @needs:trace-marker-raw
  Scenario: a binary marker carries its number
    When I start recording
    And I write the binary marker 7 with "labtrace"
    And I stop recording
    Then the trace has exactly 1 "ftrace:raw_data" event
    And every "ftrace:raw_data" event has "id" equal to 7

  Scenario: a marker with blanks, dashes and an umlaut survives
    When I start recording
    And I write the marker "a - b: [003] über=1"
    And I stop recording
    Then the trace has the marker "a - b: [003] über=1"
    And the text and the binary reading agree
