//! Behaviour: given, when, then.
