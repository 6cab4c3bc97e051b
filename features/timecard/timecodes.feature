@timecard @needs:timecard @needs:timecard:facebook @needs:timecard:generators @needs:timecard:timecodes
Feature: IRIG-B and DCF77 of a Time Card
  The card tells its time as a code, and follows one that comes in: what the code says, and not only where its pulses are.

  Background:
    Given a Time Card

  Scenario Outline: a code is made while a connector puts it out, and read while one takes it in
    When I write "OUT: <code>" to the attribute "sma3"
    And I write "IN: <code>" to the attribute "sma2"
    Then its debug file "summary" has a line like " *<code>:  ON, error: \d+,( mode \d,)? out: sma3 "
    And its debug file "summary" has a line like " *<code> in:  ON, error: \d+, src: sma2"
    When I write "OUT: PHC" to the attribute "sma3"
    And I write "IN: PPS1" to the attribute "sma2"
    Then its debug file "summary" has a line like " *<code>: OFF, error: \d+,( mode \d,)? out: ----"
    And its debug file "summary" has a line like " *<code> in: OFF, error: \d+, src: ----"

    Examples:
      | code |
      | IRIG |
      | DCF  |

  Scenario: the mode of IRIG-B stays what it is when its connector is used for something else
    When I write "5" to the attribute "irig_b_mode"
    And I write "OUT: IRIG" to the attribute "sma3"
    And I write "OUT: PHC" to the attribute "sma3"
    And I write "OUT: IRIG" to the attribute "sma3"
    Then the attribute "irig_b_mode" reads "5"
    And its debug file "summary" has a line like " *IRIG:  ON, error: \d+, mode 5, out: sma3 "

  @needs:timecard:loopback @needs:timecard:counters
  Scenario: IRIG-B has a hundred pulses a second
    When I write "OUT: IRIG" to the attribute "sma3"
    And I write "IN: FREQ1" to the attribute "sma2"
    And I write "2" to the attribute "freq1/seconds"
    Then the attribute "freq1/frequency" becomes "100" within 10 s

  @needs:timecard:loopback
  Scenario: DCF77 has one a second, and none in the last of a minute
    When I write "OUT: DCF" to the attribute "sma3"
    And I write "IN: TS1" to the attribute "sma2"
    And I turn on the timestamps of channel 1
    Then channel 1 gives timestamps 1 s apart, and 2 s apart once a minute, for 2 minutes

  @needs:timecard:bench
  Scenario Outline: a clock follows the code that its own card makes
    When the GNSS antenna is disconnected
    And 3 s pass
    And I write "0" to the attribute "utc_tai_offset"
    And I write "7" to the attribute "irig_b_mode"
    And I write "OUT: <code>" to the attribute "sma3"
    And I write "IN: <code>" to the attribute "sma2"
    And I write "<code>" to the attribute "clock_source"
    And I set the clock to 1800000055 seconds
    And 2 s pass
    Then its debug file "summary" has a line like "PHC src: <code>, state: unsynced"
    When <time> pass
    Then its debug file "summary" has a line like "PHC src: <code>, state: sync"

    Examples:
      | code | time  |
      | IRIG | 8 s   |
      | DCF  | 250 s |

  @needs:timecard:bench
  Scenario: it does not without the cable
    When the GNSS antenna is disconnected
    And 3 s pass
    And I write "0" to the attribute "utc_tai_offset"
    And I write "7" to the attribute "irig_b_mode"
    And I write "OUT: IRIG" to the attribute "sma3"
    And I write "IN: IRIG" to the attribute "sma2"
    And I write "IRIG" to the attribute "clock_source"
    And I set the clock forward by 10 s
    And the cable from SMA3 to SMA2 is taken away
    And 10 s pass
    Then its debug file "summary" has a line like "PHC src: IRIG, state: unsynced"

  @needs:timecard:bench
  Scenario: nor by a code that does not tell the year
    When the GNSS antenna is disconnected
    And 3 s pass
    And I write "0" to the attribute "utc_tai_offset"
    And I write "3" to the attribute "irig_b_mode"
    And I write "OUT: IRIG" to the attribute "sma3"
    And I write "IN: IRIG" to the attribute "sma2"
    And I write "IRIG" to the attribute "clock_source"
    And I set the clock forward by 10 s
    And 10 s pass
    Then its debug file "summary" has a line like "PHC src: IRIG, state: unsynced"

  @needs:timecard:bench
  Scenario: a code in UTC takes a clock away from TAI, by as much as TAI is ahead
    Given the clock's offset is noted
    When I write "7" to the attribute "irig_b_mode"
    And I write "OUT: IRIG" to the attribute "sma3"
    And I write "IN: IRIG" to the attribute "sma2"
    And I write "IRIG" to the attribute "clock_source"
    And 10 s pass
    And I write "REGS" to the attribute "clock_source"
    Then the clock has moved back by a multiple of 37 s within 1 ms
