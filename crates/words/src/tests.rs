use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn check(said: &Said, expected: &Expect) {
    let zone = TimeZone::get("Europe/Zurich").expect("a zone");
    let lines: String = Lang::ALL.into_iter().map(|lang| say_in(said, lang, &zone) + "\n").collect();
    expected.assert_eq(&lines);
}

#[test]
fn every_file_parses() {
    for lang in Lang::ALL {
        for source in sources(lang) {
            let parsed = FluentResource::try_new(source.to_owned());
            assert!(parsed.is_ok(), "{lang}: {:?}", parsed.map_err(|(_, errors)| errors).err());
        }
    }
}

#[test]
fn instants_lengths_and_numbers_are_told_as_each_reader_does() {
    let coverage = Said::new("page-coverage").with("schedule", "ops").with("need", 2);
    check(
        &coverage.with("from_time", "2026-03-29T00:47:00Z"),
        &expect![[r#"
            ops: fewer than 2 people on call from 2026-03-29 01:47 CET
            ops : moins de 2 personnes d’astreinte dès 2026-03-29 01:47 CET
            ops: weniger als 2 in Bereitschaft ab 2026-03-29 01:47 CET
        "#]],
    );
    check(
        &Said::new("seen-sensors-for").with("n", 12).with("host", "pve3").with("good_span", 273_600_000),
        &expect![[r#"
            12 sensors of pve3 good for 3 days 4 h
            12 capteurs de pve3 bons pendant 3 j 4 h
            12 Sensoren von pve3 gut, 3 d 4 h lang
        "#]],
    );
    check(
        &Said::new("run-home").with("n", 1).with("left", 0),
        &expect![[r#"
            one guest goes home, 0 stay, on what is there now
            un invité revient, 0 restent, selon l’état présent
            ein Gast kehrt heim, 0 bleiben, nach dem, was jetzt da ist
        "#]],
    );
}

#[test]
fn reasons_stand_within_what_they_explain() {
    let refused = Said::new("run-refused").with("step", "set_noout").with("n", 3).of([Said::words("EPERM")]);
    check(
        &Said::new("page-held").with("host", "pve3").of([refused]),
        &expect![[r#"
            Maintenance of pve3 holds: setting noout was refused 3 times: EPERM
            Maintenance de pve3 suspendue : 3 refus pour la pose de noout : EPERM
            Wartung von pve3 angehalten: das Setzen von noout wurde 3-mal abgelehnt: EPERM
        "#]],
    );
    let closest = Said::new("why-closest")
        .with("hosts", 2)
        .of([Said::new("why-target-state").with("host", "pve2").with("state", "maintenance")]);
    check(
        &Said::new("why-no-target").with("hosts", 3).of([closest, Said::new("why-already-there").with("host", "pve4")]),
        &expect![[r#"
            none of 3 other hosts can take it: pve2 is in maintenance (the closest of 2 such hosts); it is on pve4 already
            aucun des 3 autres hôtes ne peut le prendre : pve2 est en maintenance (le plus proche de 2 hôtes dans ce cas) ; il est déjà sur pve4
            keiner von 3 anderen Hosts kann ihn nehmen: pve2 ist in Wartung (der nächste von 2 solchen Hosts); er ist schon auf pve4
        "#]],
    );
}

#[test]
fn what_others_said_stays_as_they_said_it() {
    for words in ["2026", "007", "{ $host }", "-term", "a\nb"] {
        assert_eq!(say(&Said::words(words), Lang::De), words);
    }
    let named = Said::new("gate-offline").with("host", "007");
    assert_eq!(say(&named, Lang::De), "007 ist offline", "a name that looks like a number");
}

#[test]
fn what_has_no_text_is_shown_as_it_was_recorded() {
    let newer = Said::new("flux-low").with("host", "pve3").with("amps", 4).of([Said::new("flux-why")]);
    assert_eq!(say(&newer, Lang::Fr), "flux-low: amps 4, host pve3, flux-why");
    let (garbled, text) = (Said::new("gate-old-view").with("age_span", "soon"), "the platform was last read soon ago");
    assert_eq!(english(&garbled), text);
}

proptest! {
    #[test]
    fn nothing_that_a_journal_may_hold_makes_it_panic(code in "[a-z-]{0,12}", name in ".{0,9}", text in ".{0,20}", deep in 0_usize..40) {
        let mut said = Said::new(&code).with(&name, &text);
        for _ in 0..deep {
            said = Said::new("page-held").with("host", &text).of([said]);
        }
        for lang in Lang::ALL {
            prop_assert!(!say(&said, lang).is_empty() || code == Said::WORDS || code == Said::ALL);
        }
    }
}
