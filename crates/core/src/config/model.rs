//! The shape of `noout.toml`: structure is a file, operation is live.

use noout_calendar::Schedule;
use noout_types::{ComponentId, Contact, CustomerId, HostId, Lang, PersonId, PlatformId, PolicyId, Span, Urgency, Way};
use serde::{Deserialize, Serialize};

use super::{Carrier, Mail, Matrix, Push, Pushover, Slack, Telegram, Text, Webhook};

use super::drill::{DrillRules, Watchdog};
use super::intake::{Heartbeat, SmtpIn, Source};
use super::meeting::MeetingRules;
use super::noise::{BusinessHours, Inhibit, Mute, PagingRules, Team};
use super::policy::{Policy, Route, Target};
use super::tracker::Tracker;

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where noout listens and keeps its data.
    #[serde(default)]
    pub server: Server,
    /// Who can be paged.
    #[serde(default, rename = "person")]
    pub people: Vec<Person>,
    /// Who is on call when.
    #[serde(default, rename = "schedule")]
    pub schedules: Vec<Schedule>,
    /// Who is away.
    #[serde(default, rename = "absence")]
    pub absences: Vec<super::Away>,
    /// Days that count as holidays.
    #[serde(default, rename = "holiday")]
    pub holidays: Vec<super::Holiday>,
    /// Who is told in which order.
    #[serde(default, rename = "policy")]
    pub policies: Vec<Policy>,
    /// People who are told together.
    #[serde(default, rename = "team")]
    pub teams: Vec<Team>,
    /// Which alerts go to which policy; the first that matches wins.
    #[serde(default, rename = "route")]
    pub routes: Vec<Route>,
    /// Hours of work, for routes.
    #[serde(default, rename = "hours")]
    pub hours: Vec<BusinessHours>,
    /// Which alerts explain which.
    #[serde(default, rename = "inhibit")]
    pub inhibits: Vec<Inhibit>,
    /// Which alerts wake nobody in hours that come again.
    #[serde(default, rename = "mute")]
    pub mutes: Vec<Mute>,
    /// How many pages a person gets.
    #[serde(default)]
    pub paging: PagingRules,
    /// When everybody's contacts are tried.
    #[serde(default)]
    pub drill: DrillRules,
    /// Who outside notices that noout is dead.
    #[serde(default)]
    pub watchdog: Watchdog,
    /// Who may send alerts from other machines.
    #[serde(default, rename = "source")]
    pub sources: Vec<Source>,
    /// Jobs that say regularly that they are alive.
    #[serde(default, rename = "heartbeat", skip_serializing_if = "Vec::is_empty")]
    pub heartbeats: Vec<Heartbeat>,
    /// Alerts by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp_in: Option<SmtpIn>,
    /// What noout looks at and acts on.
    #[serde(default, rename = "platform")]
    pub platforms: Vec<Platform>,
    /// Whose sensors are read.
    #[serde(default, rename = "bmc")]
    pub bmcs: Vec<Bmc>,
    /// What customers see on the status page.
    #[serde(default, rename = "component")]
    pub components: Vec<Component>,
    /// Whose guests run here.
    #[serde(default, rename = "customer")]
    pub customers: Vec<Customer>,
    /// Where incidents are filed as tickets.
    #[serde(default, rename = "tracker")]
    pub trackers: Vec<Tracker>,
    /// When the team meets each week.
    #[serde(default)]
    pub meeting: MeetingRules,
    /// How mail is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Mail>,
    /// How webhooks are signed.
    #[serde(default)]
    pub webhook: Webhook,
    /// How browsers and phones are pushed to.
    #[serde(default)]
    pub push: Push,
    /// How Pushover is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushover: Option<Pushover>,
    /// How Slack is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<Slack>,
    /// How Matrix is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Matrix>,
    /// How Telegram is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telegram: Option<Telegram>,
    /// Who carries text messages, in the order in which they are tried.
    #[serde(default)]
    pub sms: Vec<Carrier>,
    /// Who carries calls, in the order in which they are tried.
    #[serde(default)]
    pub voice: Vec<Carrier>,
    /// The rules for taking hosts out.
    #[serde(default)]
    pub maintenance: MaintenanceRules,
}

