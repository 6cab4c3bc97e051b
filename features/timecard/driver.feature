@timecard @needs:timecard
Feature: The driver of a Time Card comes and goes
  What a driver leaves behind breaks the next test; what it forgets breaks a bench.

  Background:
    Given a Time Card

  @needs:timecard:unload
  Scenario: unloading the driver leaves nothing of the card
    When the driver is unloaded
    Then nothing of the card is left

  @needs:timecard:unload
  Scenario: reloading the driver brings the card back
    Given its attributes are noted
    When the driver is unloaded
    And the driver is loaded
    Then the card is back with the attributes that were noted
    And the kernel's log says "Version .*" of the card 1 time more

  @needs:root
  Scenario: unbinding leaves nothing of the card, binding brings it back
    Given its attributes are noted
    When the card is unbound from the driver
    Then nothing of the card is left
    When the card is bound to the driver
    Then the card is back with the attributes that were noted
    When I try to bind the card to the driver again
    Then it is refused with EBUSY

  @needs:timecard:generators
  Scenario: a reloaded driver finds the connectors as the hardware has them
    When I write "IN: TS2" to the attribute "sma1"
    And I write "OUT: GNSS1" to the attribute "sma4"
    And the card is unbound from the driver
    And the card is bound to the driver
    Then the attribute "sma1" reads "IN: TS2"
    And the attribute "sma4" reads "OUT: GNSS1"

  @needs:timecard:bench
  Scenario: a card that is pulled out is gone
    When the card is pulled out
    Then nothing of the card is left

  Scenario: the monitor sees what was changed, and nothing else
    When the attributes "serialnum, clock_source, sma1, sma2, sma3, sma4, ts_window_adjust, available_sma_inputs" are watched while "4321" is written to "ts_window_adjust"
    Then the attribute "ts_window_adjust" reads "4321"

  @needs:timecard:generators
  Scenario: the monitor tells from what to what
    When I write "IN: TS1" to the attribute "sma2"
    And the attributes "serialnum, sma1, sma2, sma3, sma4, gen1/running, available_sma_inputs" are watched while "IN: TS2" is written to "sma2"
    Then only "sma2" was seen to change, from "IN: TS1" to "IN: TS2"

  @needs:timecard:bench
  Scenario: a clock that never answers is told as such, not as a time
    When the card's clock never answers again
    And I try to read the clock
    Then it is refused with ETIMEDOUT

  @needs:timecard:bench @needs:timecard:unload
  Scenario: an EEPROM that cannot be read gives no serial number
    When the card's EEPROM cannot be read any more
    And the driver is unloaded
    And the driver is loaded
    Then the attribute "serialnum" reads "00:00:00:00:00:00"
    And the kernel's log says "could not read eeprom: -\d+" of the card 1 time more

  @needs:timecard:bench
  Scenario: a clock that falls back to 1970 still says that it runs
    When I write "REGS" to the attribute "clock_source"
    And the card's clock falls back to 1970
    Then the clock shows 17 seconds, within 1 s more
