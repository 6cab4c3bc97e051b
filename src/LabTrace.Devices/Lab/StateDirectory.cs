namespace LabTrace.Devices;

/// <summary>Where LabTrace keeps what must outlive a run: a directory per place, with its lock and its journals.</summary>
public static class StateDirectory
{
    /// <summary><c>$XDG_STATE_HOME/labtrace</c>, or <c>~/.local/state/labtrace</c>.</summary>
    public static string Default
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            return Path.Combine(Path.IsPathRooted(state) ? state : Path.Combine(home, ".local", "state"), "labtrace");
        }
    }

    /// <summary>The directory of one place below a state directory.</summary>
    /// <param name="stateDirectory">For example <see cref="Default"/>.</param>
    /// <param name="place">The place's name.</param>
    public static string OfPlace(string stateDirectory, string place) => Path.Combine(stateDirectory, FileNames.Of(place));
}
