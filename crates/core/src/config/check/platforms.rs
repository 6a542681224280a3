//! `[[platform]]`, `[[bmc]]`, `[[component]]`, `[[customer]]`, `[maintenance]`.

use noout_types::Span;
use url::Url;

use super::Check;
use crate::config::{Bmc, BmcKind, MaintenanceRules, Platform, PlatformKind, Text};

/// Slowest and fastest lab: at the one end nothing is seen to move, at the other a step is over before it is shown.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.001..=10_000.0;

/// A BMC's processor is slow: asked more often than this it answers late or not at all.
const MIN_EVERY: Span = Span::from_secs(1);

pub(super) fn check(check: &mut Check<'_>) {
    for (i, platform) in check.config.platforms.iter().enumerate() {
        one_platform(check, &format!("platform[{i}]"), platform);
    }
    for (i, bmc) in check.config.bmcs.iter().enumerate() {
        one_bmc(check, &format!("bmc[{i}]"), bmc);
    }
    for (i, component) in check.config.components.iter().enumerate() {
        text(check, &format!("component[{i}].name"), &component.name);
        if let Some(description) = &component.description {
            text(check, &format!("component[{i}].description"), description);
        }
    }
    maintenance(check, &check.config.maintenance);
}

fn one_platform(check: &mut Check<'_>, at: &str, platform: &Platform) {
    let kind = match platform.kind {
        PlatformKind::Lab => "lab",
        PlatformKind::Ceph => "ceph",
        PlatformKind::Proxmox => "proxmox",
        PlatformKind::Libvirt => "libvirt",
        PlatformKind::Vsphere => "vsphere",
    };
    if !matches!(platform.kind, PlatformKind::Lab | PlatformKind::Ceph) {
        let message = format!("{kind:?} is not available in this version: allowed are \"lab\" and \"ceph\"");
        check.error(&format!("{at}.kind"), message);
    }
    check.secret(&format!("{at}.token"), platform.token.as_deref());
    check.known_policy(&format!("{at}.policy"), platform.policy.as_ref().map(|p| p.as_str()));
    check.known_component(&format!("{at}.component"), platform.component.as_ref().map(|c| c.as_str()));
    check.known_platform(&format!("{at}.storage"), platform.storage.as_ref().map(|p| p.as_str()));
    if let Some(storage) = platform.storage.as_ref().and_then(|id| check.config.platform(id))
        && !matches!(storage.kind, PlatformKind::Lab | PlatformKind::Ceph)
    {
        let message =
            format!("{:?} is no storage: allowed are platforms of the kind \"ceph\" or \"lab\"", storage.id.as_str());
        check.error(&format!("{at}.storage"), message);
    }
    if !SPEEDS.contains(&platform.speed) {
        let message = format!(
            "{} is no speed: allowed are {} to {} lab seconds a second",
            platform.speed,
            SPEEDS.start(),
            SPEEDS.end()
        );
        check.error(&format!("{at}.speed"), message);
    }
    if platform.kind == PlatformKind::Ceph && platform.command.first().is_some_and(|word| word.trim().is_empty()) {
        check.error(&format!("{at}.command[0]"), "a command is needed, for example [\"ssh\", \"mon1\", \"ceph\"]");
    }
    misplaced(check, at, platform, kind);
}

/// Fields of one kind that stand in a platform of another have no effect, and whoever wrote them thinks that they have.
fn misplaced(check: &mut Check<'_>, at: &str, platform: &Platform, kind: &str) {
    let remote = ["proxmox", "libvirt", "vsphere"];
    let fields: [(&str, bool, &[&str]); 10] = [
        ("url", platform.url.is_some(), &remote),
        ("token", platform.token.is_some(), &remote),
        ("fingerprint", platform.fingerprint.is_some(), &remote),
        ("conf", platform.conf.is_some(), &["ceph"]),
        ("client", platform.client.is_some(), &["ceph"]),
        ("keyring", platform.keyring.is_some(), &["ceph"]),
        ("command", !platform.command.is_empty(), &["ceph"]),
        ("allow_warnings", !platform.allow_warnings.is_empty(), &["ceph", "lab"]),
        ("world", platform.world.is_some(), &["lab"]),
        ("power_hook", platform.power_hook.is_some(), &["lab"]),
    ];
    for (field, present, kinds) in fields {
        if present && !kinds.contains(&kind) {
            check.warn(&format!("{at}.{field}"), format!("a platform of the kind {kind:?} does not use this field"));
        }
    }
}

fn one_bmc(check: &mut Check<'_>, at: &str, bmc: &Bmc) {
    check.secret(&format!("{at}.password"), bmc.password.as_deref());
    check.known_policy(&format!("{at}.policy"), bmc.policy.as_ref().map(|p| p.as_str()));
    check.known_platform(&format!("{at}.platform"), bmc.platform.as_ref().map(|p| p.as_str()));
    if bmc.every < MIN_EVERY {
        let message = format!("{} is too often: allowed is {MIN_EVERY} or more, for example \"30s\"", bmc.every);
        check.error(&format!("{at}.every"), message);
    }
    let address = format!("{at}.address");
    match bmc.kind {
        BmcKind::Redfish => match Url::parse(&bmc.address) {
            Ok(url) if url.host_str().is_none_or(str::is_empty) => {
                check.error(&address, "the address names no host: write for example \"https://pve3-bmc.example.org\"");
            }
            Ok(url) if url.scheme() == "https" => {}
            Ok(url) if url.scheme() == "http" => {
                check.warn(&address, "by http the password travels in plain text: better https and a fingerprint");
            }
            _ => check.error(
                &address,
                format!(
                    "{:?} is no address of a Redfish service: write for example \"https://pve3-bmc.example.org\"",
                    bmc.address
                ),
            ),
        },
        // A text with a dash in front would be an option of ipmitool.
        BmcKind::Ipmi if bmc.address.is_empty() || bmc.address.starts_with('-') || bmc.address.contains(['/', ' ']) => {
            let message =
                format!("{:?} is no address: write HOST or HOST:PORT, for example \"pve3-bmc:623\"", bmc.address);
            check.error(&address, message);
        }
        BmcKind::Ipmi => {}
    }
}

fn text(check: &mut Check<'_>, at: &str, text: &Text) {
    let empty = match text {
        Text::Same(text) => text.trim().is_empty(),
        Text::Per(map) => map.is_empty() || map.values().any(|text| text.trim().is_empty()),
    };
    if empty {
        check.error(
            at,
            "customers would read an empty text: write one, or one per language: { en = \"…\", de = \"…\" }",
        );
    }
}

fn maintenance(check: &mut Check<'_>, rules: &MaintenanceRules) {
    let deadlines = [
        ("approval", rules.approval),
        ("step_deadline", rules.step_deadline),
        ("work_order_deadline", rules.work_order_deadline),
        ("blind_after", rules.blind_after),
        ("noout_deadline", rules.noout_deadline),
    ];
    for (field, _) in deadlines.into_iter().filter(|(_, span)| *span == Span::default()) {
        check.error(&format!("maintenance.{field}"), "0s is over before it begins: write for example \"30m\"");
    }
    let proofs = [("confirm_gap", rules.confirm_gap), ("prove", rules.prove)];
    for (field, _) in proofs.into_iter().filter(|(_, span)| *span == Span::default()) {
        check.warn(&format!("maintenance.{field}"), "0s proves nothing: two looks at one instant are one look");
    }
}
