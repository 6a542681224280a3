use super::{guest, h, host, inventory};
use crate::{HostState, survive};

#[test]
fn a_host_whose_guests_fit_nowhere_is_told_with_the_reason() {
    let inv = inventory(
        vec![host("pve1", 64_000), host("pve2", 64_000), host("pve3", 16_000)],
        vec![guest("101", "pve1", 40_000), guest("201", "pve2", 40_000), guest("301", "pve3", 4_000)],
    );
    let all = survive(&inv).expect("an answer");
    let ok: Vec<_> = all.iter().map(|s| (s.host.as_str(), s.ok)).collect();
    assert_eq!(ok, [("pve1", false), ("pve2", false), ("pve3", true)]);
    assert_eq!(
        all[0].homeless[0].why.to_string(),
        "none of 2 other hosts can take it: 40000 MiB of memory are needed, pve2 has 24000 MiB free beside its \
         reserve of 0 MiB (the closest of 2 such hosts)"
    );
}

#[test]
fn a_guest_tied_to_its_host_is_listed_but_no_placement_could_save_it() {
    let mut pinned = guest("101", "pve1", 1_000);
    pinned.pinned = Some("GPU".to_owned());
    let mut stopped = guest("102", "pve1", 99_000);
    stopped.running = false;
    let inv = inventory(vec![host("pve1", 64_000), host("pve2", 64_000)], vec![pinned, stopped]);
    let all = survive(&inv).expect("an answer");
    assert!(all[0].ok, "a stopped guest needs no place");
    assert_eq!(all[0].tied.len(), 1);
}

#[test]
fn a_storage_that_only_the_lost_host_reaches_makes_guests_homeless() {
    let mut hosts = vec![host("pve1", 64_000), host("pve2", 64_000), host("pve3", 64_000)];
    hosts[0].storage.push("nfs".to_owned());
    hosts[1].storage.push("nfs".to_owned());
    hosts[1].state = HostState::Offline;
    let mut picky = guest("101", "pve1", 1_000);
    picky.storage = vec!["nfs".to_owned()];
    let all = survive(&inventory(hosts, vec![picky])).expect("an answer");
    assert_eq!(all.len(), 2, "an offline host cannot die");
    assert_eq!((all[0].host.clone(), all[0].ok), (h("pve1"), false), "pve2 could take it, were it not offline");
}

#[test]
fn an_affinity_group_needs_one_host_for_all_of_it() {
    let mut guests = vec![guest("101", "pve1", 30_000), guest("102", "pve1", 30_000)];
    guests.push(guest("201", "pve2", 10_000));
    guests.push(guest("301", "pve3", 10_000));
    let mut inv = inventory(["pve1", "pve2", "pve3"].map(|id| host(id, 64_000)).to_vec(), guests);
    assert!(survive(&inv).expect("an answer")[0].ok);
    inv.guests[0].affinity = vec!["app".to_owned()];
    inv.guests[1].affinity = vec!["app".to_owned()];
    let lost = survive(&inv).expect("an answer");
    assert!(!lost[0].ok);
    assert!(lost[0].homeless[0].why.to_string().contains("60000 MiB"), "{}", lost[0].homeless[0].why);
}

#[test]
fn a_cluster_of_one_host_has_no_redundancy_to_claim() {
    let all = survive(&inventory(vec![host("pve1", 64_000)], vec![guest("101", "pve1", 1_000)])).expect("an answer");
    assert!(!all[0].ok);
    assert_eq!(all[0].homeless[0].why.to_string(), "there is no other host");
}
