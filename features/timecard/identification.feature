@timecard @needs:timecard
Feature: What a Time Card is
  A lab finds its cards by themselves: by their PCI ids, by the classes of the kernel, by the links between them.

  Background:
    Given a Time Card

  Scenario: the card is driven by ptp_ocp and has a clock
    Then its driver is "ptp_ocp"
    And its PCI id is that of a known board
    And the clock's file "clock_name" reads "ptp_ocp"

  @needs:timecard:facebook
  Scenario: a Facebook board has four serial ports
    Then it has a PTP clock, a PPS source and the serial ports "GNSS, GNSS2, MAC, NMEA"

  @needs:timecard:art
  Scenario: an ART board has two serial ports
    Then it has a PTP clock, a PPS source and the serial ports "GNSS, MAC"

  @needs:timecard:adva
  Scenario: an ADVA board has two serial ports
    Then it has a PTP clock, a PPS source and the serial ports "GNSS, MAC"

  @needs:timecard:adva-x1
  Scenario: an ADVA X1 board has two serial ports, and only a newer Linux knows it
    Then it has a PTP clock, a PPS source and the serial ports "GNSS, MAC"
    And its PCI id is "ad5a:0410"

  Scenario: the serial number is six bytes, and the EEPROM could be read
    Then all that the attribute "serialnum" reads is like "([0-9a-f]{2}:){5}[0-9a-f]{2}\n"
    And the attribute "serialnum" does not read "00:00:00:00:00:00"

  @needs:timecard:art
  Scenario: nor has an ART board another kind of serial number
    Then all that the attribute "serialnum" reads is like "([0-9a-f]{2}:){5}[0-9a-f]{2}\n"
    And the attribute "serialnum" does not read "00:00:00:00:00:00"

  @needs:timecard:bench
  Scenario: the emulated card has the serial number it was built with
    Then all that the attribute "serialnum" reads is like "02:11:22:33:44:55\n"

  Scenario: the kernel's log tells of the card once
    Then the kernel's log says "Version \d+\.\d+\.\d+, clock [A-Z]+, device ptp\d+" of the card 1 time
    And the kernel's log says "Time: \d+\.\d{1,9}, (in-sync|UNSYNCED)" of the card 1 time
    And the kernel's log says " GNSS: /dev/ttyS\d+ +@ +\d+" of the card 1 time

  Scenario: the clock says what it can do
    Then its clock has 6 channels of timestamps, 5 of outputs, 4 pins and adjusts by up to 100000000 ppb

  Scenario Outline: the clock's files agree with what it says
    Then the clock's file "<file>" reads "<value>"

    Examples:
      | file                  | value     |
      | max_adjustment        | 100000000 |
      | n_alarms              | 0         |
      | n_external_timestamps | 6         |
      | n_periodic_outputs    | 5         |
      | n_programmable_pins   | 4         |
      | pps_available         | 1         |
      | n_vclocks             | 0         |

  @needs:timecard:basic-firmware
  Scenario: a firmware without generators shows none, and its connectors are fixed
    Then the card has no attribute "gen1/signal"
    And the card has no attribute "freq1/seconds"
    And the attribute "sma1" reads "IN: 10Mhz"
    And the attribute "sma2" reads "IN: PPS1"
    And the attribute "sma3" reads "OUT: 10Mhz"
    And the attribute "sma4" reads "OUT: PHC"
    When I try to write "IN: TS1" to the attribute "sma1"
    Then it is refused with EOPNOTSUPP
    When I try to write "OUT: PHC" to the attribute "sma1"
    Then it is refused with EOPNOTSUPP

  @needs:ptp-ocp:mainline-6.12
  Scenario: serial ports are files in Linux 6.12
    Then all that the attribute "tty/ttyGNSS" reads is like "ttyS\d+"

  @needs:ptp-ocp:mainline-6.1
  Scenario: serial ports are links in Linux 6.1
    Then the card has no attribute "tty/ttyGNSS"
    And it has a PTP clock, a PPS source and the serial ports "GNSS, GNSS2, MAC, NMEA"