/// `[server]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The console's and the intake's address.
    pub listen: String,
    /// The public status page's address.
    pub status_listen: String,
    /// A file for SQLite, or `postgres://…`.
    pub data: String,
    /// How people reach the console from their phones; stands in every ack link.
    pub public_url: Option<String>,
    /// How customers reach the status page.
    pub status_url: Option<String>,
    /// The platform's name on the status page.
    pub name: String,
    /// The zone that times are shown in where a person's own is not known.
    pub timezone: String,
    /// Who is paged when an escalation is exhausted, as `person:ID`. Everybody, if empty.
    pub fallback: Vec<Target>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8420".into(),
            status_listen: "127.0.0.1:8421".into(),
            data: "noout.db".into(),
            public_url: None,
            status_url: None,
            name: "noout".into(),
            timezone: "UTC".into(),
            fallback: Vec::new(),
        }
    }
}

impl Server {
    /// The address that ack links begin with, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen)).trim_end_matches('/').to_owned()
    }
}

/// What a person may do. Each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees.
    Viewer,
    /// Acknowledges, resolves, notes, signs work orders.
    Responder,
    /// Proposes and approves maintenance, overrides the schedule, stops and resumes.
    #[default]
    Operator,
    /// Applies configuration.
    Admin,
}

impl Role {
    /// The role's word in the configuration.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Responder => "responder",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

/// `[[person]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// A short id.
    pub id: PersonId,
    /// The name that others read; the id if absent.
    #[serde(default)]
    pub name: String,
    /// For pages by mail.
    #[serde(default)]
    pub email: Option<String>,
    /// For pages by SMS and voice.
    #[serde(default)]
    pub phone: Option<String>,
    /// IANA zone.
    #[serde(default = "utc")]
    pub timezone: String,
    /// The language of pages and of the console.
    #[serde(default)]
    pub language: Lang,
    /// How to reach the person, in order.
    #[serde(default)]
    pub contact: Vec<Way>,
    /// The same where nobody is to be woken; as `contact` if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contact_low: Vec<Way>,
    /// Who is told when an incident is not solved in time.
    #[serde(default)]
    pub superior: Option<PersonId>,
    /// What the person may do.
    #[serde(default)]
    pub role: Role,
}

fn utc() -> String {
    "UTC".into()
}

impl Person {
    /// The name to show.
    #[must_use]
    pub fn display(&self) -> &str {
        if self.name.is_empty() { self.id.as_str() } else { &self.name }
    }

    /// How to reach the person about something of this urgency, in order.
    #[must_use]
    pub fn ways(&self, urgency: Urgency) -> &[Way] {
        if urgency == Urgency::Low && !self.contact_low.is_empty() { &self.contact_low } else { &self.contact }
    }

    /// Each contact method of the person once, in the order of the file.
    #[must_use]
    pub fn contacts(&self) -> Vec<&Contact> {
        let mut all: Vec<&Contact> = Vec::new();
        for way in self.contact.iter().chain(&self.contact_low) {
            if !all.contains(&&way.contact) {
                all.push(&way.contact);
            }
        }
        all
    }
}

/// What a platform is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlatformKind {
    /// The built-in simulated cluster: compute, storage and sensors.
    Lab,
    /// A Ceph cluster: storage.
    Ceph,
    /// A Proxmox VE cluster: compute.
    Proxmox,
    /// KVM hosts with libvirt: compute.
    Libvirt,
    /// VMware vSphere: compute.
    Vsphere,
}

