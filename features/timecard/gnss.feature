@timecard @needs:timecard @needs:timecard:gnss
Feature: GNSS, holdover and UTC of a Time Card
  With GNSS the clock follows it; without, it drifts by what the oscillator is worth, and says so.

  Background:
    Given a Time Card

  Scenario: with GNSS the card is in sync
    Then the attribute "gnss_sync" reads "SYNC"

  Scenario: the phase error stays within 100 ns for a minute
    When I write "PPS" to the attribute "clock_source"
    And 10 s pass
    Then the phase error against GNSS stays within 100 ns for 1 min

  Scenario: the servo tells its last error
    When I write "PPS" to the attribute "clock_source"
    And 10 s pass
    Then all that the attribute "clock_status_offset" reads is like "-?\d{1,3}\n"

  Scenario: the clock comes back to GNSS after it was moved
    When I write "REGS" to the attribute "clock_source"
    And I adjust the clock forward by 20 us
    And 2 s pass
    And I write "PPS" to the attribute "clock_source"
    And 15 s pass
    Then the phase error against GNSS stays within 100 ns for 5 s

  @needs:timecard:bench
  Scenario: without the antenna GNSS is lost, and found again with it
    When the GNSS antenna is disconnected
    Then the attribute "gnss_sync" becomes "LOST @ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d" within 4 s
    When the GNSS antenna is connected
    Then the attribute "gnss_sync" becomes "SYNC" within 60 s

  @needs:timecard:bench
  Scenario: the time of the loss does not move on
    When the GNSS antenna is disconnected
    And 5 s pass
    Then the attribute "gnss_sync" stays "LOST @ .*" for 5 s
    And the attribute "gnss_sync" reads what it read 3 s before

  @needs:timecard:bench
  Scenario: no PPS of GNSS without the antenna
    When the GNSS antenna is disconnected
    And 2 s pass
    And I turn on the timestamps of channel 0
    Then no timestamp comes within 5 s

  @needs:timecard:bench @needs:timecard:facebook
  Scenario: in holdover the clock keeps time
    When I write "PPS" to the attribute "clock_source"
    And 10 s pass
    And the GNSS antenna is disconnected
    And 2 min pass
    And I turn on the timestamps of channel 0
    And the GNSS antenna is connected
    Then the first PPS of GNSS is stamped within 150 ns of the second
    When 30 s pass
    Then its debug file "summary" has a line like "PHC src: .*, state: sync"
    And the phase error against GNSS stays within 100 ns for 5 s

  @needs:timecard:facebook
  Scenario: setting the time ends sync until corrections have been small
    When I write "REGS" to the attribute "clock_source"
    And I set the clock forward by 10 s
    And 2 s pass
    Then its debug file "summary" has a line like "PHC src: .*, state: unsynced"

  @needs:timecard:facebook
  Scenario: an offset to UTC that GNSS does not know is put right
    When I write "TOD" to the attribute "clock_source"
    And I write "30" to the attribute "utc_tai_offset"
    Then the attribute "utc_tai_offset" becomes "37" within 3 s

  @needs:timecard:facebook @needs:timecard:bench
  Scenario: without GNSS the offset that was written stays
    When the GNSS antenna is disconnected
    And 3 s pass
    And I write "30" to the attribute "utc_tai_offset"
    And 5 s pass
    Then the attribute "utc_tai_offset" reads "30"
    And its port "NMEA" says the time in "GPZDA" sentences, 2 times, right within 900 ms

  @needs:timecard:facebook @needs:timecard:bench
  Scenario: a leap second is announced, and the offset follows it
    When GNSS announces a leap second 10 s ahead
    Then its debug file "tod_status" has a line like "Leap second info valid:1, Leap second announce 1"
    And its debug file "tod_status" has a line like "UTC status register: 0x00015125"
    And its debug file "tod_status" has a line like "Time to next leap second \(in sec\): [1-9]\d*"
    And the attribute "utc_tai_offset" reads "37"
    When 13 s pass
    Then the attribute "utc_tai_offset" reads "38"
    And its debug file "tod_status" has a line like "UTC offset: 38  valid:1"
    And its port "NMEA" says the time in "GPZDA" sentences, 2 times, right within 900 ms

  @needs:timecard:facebook
  Scenario: a correction of the time of day moves the clock by whole seconds
    When I write "TOD" to the attribute "clock_source"
    And 3 s pass
    Given the clock's offset is noted
    When I write "2" to the attribute "tod_correction"
    And 5 s pass
    Then the clock has moved forward by 2 s within 1 ms
    When I write "-1" to the attribute "tod_correction"
    And 5 s pass
    Then the clock has moved back by 1 s within 1 ms
