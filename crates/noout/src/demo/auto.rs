//! `noout demo --auto`: the story played by scripted people, each chapter's claim checked.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use noout_core::engine::Command;
use noout_core::incident::IncidentCommand;
use noout_core::maintenance::{Maintenance, MaintenanceCommand, Phase, StepKind, StepState};
use noout_server::App;
use noout_types::{HostId, IncidentId, MaintenanceId, PersonId, Said};

use super::{HOST, Stage, as_person, fan_flaps, in_phase, the_fan, wait_for};

/// No chapter takes longer than this; the whole story takes less than ninety seconds.
const CHAPTER: Duration = Duration::from_secs(40);

struct Story {
    stage: Stage,
    app: App,
    host: HostId,
    began: Instant,
    chapter: u32,
}

/// Plays the story. The exit code is 0 only if every claim holds.
pub(super) async fn play(stage: Stage) -> anyhow::Result<ExitCode> {
    let app = stage.running.app.clone();
    let mut story = Story { app, host: HOST.parse()?, stage, began: Instant::now(), chapter: 0 };
    match story.whole().await {
        Ok(()) => {
            println!(
                "the story ended well: {} chapters in {:.0} s",
                story.chapter,
                story.began.elapsed().as_secs_f64()
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            println!("chapter {} does not hold: {why:#}", story.chapter + 1);
            story.tell_where_it_stands();
            Ok(ExitCode::FAILURE)
        }
    }
}

impl Story {
    async fn whole(&mut self) -> anyhow::Result<()> {
        let incident = self.a_fan_drops_out().await?;
        let paged = self.two_people_are_paged(incident).await?;
        let first = self.one_acknowledges(incident, &paged).await?;
        let id = self.a_plan_is_drafted(incident).await?;
        self.two_people_approve(id, &first, &paged).await?;
        self.guests_leave(id).await?;
        self.the_host_goes(id).await?;
        self.the_technician_works(id, &first).await?;
        self.the_host_returns(id).await?;
        self.guests_go_home(id).await?;
        self.the_report_stands(id, incident, &first).await?;
        self.the_journal_holds()
    }

    fn told(&mut self, text: &str) {
        self.chapter += 1;
        println!("{:>2}  {:>5.1} s  {text}", self.chapter, self.began.elapsed().as_secs_f64());
    }

    fn tell_where_it_stands(&self) {
        self.app.read(|s| {
            for i in s.incidents.iter() {
                println!("    incident {}: {} ({:?})", i.opened.id, i.opened.title, i.status);
            }
            for m in s.maintenances.all() {
                let step = m.current().map(|s| format!("{} {:?}", s.kind.code(), s.state));
                println!(
                    "    maintenance {} of {}: {:?}, {step:?}, hold {:?}, trouble {:?}",
                    m.id, m.host, m.phase, m.hold, m.trouble
                );
            }
        });
    }

    async fn a_fan_drops_out(&mut self) -> anyhow::Result<IncidentId> {
        // Let the BMCs be seen healthy first.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        fan_flaps(&self.stage.lab)?;
        let app = self.app.clone();
        let key = format!("sensor/{HOST}/{}", super::FAN);
        let id =
            wait_for(CHAPTER, || app.read(|s| s.incidents.by_key(&key))).await.context("nobody noticed the fan")?;
        let text = app.read(|s| s.incidents.get(id).map(|i| i.opened.text.clone())).unwrap_or_default();
        ensure!(text.contains("dropped out"), "the finding does not explain itself: {text:?}");
        self.told(&format!("a fan of {HOST} drops out and comes back; no threshold is crossed, noout notices: {text}"));
        Ok(id)
    }

    async fn two_people_are_paged(&mut self, incident: IncidentId) -> anyhow::Result<Vec<(PersonId, String)>> {
        let inbox = self.stage.demo.inbox.clone();
        let paged = wait_for(CHAPTER, || {
            let pages: Vec<_> = inbox.lock().iter().filter(|p| p.incident == incident).cloned().collect();
            let people: BTreeSet<_> = pages.iter().map(|p| p.person.clone()).collect();
            (people.len() >= 2).then_some(pages)
        });
        let paged = paged.await.context("two distinct people were not paged")?;
        let now = self.app.now();
        let schedule = "ops".parse()?;
        let on_call = self.app.read(|s| s.on_call(&schedule, now));
        let people: BTreeSet<_> = paged.iter().map(|p| p.person.clone()).collect();
        ensure!(people == on_call, "paged {people:?}, on call are {on_call:?}");
        let names: Vec<_> = people.iter().map(ToString::to_string).collect();
        self.told(&format!("two different people are paged: {}", names.join(" and ")));
        Ok(paged.into_iter().map(|p| (p.person, p.ack_url)).collect())
    }

    async fn one_acknowledges(
        &mut self,
        incident: IncidentId,
        paged: &[(PersonId, String)],
    ) -> anyhow::Result<PersonId> {
        let (person, link) = paged.first().context("nobody was paged")?;
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let seen = client.get(link).send().await.context("the link of the page")?;
        ensure!(seen.status().is_success(), "the page view answers {}", seen.status());
        let acked =
            || self.app.read(|s| s.incidents.get(incident).is_some_and(noout_core::incident::Incident::is_acked));
        ensure!(!acked(), "looking at a page acknowledged it: a mail scanner would have");
        let answer = client.post(format!("{link}/ack")).header("content-length", "0").send().await?;
        ensure!(answer.status().is_success() || answer.status().is_redirection(), "ack answers {}", answer.status());
        ensure!(acked(), "the acknowledgement was answered and is not there");
        self.told(&format!("{person} acknowledges from the phone"));
        Ok(person.clone())
    }

    async fn a_plan_is_drafted(&mut self, incident: IncidentId) -> anyhow::Result<MaintenanceId> {
        let app = self.app.clone();
        let m = wait_for(CHAPTER, || in_phase(&app, Phase::Drafted)).await.context("no plan was drafted")?;
        let plan = m.plan.as_ref().context("a draft without a plan")?;
        let view = noout_drivers::Compute::observe(&self.stage.lab).await?;
        let there: BTreeSet<_> = view.inventory.guests_on(&self.host).map(|g| g.id.clone()).collect();
        let moved: BTreeSet<_> = plan.moves().map(|m| m.guest.clone()).collect();
        ensure!(
            moved == there,
            "the plan moves {} of {} guests; blocked: {:?}",
            moved.len(),
            there.len(),
            plan.blocked
        );
        ensure!(plan.gates.iter().all(|g| g.ok), "a gate does not hold: {:?}", plan.gates);
        ensure!(m.incident == Some(incident), "the plan does not belong to the incident");
        self.told(&format!(
            "noout drafts a plan: {} guests go to {} hosts, each gate holds, {} more hosts may die",
            moved.len(),
            plan.moves().map(|m| m.to.clone()).collect::<BTreeSet<_>>().len(),
            plan.n_plus.holds
        ));
        Ok(m.id)
    }

    async fn two_people_approve(
        &mut self,
        id: MaintenanceId,
        first: &PersonId,
        paged: &[(PersonId, String)],
    ) -> anyhow::Result<()> {
        let second = paged.iter().map(|(p, _)| p).find(|p| *p != first).context("no second person")?.clone();
        let hash = self.app.read(|s| s.maintenances.get(id).and_then(|m| m.hash)).context("no plan")?;
        let propose = MaintenanceCommand::Propose { id, hash };
        as_person(&self.app, first, Command::Maintenance(propose)).await?;
        let approve = |host: &str| {
            let host = host.to_owned();
            Command::Maintenance(MaintenanceCommand::Approve { id, hash, host, break_glass: None })
        };
        ensure!(as_person(&self.app, first, approve(HOST)).await.is_err(), "{first} approved the own proposal");
        ensure!(as_person(&self.app, &second, approve("pve1")).await.is_err(), "a wrong host name was accepted");
        as_person(&self.app, &second, approve(HOST)).await?;
        self.told(&format!("{first} proposes, cannot approve alone; {second} reads the same plan and approves"));
        Ok(())
    }

    async fn until_done(&self, id: MaintenanceId, kind: StepKind) -> anyhow::Result<Maintenance> {
        let app = self.app.clone();
        let found = wait_for(CHAPTER, || {
            let m = app.read(|s| s.maintenances.get(id).cloned())?;
            let done = m.steps.iter().any(|s| s.kind == kind && matches!(s.state, StepState::Done { .. }));
            (done || m.hold.is_some() || m.phase.is_over()).then_some(m)
        });
        let m = found.await.with_context(|| format!("{} is not done", kind.code()))?;
        if let Some(hold) = &m.hold {
            bail!("the maintenance holds: {}", noout_words::english(&hold.why));
        }
        ensure!(
            m.steps.iter().any(|s| s.kind == kind && matches!(s.state, StepState::Done { .. })),
            "{} was not done",
            kind.code()
        );
        Ok(m)
    }

    async fn guests_leave(&mut self, id: MaintenanceId) -> anyhow::Result<()> {
        let m = self.until_done(id, StepKind::ConfirmEmpty).await?;
        let world = self.stage.lab.world()?;
        ensure!(world.guests_interrupted == 0, "{} guests were interrupted", world.guests_interrupted);
        let pauses: Vec<u64> = m.steps.iter().filter_map(|s| s.output.as_ref()?.pause_ms).collect();
        let longest = pauses.iter().max().context("no pause was measured")?;
        self.told(&format!(
            "{} guests moved live, none interrupted, longest measured pause {longest} ms",
            pauses.len()
        ));
        Ok(())
    }

    async fn the_host_goes(&mut self, id: MaintenanceId) -> anyhow::Result<()> {
        self.until_done(id, StepKind::ConfirmAway).await?;
        let storage = noout_drivers::Storage::observe(&self.stage.lab, &self.host).await?;
        ensure!(storage.has_host_noout(&self.host), "noout is not set for {HOST}");
        ensure!(!storage.cluster_flags.contains("noout"), "noout is set for the whole cluster");
        ensure!(storage.osds_of(&self.host).all(|o| !o.up && o.is_in), "the OSDs are not down and in");
        ensure!(storage.all_active(), "some data is not served");
        self.told(&format!(
            "noout is set for {HOST} alone, the host is off, its OSDs are down but in, all data is served"
        ));
        Ok(())
    }

    async fn the_technician_works(&mut self, id: MaintenanceId, person: &PersonId) -> anyhow::Result<()> {
        let app = self.app.clone();
        let sign =
            || Command::Maintenance(MaintenanceCommand::Sign { id, note: "fan cleaned, connector reseated".into() });
        ensure!(as_person(&app, person, sign()).await.is_err(), "a work order was signed with its list open");
        let order = app.read(|s| s.maintenances.get(id).and_then(|m| m.order.clone())).context("no work order")?;
        for item in order.items {
            let tick = MaintenanceCommand::Tick { id, item: item.code, done: true };
            as_person(&app, person, Command::Maintenance(tick)).await?;
        }
        self.stage.lab.mend(&the_fan()?)?;
        as_person(&app, person, sign()).await?;
        self.told("the technician goes through the work order and signs; it could not be signed before");
        Ok(())
    }

    async fn the_host_returns(&mut self, id: MaintenanceId) -> anyhow::Result<()> {
        let m = self.until_done(id, StepKind::ConfirmClean).await?;
        let storage = noout_drivers::Storage::observe(&self.stage.lab, &self.host).await?;
        ensure!(!storage.has_host_noout(&self.host), "noout is still set");
        ensure!(storage.all_clean(), "the data is not clean");
        let proof = m.steps.iter().find(|s| s.kind == StepKind::ProveHealthy).context("no proof of health")?;
        let proof = noout_words::english(&Said::all(proof.evidence.seen.clone()));
        self.told(&format!("the host returns: {proof}; noout is cleared, the data is clean"));
        Ok(())
    }

    async fn guests_go_home(&mut self, id: MaintenanceId) -> anyhow::Result<()> {
        let app = self.app.clone();
        let over = wait_for(CHAPTER, || {
            let m = app.read(|s| s.maintenances.get(id).cloned())?;
            (m.phase.is_over() || m.hold.is_some()).then_some(m)
        });
        let m = over.await.context("the maintenance does not end")?;
        ensure!(m.phase == Phase::Done, "it ended as {:?}: {:?}", m.phase, m.hold);
        let view = noout_drivers::Compute::observe(&self.stage.lab).await?;
        let away: Vec<_> =
            m.homes.iter().filter(|g| view.inventory.guest(g).is_none_or(|g| g.host != self.host)).collect();
        ensure!(away.is_empty(), "not at home: {away:?}");
        let world = self.stage.lab.world()?;
        ensure!(world.guests_interrupted == 0, "{} guests were interrupted", world.guests_interrupted);
        ensure!(view.inventory.guests.len() == 60, "{} guests are left of 60", view.inventory.guests.len());
        self.told(&format!("{} guests are home again; 60 of 60 guests are there, none was interrupted", m.homes.len()));
        Ok(())
    }

    async fn the_report_stands(
        &mut self,
        id: MaintenanceId,
        incident: IncidentId,
        by: &PersonId,
    ) -> anyhow::Result<()> {
        let note = "fan cleaned, proven healthy".to_owned();
        let resolve = IncidentCommand::Resolve { incident, note };
        as_person(&self.app, by, Command::Incident(resolve)).await?;
        let m = self.app.read(|s| s.maintenances.get(id).cloned()).context("no maintenance")?;
        let report = m.report.context("no report")?;
        let rows = self.app.reader().timeline(&format!("maintenance/{id}"), 0, 10_000)?;
        let known: BTreeSet<u64> = rows.iter().map(|r| r.seq).collect();
        let links: Vec<u64> = report.rows.iter().flat_map(|r| r.evidence.iter().copied()).collect();
        ensure!(!links.is_empty(), "the report links to nothing");
        let dead: Vec<_> = links.iter().filter(|seq| !known.contains(seq)).collect();
        ensure!(dead.is_empty(), "evidence that is not in the timeline: {dead:?}");
        let url = format!("http://{}/api/v2/summary.json", self.stage.running.status);
        let summary: serde_json::Value = reqwest::get(&url).await?.error_for_status()?.json().await?;
        let indicator = summary["status"]["indicator"].as_str().unwrap_or_default();
        ensure!(indicator == "none", "the status page says {indicator:?}");
        ensure!(!summary.to_string().contains(HOST), "the public page names an internal host");
        self.told(&format!(
            "the report has {} lines, each of its {} links opens; customers read no internal name",
            report.rows.len(),
            links.len()
        ));
        Ok(())
    }

    fn the_journal_holds(&mut self) -> anyhow::Result<()> {
        let reader = noout_store::sqlite::SqliteReader::open(&self.stage.data)?;
        let mut state = noout_core::State::new();
        let report = noout_store::verify_reader(&reader, |record| {
            let event = noout_core::Event::decode(&record.body).map_err(|e| e.to_string())?;
            noout_core::apply(&mut state, record.at, &event);
            Ok(())
        })?;
        self.told(&format!("the journal verifies: {} records, hash chain and fold", report.records));
        Ok(())
    }
}
