using LabTrace.Devices.TimeCards;
using LabTrace.Emulation.TimeCards.Hardware;

namespace LabTrace.Emulation.TimeCards;

/// <summary>What a bench can let break, as the model of a card knows it.</summary>
internal static class CardBreaking
{
    /// <summary>Lets something break.</summary>
    public static void Break(this TimeCardModel card, TimeCardFault fault)
    {
        Action act = fault switch
        {
            TimeCardFault.ClockNeverReady => card.StickReady,
            TimeCardFault.EepromUnreadable => card.LoseEeprom,
            TimeCardFault.FlashUnreadable => card.LoseFlash,
            _ => card.FallTo1970,
        };
        act();
    }
}
