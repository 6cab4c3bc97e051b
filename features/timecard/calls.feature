@timecard @needs:timecard @needs:driver-calls
Feature: What the driver of a Time Card does when it is asked
  The driver's functions are watched while its files and its clock are used: what is asked reaches the function that is for it, once, and no other.

  Background:
    Given a Time Card

  Scenario: reading the clock reads it, and changes nothing
    When the driver's calls are traced
    And the clock is read 5 times
    Then the driver's function "ptp_ocp_gettimex" was called 5 times
    And no call of the driver's function "ptp_ocp_gettimex" took longer than 100 ms
    And the driver's functions "ptp_ocp_settime, ptp_ocp_adjtime, ptp_ocp_enable, ptp_ocp_sma_store" were not called

  Scenario: setting the clock
    When I write "REGS" to the attribute "clock_source"
    And the driver's calls are traced
    And I set the clock to 1700000000 seconds
    Then the driver's function "ptp_ocp_settime" was called 1 time
    And the driver's functions "ptp_ocp_adjtime" were not called

  Scenario: adjusting the clock
    When I write "REGS" to the attribute "clock_source"
    And the driver's calls are traced
    And I adjust the clock forward by 100 us
    And I adjust the clock back by 100 us
    Then the driver's function "ptp_ocp_adjtime" was called 2 times
    And the driver's functions "ptp_ocp_settime" were not called

  Scenario: the frequency is adjusted by a function that each version names in its way
    When the driver's calls are traced
    And I adjust the clock's frequency by 0.0 ppb
    Then the driver's function "ptp_ocp_adjfine" was called 1 time

  Scenario: a frequency beyond the limit does not reach the driver
    When the driver's calls are traced
    And I try to adjust the clock's frequency by 200000000.0 ppb
    Then it is refused with ERANGE
    And the driver's functions "ptp_ocp_adjfine, ptp_ocp_adjtime" were not called

  Scenario: turning timestamps on and off
    When the driver's calls are traced
    And I turn on the timestamps of channel 5
    And I turn off the timestamps of channel 5
    Then the driver's function "ptp_ocp_enable" was called 2 times
    And the driver's functions "ptp_ocp_ts_enable, ptp_ocp_enable" were called in this order

  Scenario: a clock opened for reading turns nothing on
    When the driver's calls are traced
    And I try to turn on the timestamps of channel 0 of a clock opened for reading
    Then it is refused with EACCES
    And the driver's functions "ptp_ocp_enable, ptp_ocp_ts_enable" were not called

  Scenario: each pulse of the clock is one interrupt
    When I turn on the timestamps of channel 5
    And the driver's calls are traced
    And 5 s pass
    Then the driver's function "ptp_ocp_ts_irq" was called once a second, for at least 3 s

  @needs:timecard:generators @needs:ptp-ocp:mainline
  Scenario: a periodic output is worked out, then started
    When the driver's calls are traced
    And I ask for a periodic output of channel 1 every 1 s, 250 ms high
    Then the driver's functions "ptp_ocp_signal_from_perout, ptp_ocp_signal_enable, ptp_ocp_enable" were called in this order
    And the driver's function "ptp_ocp_signal_enable" was called 1 time

  Scenario: a connector's attribute is shown once for each read, and stored once for each write
    When the driver's calls are traced
    And the attribute "sma1" is read 3 times
    Then the driver's function "ptp_ocp_sma_show" was called 3 times
    And the driver's functions "ptp_ocp_sma_store" were not called

  @needs:timecard:generators
  Scenario: a routing is stored once
    When the driver's calls are traced
    And I write exactly "IN: TS1" to the attribute "sma2"
    Then the driver's function "ptp_ocp_sma_store" was called 2 times

  @needs:timecard:gnss
  Scenario: the watchdog looks once a second at each card that supervises a PPS
    When the driver's calls are traced
    And 10 s pass
    Then the driver's function "ptp_ocp_watchdog" was called once a second for each card that tells its GNSS state, for at least 8 s

  Scenario: unbinding and binding run the driver's end and its beginning
    When the driver's calls are traced
    And the card is unbound from the driver
    And the card is bound to the driver
    Then the driver's function "ptp_ocp_remove" was called 1 time
    And the driver's function "ptp_ocp_probe" was called 1 time
    And the driver's functions "ptp_ocp_ts_enable, ptp_ocp_remove, ptp_ocp_probe" were called in this order

  @needs:timecard:facebook @needs:timecard:generators
  Scenario: a driver that lets its card go turns off every timestamper and every generator
    When the driver's calls are traced
    And the card is unbound from the driver
    Then the driver's function "ptp_ocp_ts_enable" was called 6 or 12 times
    And the driver's function "ptp_ocp_signal_enable" was called 4 times

  Scenario: the summary shows each connector as its attribute does
    When the driver's calls are traced
    Then its debug file "summary" has a line like "PHC src: .*"
    And the driver's function "ptp_ocp_sma_show" was called 4 times
    And the driver's functions "ptp_ocp_sma_store, ptp_ocp_settime, ptp_ocp_adjtime" were not called
