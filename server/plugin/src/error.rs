//! What can go wrong with a plugin. None of it is the platform's fault, so each says whose it is.

/// Why a plugin could not be loaded, or a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The manifest is not what `plugins/README.md` describes.
    #[error("plugin.json: {0}")]
    BadManifest(String),
    /// The bytes are no component, or one of another world.
    #[error("plugin `{plugin}`: expected a component of the world flowloom:plugin/plugin@0.1.0; {reason}")]
    BadComponent {
        /// Its id.
        plugin: String,
        /// What was found.
        reason: String,
    },
    /// Nothing of this name is loaded.
    #[error("expected an installed plugin, found none with the id `{0}`")]
    NoSuchPlugin(String),
    /// The manifest lists no such function.
    #[error("expected a function of the plugin `{plugin}`, found none named `{function}`; it has {known}")]
    NoSuchFunction {
        /// The plugin.
        plugin: String,
        /// What was asked for.
        function: String,
        /// The names there are.
        known: String,
    },
    /// The caller's mistake: the input does not match the function's schema, or is too long.
    #[error("input of {place}: {reason}")]
    BadInput {
        /// `plugin.function`
        place: String,
        /// What was expected, what was found.
        reason: String,
    },
    /// The plugin's mistake: no JSON, JSON that does not match its own schema, or too much of it.
    #[error("output of {place}: {reason}")]
    BadOutput {
        /// `plugin.function`
        place: String,
        /// What was expected, what was found.
        reason: String,
    },
    /// The plugin cannot answer this input and says why; its own words.
    #[error("{0}")]
    Refused(String),
    /// It worked longer than it may.
    #[error("{place} was stopped: it used up all its work ({fuel} units)")]
    OutOfFuel {
        /// `plugin.function`
        place: String,
        /// How much it had.
        fuel: u64,
    },
    /// It took more time than it may.
    #[error("{place} was stopped: it was not done after {milliseconds} ms")]
    Deadline {
        /// `plugin.function`
        place: String,
        /// How long it had.
        milliseconds: u128,
    },
    /// It wanted more memory than it may have.
    #[error("{place} was stopped: it needs more memory than {bytes} bytes")]
    Memory {
        /// `plugin.function`
        place: String,
        /// How much it may have.
        bytes: usize,
    },
    /// It broke: a panic, a division by zero, an access outside its memory.
    #[error("{place} broke: {reason}")]
    Trap {
        /// `plugin.function`
        place: String,
        /// What wasmtime says.
        reason: String,
    },
    /// The machine's fault: the cache folder, or an engine that cannot start.
    #[error("plugin host: {0}")]
    Host(String),
}
