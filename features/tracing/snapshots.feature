@tracing @needs:snapshot
Feature: Snapshots
  A snapshot keeps what was recorded up to a moment, while recording goes on.

  Scenario: a snapshot holds what came before it and nothing behind it
    When I start recording
    And I write the marker "before"
    And I take a snapshot
    And I write the marker "behind"
    And I stop recording
    Then the trace has the marker "behind"
    And the snapshot has the marker "before"
    And the snapshot has exactly 1 "ftrace:print" event
