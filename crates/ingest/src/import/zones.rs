//! Time zones by other names.

/// Names that Rails programs (PagerDuty among them) show instead of IANA's.
const RAILS: [(&str, &str); 31] = [
    ("International Date Line West", "Etc/GMT+12"),
    ("Hawaii", "Pacific/Honolulu"),
    ("Alaska", "America/Juneau"),
    ("Pacific Time (US & Canada)", "America/Los_Angeles"),
    ("Arizona", "America/Phoenix"),
    ("Mountain Time (US & Canada)", "America/Denver"),
    ("Central Time (US & Canada)", "America/Chicago"),
    ("Eastern Time (US & Canada)", "America/New_York"),
    ("Indiana (East)", "America/Indiana/Indianapolis"),
    ("Atlantic Time (Canada)", "America/Halifax"),
    ("Newfoundland", "America/St_Johns"),
    ("Brasilia", "America/Sao_Paulo"),
    ("Buenos Aires", "America/Argentina/Buenos_Aires"),
    ("Edinburgh", "Europe/London"),
    ("London", "Europe/London"),
    ("Bern", "Europe/Zurich"),
    ("West Central Africa", "Africa/Algiers"),
    ("Kyiv", "Europe/Kiev"),
    ("Pretoria", "Africa/Johannesburg"),
    ("St. Petersburg", "Europe/Moscow"),
    ("Abu Dhabi", "Asia/Muscat"),
    ("Mumbai", "Asia/Kolkata"),
    ("Chennai", "Asia/Kolkata"),
    ("New Delhi", "Asia/Kolkata"),
    ("Beijing", "Asia/Shanghai"),
    ("Osaka", "Asia/Tokyo"),
    ("Canberra", "Australia/Melbourne"),
    ("Wellington", "Pacific/Auckland"),
    ("Auckland", "Pacific/Auckland"),
    ("Etc/UTC", "UTC"),
    ("GMT", "UTC"),
];

/// The IANA name of a zone.
pub(super) fn iana(name: &str) -> Option<&str> {
    if let Some((_, iana)) = RAILS.into_iter().find(|(rails, _)| *rails == name) {
        return Some(iana);
    }
    noout_calendar::check_zone(name).is_ok().then_some(name)
}
