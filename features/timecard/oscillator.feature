@timecard @needs:timecard @needs:timecard:art
Feature: The oscillator of an ART board
  The out-of-tree driver gives the mRO50 a device of its own, by which a daemon disciplines it.

  Background:
    Given a Time Card

  @needs:ptp-ocp:mainline
  Scenario: mainline shows none
    Then the card shows no oscillator

  @needs:timecard:oscillator
  Scenario: it runs
    Then its oscillator is on, and has locked
    And its oscillator has 0 to 90 degrees Celsius
    And both adjustments of its oscillator are in their range

  @needs:timecard:oscillator
  Scenario: both adjustments are kept, each for itself
    Then its oscillator keeps a fine adjustment of 2000 and a coarse one that is 1 steps higher

  @needs:timecard:oscillator
  Scenario: fine steps slow the clock down
    Then 400 steps of its oscillator's fine adjustment slow the clock down by 60 ns in 50 s, within 40 ns

  @needs:timecard:oscillator
  Scenario: coarse steps speed it up
    Then 100 steps of its oscillator's coarse adjustment speed the clock up by 2480 ns in 20 s, within 300 ns

  @needs:timecard:oscillator
  Scenario: its memory is that of the disciplining daemon
    Then its oscillator's memory is the disciplining configuration and the table of temperatures
    And what is written to its oscillator's memory is seen in both

  @needs:timecard:oscillator
  Scenario: what it cannot do
    When I try the request 0x80084dff on the oscillator
    Then it is refused with ENOTTY
    When I try to read the oscillator's device
    Then it is refused with EINVAL

  @needs:timecard:oscillator @needs:root
  Scenario: it goes with the driver, and comes back with it
    When the card is unbound from the driver
    Then nothing of the card is left
    When the card is bound to the driver
    Then its oscillator is on, and has locked
