//! How much of each thing is taken.

/// Longest body in bytes. A group of 10 000 alerts, a whole site in one webhook, fits with room.
pub const MAX_BODY_BYTES: usize = 8 << 20;

/// Most alerts in a body. Prometheus sends 64 at once, Alertmanager a whole group.
pub const MAX_ALERTS: usize = 20_000;

/// Most labels of an alert. Real ones have about ten; each is indexed, compared and shown.
pub const MAX_LABELS: usize = 64;

/// Longest name of a label or annotation in bytes.
pub const MAX_LABEL_NAME_BYTES: usize = 256;

/// Longest value of a label in bytes. Longer texts are annotations.
pub const MAX_LABEL_VALUE_BYTES: usize = 4096;

/// Most annotations of an alert that are kept.
pub const MAX_ANNOTATIONS: usize = 64;

/// Longest annotation in bytes; the rest is cut. It is read on a phone.
pub const MAX_ANNOTATION_BYTES: usize = 16 << 10;

/// Longest link to an alert's source in bytes. A longer one is left out: cut in the middle it leads nowhere.
pub const MAX_URL_BYTES: usize = 16 << 10;

/// Longest name that a source gives an episode, in bytes: Opsgenie's alias has up to 512 characters.
pub const MAX_KEY_BYTES: usize = 2048;

/// As much of a bad value is repeated in an error.
pub(crate) const MAX_SHOWN_CHARS: usize = 60;
