//! What a finding says, by code; the texts are in `noout-words`.

noout_types::sayings! {
    "fault-drops-out" = drops_out(sensor, of, host, count, in_span, every_days, per_day);
    "fault-bmc-alone" = bmc_alone(of, host, count, in_span, every_days, per_day);
    "fault-together" = together(of, host, count, in_span, every_days, per_day);
    "fault-together-named" = together_named(of, host, count, in_span, every_days, per_day, names);
    "fault-bmc-mixed" = bmc_mixed(of, host, count, in_span, every_days, per_day, unanswered, shared);
    "fault-bmc-mixed-named" = bmc_mixed_named(of, host, count, in_span, every_days, per_day, unanswered, shared, names);
}
