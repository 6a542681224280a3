//! What a plan says, by code; the texts are in `noout-words`.

noout_types::sayings! {
    "why-inventory" = inventory(what);
    "why-unknown-guest" = unknown_guest(guest);
    "why-unknown-host" = unknown_host(host);
    "why-no-such-host" = no_such_host(host, hosts, more);
    "why-already-there" = already_there(host);
    "why-offline" = offline(host);
    "why-source-offline" = source_offline(host);
    "why-target-state" = target_state(host, state);
    "why-pinned" = pinned(reason);
    "why-cpu-type" = cpu_type(needs, host, has);
    "why-cpu-type-unknown" = cpu_type_unknown(needs, host);
    "why-storage" = storage(host, storages, more);
    "why-memory" = memory(needs_mib, host, free_mib, reserve_mib);
    "why-cpu" = cpu(needs, free, host);
    "why-anti-affinity" = anti_affinity(peer, name, host);
    "why-affinity" = affinity(peer, name, host);
    "why-contradiction" = contradiction(peer, name);
    "why-no-other-host" = no_other_host();
    "why-no-target" = no_target(hosts) + parts;
    "why-closest" = closest(hosts) + parts;
    "plan-summary" = summary(moves, orders, memory_mib, interruptions, blocked);
    "plan-interruption" = interruption(guest, to);
    "plan-made-room" = made_room(guest, from, to, for_guest);
    "plan-by-third-host" = by_third_host(guest, via, to);
    "plan-waits" = waits(guest, order) + parts;
    "plan-may-not-converge" = may_not_converge(guest, dirty_mib_s, link_mib_s);
    "plan-broken-memory" = broken_memory(used_mib, host, free_mib);
    "plan-broken-affinity" = broken_affinity(guest, peer, name);
    "plan-broken-anti-affinity" = broken_anti_affinity(guest, peer, name, host);
    "plan-n-plus-lost" = n_plus_lost(holds, wanted, before, worst, worst_more, homeless, homeless_more);
    "plan-n-plus-not-exact" = n_plus_not_exact(deaths);
    "plan-nearly-full" = nearly_full(host, percent);
    "plan-gone" = gone(guest);
}
