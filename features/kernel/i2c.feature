@kernel @needs:modules
Feature: Transfers on an I2C bus
  The kernel's i2c-stub is a chip in memory: its transfers are events like those of any bus.

  Scenario: a byte that is written and read back is two transfers
    Given the kernel module "i2c-stub" is loaded with "chip_addr=0x50"
    And the kernel module "i2c-dev" is loaded
    And the events of "smbus" are enabled
    When I record while running "i2cset -y 0 0x50 0x10 0x42"
    Then the command succeeded
    And the trace has exactly 1 "smbus:smbus_write" event
    When I run "i2cget -y 0 0x50 0x10"
    Then the command wrote "0x42"
