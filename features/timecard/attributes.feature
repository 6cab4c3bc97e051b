@timecard @needs:timecard
Feature: What the attributes of a Time Card read
  Each read is compared to its last byte: tools parse these texts.

  Background:
    Given a Time Card

  Scenario Outline: attributes that every board has
    Then all that the attribute "<attribute>" reads is like "<text>"

    Examples:
      | attribute        | text                                                                 |
      | serialnum        | ([0-9a-f]{2}:){5}[0-9a-f]{2}\\n                                       |
      | clock_source     | (NONE\|TOD\|IRIG\|PPS\|PTP\|RTC\|DCF\|REGS\|EXT)\\n                   |
      | sma1             | (IN:( (10Mhz\|PPS[12]\|TS[1-4]\|IRIG\|DCF\|FREQ[1-4]\|None\|\(null\)))*\|OUT: [A-Z0-9]+)\\n |
      | ts_window_adjust | -?\d+\\n                                                              |

  @needs:timecard:facebook
  Scenario Outline: attributes of a Facebook board
    Then all that the attribute "<attribute>" reads is like "<text>"

    Examples:
      | attribute               | text                                                                                            |
      | available_clock_sources | NONE TOD IRIG PPS PTP RTC DCF REGS EXT\\n                                                        |
      | available_sma_inputs    | 10Mhz PPS1 PPS2 TS1 TS2 IRIG DCF TS3 TS4 FREQ1 FREQ2 FREQ3 FREQ4 None\\n                         |
      | available_sma_outputs   | 10Mhz PHC MAC GNSS1 GNSS2 IRIG DCF GEN1 GEN2 GEN3 GEN4 GND VCC\\n                                |
      | gnss_sync               | (SYNC\|LOST @ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\\n                                                 |
      | clock_status_drift      | -?\d+\\n                                                                                         |
      | clock_status_offset     | -?\d+\\n                                                                                         |
      | tod_correction          | -?\d+\\n                                                                                         |
      | utc_tai_offset          | -?\d+\\n                                                                                         |
      | irig_b_mode             | [0-7]\\n                                                                                         |

  @needs:timecard:generators
  Scenario Outline: attributes of a generator
    Then all that the attribute "<attribute>" reads is like "<text>"

    Examples:
      | attribute     | text                                                          |
      | gen1/signal   | \d+ \d+ \d+ [01] \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{9})? TAI\\n |
      | gen2/start    | \d+\.\d{1,9}\\n                                                |
      | gen1/duty     | \d+\\n                                                         |
      | gen2/period   | \d+\\n                                                         |
      | gen1/phase    | \d+\\n                                                         |
      | gen2/polarity | [01]\\n                                                        |
      | gen1/running  | [01]\\n                                                        |

  @needs:timecard:counters
  Scenario Outline: attributes of a frequency counter
    Then all that the attribute "<attribute>" reads is like "<text>"

    Examples:
      | attribute       | text                                 |
      | freq1/seconds   | \d{1,3}\\n                            |
      | freq2/frequency | (error\\n\|overrun\\n\|\d{1,8}\\n\|)    |

  @needs:timecard:art @needs:ptp-ocp:mainline
  Scenario: names of an ART board in mainline
    Then all that the attribute "available_sma_inputs" reads is like "PPS1 10Mhz\n"
    And all that the attribute "available_sma_outputs" reads is like "PHC GNSS 10Mhz\n"
    And all that the attribute "available_clock_sources" reads is like "NONE TOD IRIG PPS PTP RTC DCF REGS EXT\n"
    And the card has no attribute "gnss_sync"
    And the card has no attribute "irig_b_mode"

  @needs:timecard:art @needs:ptp-ocp:out-of-tree
  Scenario: names of an ART board in the out-of-tree driver
    Then all that the attribute "available_sma_outputs" reads is like "MAC GNSS 10Mhz\n"
    And the card has no attribute "available_clock_sources"

  @needs:timecard:adva
  Scenario: names of an ADVA board
    Then all that the attribute "available_sma_inputs" reads is like "10Mhz PPS1 PPS2 TS1 TS2 FREQ1 FREQ2 None\n"
    And all that the attribute "available_sma_outputs" reads is like "10Mhz PHC MAC GNSS1 GEN1 GEN2 GND VCC\n"
    And the card has no attribute "utc_tai_offset"
    And the card has no attribute "gen3/signal"

  @needs:timecard:adva-x1
  Scenario Outline: attributes of an ADVA X1 board
    Then all that the attribute "<attribute>" reads is like "<text>"

    Examples:
      | attribute               | text                                               |
      | available_clock_sources | NONE TOD IRIG PPS PTP RTC DCF REGS EXT\\n           |
      | available_sma_inputs    | PPS1 TS1 TS2 TS3 TS4 FREQ1 FREQ2 FREQ3 FREQ4 None\\n |
      | available_sma_outputs   | 10Mhz PHC MAC GNSS1 GEN1 GEN2 GEN3 GEN4 GND VCC\\n |
      | gnss_sync               | (SYNC\|LOST @ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\\n   |
      | clock_status_drift      | -?\d+\\n                                           |
      | clock_status_offset     | -?\d+\\n                                           |
      | tod_correction          | -?\d+\\n                                           |
      | utc_tai_offset          | -?\d+\\n                                           |
      | gen4/running            | [01]\\n                                            |
      | freq4/seconds           | \d{1,3}\\n                                         |

  @needs:timecard:adva-x1
  Scenario: what an ADVA X1 board has not
    Then the card has no attribute "irig_b_mode"
    And the card has no attribute "config"
    And the card has no attribute "disciplining_config"

  @needs:timecard:art
  Scenario Outline: memories of the disciplining daemon
    Then the attribute "<attribute>" holds <bytes> bytes
    And the attribute "<attribute>" can be written as a whole and read back
    When I read the attribute "<attribute>" by 64 bytes
    And I try to write 100 bytes to the attribute "<attribute>"
    Then it is refused with EFAULT

    Examples:
      | attribute           | bytes |
      | disciplining_config | 144   |
      | temperature_table   | 368   |

  @needs:timecard:facebook @needs:ptp-ocp:out-of-tree @needs:timecard:flash
  Scenario: a block of the flash is a memory of its own
    Then the attribute "config" holds 4096 bytes
    And the attribute "config" can be written as a whole and read back
    When I write 100 bytes to the attribute "config"
    Then the attribute "config" has the 100 bytes and is erased behind them

  @needs:timecard:facebook @needs:ptp-ocp:out-of-tree @needs:timecard:flash
  Scenario: and is read from its beginning only
    When I read the attribute "config" by 4096 bytes
    And I try to read the attribute "config" by 512 bytes
    Then it is refused with EINVAL

  @needs:timecard:facebook @needs:ptp-ocp:out-of-tree @needs:timecard:bench @needs:timecard:unload
  Scenario: a flash that nobody finds has no content
    When the card's flash cannot be read any more
    And the driver is unloaded
    And the driver is loaded
    And I try to read the attribute "config"
    Then it is refused with ENODEV
    And the kernel's log says "Can't find Flash SPI adapter" of the card 1 time more

  @needs:timecard:facebook @needs:ptp-ocp:out-of-tree
  Scenario Outline: attributes that only the out-of-tree driver has
    Then all that the attribute "<attribute>" reads is like "<text>"

    Examples:
      | attribute                | text                                                                                              |
      | holdover                 | [0-3]\\n                                                                                           |
      | external_pps_cable_delay | \d+\\n                                                                                             |
      | internal_pps_cable_delay | \d+\\n                                                                                             |
      | tod_protocol             | (NMEA\|UBX\|TSIP\|ESIP)\\n                                                                         |
      | available_tod_protocols  | NMEA UBX TSIP ESIP\\n                                                                              |
      | tod_baud_rate            | \d+\\n                                                                                             |
      | available_tod_baud_rates | 1200 2400 4800 9600 19200 38400 57600 115200 230400 460800 921600 1000000 2000000\\n               |
      | mac_i2c                  | (-1\|0\|1)\\n                                                                                      |

  @needs:ptp-ocp:mainline @needs:timecard:facebook
  Scenario: mainline has none of them
    Then the card has no attribute "holdover"
    And the card has no attribute "config"
    And the card has no attribute "tod_protocol"
    And the card has no attribute "external_pps_cable_delay"
