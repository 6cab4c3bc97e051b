@kernel @needs:modules
Feature: The life of a dma_fence
  A fence is made, signalled and freed; its users wait for it in between. The kernel's vgem driver makes fences without a GPU.

  Scenario: each fence is made, signalled and destroyed, in that order
    Given the kernel module "vgem" is loaded
    And the events of "dma_fence" are enabled
    When I record while running "labtrace-fence /dev/dri/card0 5 2000"
    Then the command succeeded
    And the trace has at least 5 "dma_fence:dma_fence_init" events
    And every "dma_fence:dma_fence_init where driver = vgem" event is followed by "dma_fence:dma_fence_signaled" on the same seqno within 60 s
    And the shortest time from "dma_fence:dma_fence_init where driver = vgem" to "dma_fence:dma_fence_signaled" on the same seqno is at least 2 ms