/// `[[platform]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// A short id.
    pub id: PlatformId,
    /// What it is.
    pub kind: PlatformKind,
    /// Where it answers.
    #[serde(default)]
    pub url: Option<String>,
    /// `env:NAME`, `file:PATH`, `cred:NAME`.
    #[serde(default)]
    pub token: Option<String>,
    /// SHA-256 of its certificate.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// The storage platform under its guests. A lab has its own unless another is named.
    #[serde(default)]
    pub storage: Option<PlatformId>,
    /// Ceph: the configuration file.
    #[serde(default)]
    pub conf: Option<String>,
    /// Ceph: the client's name, `client.admin` if absent.
    #[serde(default)]
    pub client: Option<String>,
    /// Ceph: the client's keyring file.
    #[serde(default)]
    pub keyring: Option<String>,
    /// Ceph: the command, if it is not simply `ceph` (for example `["ssh", "mon1", "ceph"]`).
    #[serde(default)]
    pub command: Vec<String>,
    /// Lab: the file that its world lives in, so that it outlives noout as a real cluster does.
    #[serde(default)]
    pub world: Option<String>,
    /// Lab: how many lab seconds one real second lasts.
    #[serde(default = "one")]
    pub speed: f64,
    /// Lab: programs that are called with `off HOST` and `on HOST` as its hosts lose and get power,
    /// so that a real storage cluster can follow the simulated hosts in tests and drills.
    #[serde(default)]
    pub power_hook: Option<String>,
    /// Who is told when a maintenance of this platform holds; the first policy if absent.
    #[serde(default)]
    pub policy: Option<PolicyId>,
    /// The public component that this platform carries.
    #[serde(default)]
    pub component: Option<ComponentId>,
    /// Ceph warnings that do not forbid a maintenance, by code.
    #[serde(default)]
    pub allow_warnings: Vec<String>,
}

fn one() -> f64 {
    1.0
}

/// How a BMC is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BmcKind {
    /// HTTPS.
    Redfish,
    /// `ipmitool` over lanplus.
    Ipmi,
}

/// `[[bmc]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bmc {
    /// Whose BMC.
    pub host: HostId,
    /// The platform that the host belongs to.
    #[serde(default)]
    pub platform: Option<PlatformId>,
    /// How it is spoken to.
    pub kind: BmcKind,
    /// `https://…` for Redfish, `host[:port]` for IPMI.
    pub address: String,
    /// The user.
    #[serde(default)]
    pub user: Option<String>,
    /// `env:NAME`, `file:PATH`, `cred:NAME`.
    #[serde(default)]
    pub password: Option<String>,
    /// SHA-256 of its certificate.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// IPMI: the cipher suite, 17 if absent. BMCs of before 2015 or so know 3 only.
    #[serde(default)]
    pub cipher: Option<u8>,
    /// How often it is asked.
    #[serde(default = "thirty_seconds")]
    pub every: Span,
    /// Fans that must turn for the host to be safe; what exceeds them is redundancy.
    #[serde(default)]
    pub fans_needed: Option<u32>,
    /// Who is told; the first policy if absent.
    #[serde(default)]
    pub policy: Option<PolicyId>,
}

fn thirty_seconds() -> Span {
    Span::from_secs(30)
}

/// `[[component]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// A short id.
    pub id: ComponentId,
    /// Its name for customers, one text or one per language.
    pub name: Text,
    /// One line about it.
    #[serde(default)]
    pub description: Option<Text>,
}

/// `[[customer]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// As the guests' `customer` says.
    pub id: CustomerId,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The language that the customer reads.
    #[serde(default)]
    pub language: Lang,
}

/// `[maintenance]`: how a host is taken out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MaintenanceRules {
    /// Between the two looks that confirm that a host is empty, or that it is back.
    pub confirm_gap: Span,
    /// How long the sensors must be good before the host is called healthy.
    pub prove: Span,
    /// How long an approval is good.
    pub approval: Span,
    /// How long one move, one power change or one confirmation may take before people are paged.
    pub step_deadline: Span,
    /// How long the technician has.
    pub work_order_deadline: Span,
    /// How long noout may be unable to see the platform before it holds and pages.
    pub blind_after: Span,
    /// How long `noout` may stand before people are told.
    pub noout_deadline: Span,
    /// How long placement groups may be peering or unknown before that is a failure. After a manager has
    /// changed, a real cluster knows nothing of them for half a minute.
    pub settle: Span,
}

impl Default for MaintenanceRules {
    fn default() -> Self {
        Self {
            confirm_gap: Span::from_secs(15),
            prove: Span::from_mins(5),
            approval: Span::from_hours(4),
            step_deadline: Span::from_mins(30),
            work_order_deadline: Span::from_hours(4),
            blind_after: Span::from_mins(2),
            noout_deadline: Span::from_hours(6),
            settle: Span::from_secs(90),
        }
    }
}
