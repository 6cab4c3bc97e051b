@timecard @needs:timecard
Feature: What the attributes of a Time Card take, and what they refuse
  A driver that takes too much hides a mistake in a script; one that refuses too much breaks it.

  Background:
    Given a Time Card

  Scenario Outline: what is read only cannot be opened for writing, not even by root
    When I try to write "1" to the attribute "<attribute>"
    Then it is refused with EACCES

    Examples:
      | attribute             |
      | serialnum             |
      | available_sma_inputs  |
      | available_sma_outputs |

  Scenario Outline: a clock source is taken by the beginning of its name, whatever its case
    When I write "<text>" to the attribute "clock_source"
    Then the attribute "clock_source" becomes "<source>" within 2 s

    Examples:
      | text      | source |
      | PPS       | PPS    |
      | pps       | PPS    |
      | Tod       | TOD    |
      | REGS      | REGS   |
      | PPSxyz    | PPS    |
      | EXT other | EXT    |

  Scenario Outline: what is no clock source is refused
    When I try to write "<text>" to the attribute "clock_source"
    Then it is refused with EINVAL

    Examples:
      | text |
      | GNSS |
      | PP   |
      | 3    |

  @needs:timecard:facebook
  Scenario Outline: numbers are taken as the kernel reads them
    When I write exactly "<text>" to the attribute "utc_tai_offset"
    Then the attribute "utc_tai_offset" reads "<value>"

    Examples:
      | text         | value |
      | 36           | 36    |
      | 36\\n         | 36    |
      | +36          | 36    |
      | 0x24         | 36    |
      | 044          | 36    |
      | 4294967295   | -1    |

  @needs:timecard:facebook
  Scenario Outline: what is no number of 32 bits is refused
    When I try to write exactly "<text>" to the attribute "utc_tai_offset"
    Then it is refused with <errno>

    Examples:
      | text                    | errno  |
      | -1                      | EINVAL |
      | 36 s                    | EINVAL |
      | thirty-six              | EINVAL |
      | 0x                      | EINVAL |
      | 08                      | EINVAL |
      | 36\\n\\n                  | EINVAL |
      | 4294967296              | ERANGE |
      | 99999999999999999999999 | ERANGE |

  Scenario Outline: blanks are not taken for nothing
    When I try to write exactly "<text>" to the attribute "ts_window_adjust"
    Then it is refused with EINVAL

    Examples:
      | text  |
      | 100 \\n |
      | 1 00  |

  Scenario: the window adjustment is taken and read back
    When I write "1234" to the attribute "ts_window_adjust"
    Then the attribute "ts_window_adjust" reads "1234"

  @needs:timecard:facebook @needs:timecard:timecodes
  Scenario Outline: IRIG-B has eight modes
    When I write "<mode>" to the attribute "irig_b_mode"
    Then the attribute "irig_b_mode" reads "<mode>"

    Examples:
      | mode |
      | 0    |
      | 4    |
      | 7    |

  @needs:timecard:facebook
  Scenario Outline: more modes are refused
    When I try to write "<mode>" to the attribute "irig_b_mode"
    Then it is refused with <errno>

    Examples:
      | mode | errno  |
      | 8    | EINVAL |
      | 255  | EINVAL |
      | 256  | ERANGE |

  @needs:timecard:gnss
  Scenario Outline: the correction of the time of day has a sign
    When I write "<text>" to the attribute "tod_correction"
    Then the attribute "tod_correction" reads "<value>"

    Examples:
      | text        | value |
      | 5           | 5     |
      | -5          | -5    |
      | 70000       | 70000 |
      | -2147483648 | 0     |

  @needs:timecard:gnss
  Scenario: a correction beyond 32 bits is refused
    When I try to write "2147483648" to the attribute "tod_correction"
    Then it is refused with ERANGE

  @needs:timecard:counters
  Scenario Outline: a counter measures for up to 255 seconds
    When I write "<seconds>" to the attribute "freq1/seconds"
    Then the attribute "freq1/seconds" reads "<seconds>"

    Examples:
      | seconds |
      | 1       |
      | 255     |
      | 0       |

  @needs:timecard:counters
  Scenario Outline: and no longer
    When I try to write "<seconds>" to the attribute "freq1/seconds"
    Then it is refused with <errno>

    Examples:
      | seconds    | errno  |
      | 256        | EINVAL |
      | 4294967296 | ERANGE |

  @needs:timecard:facebook @needs:ptp-ocp:out-of-tree
  Scenario Outline: what the out-of-tree driver takes
    When I write "<text>" to the attribute "<attribute>"
    Then the attribute "<attribute>" reads "<value>"

    Examples:
      | attribute                | text  | value |
      | holdover                 | 3     | 3     |
      | external_pps_cable_delay | 65535 | 65535 |
      | internal_pps_cable_delay | 120   | 120   |
      | tod_protocol             | TSIP  | TSIP  |
      | tod_baud_rate            | 9600  | 9600  |
      | tod_baud_rate            | 12000 | 1200  |
      | mac_i2c                  | y     | 1     |

  @needs:timecard:facebook @needs:ptp-ocp:out-of-tree
  Scenario Outline: what it refuses
    When I try to write "<text>" to the attribute "<attribute>"
    Then it is refused with <errno>

    Examples:
      | attribute                | text  | errno  |
      | holdover                 | 4     | EINVAL |
      | external_pps_cable_delay | 65536 | ERANGE |
      | tod_protocol             | DCF   | EINVAL |
      | tod_baud_rate            | 300   | EINVAL |
      | mac_i2c                  | maybe | EINVAL |
