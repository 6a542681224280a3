//! What was probably meant.

/// More names than this are not listed in a message.
const MAX_LISTED: usize = 16;

/// The allowed name that differs from the found one by a few letters.
pub(super) fn nearest<'n>(found: &str, allowed: &[&'n str]) -> Option<&'n str> {
    // Longer texts are no slips of the fingers, and the comparison takes time by the square.
    if found.is_empty() || found.len() > 64 {
        return None;
    }
    let wanted = found.to_lowercase();
    allowed
        .iter()
        .map(|name| (edits(&wanted, &name.to_lowercase()), *name))
        // Two thirds must be right: "bo" does not mean "eva".
        .filter(|(edits, name)| *edits <= 3 && edits * 3 <= wanted.len().max(name.len()))
        .min()
        .map(|(_, name)| name)
}

/// `did you mean "x"? Allowed are a, b, c`, or what to do where nothing is allowed.
pub(super) fn hint(found: &str, allowed: &[&str], none: &str) -> String {
    if allowed.is_empty() {
        return none.to_owned();
    }
    let mut list: Vec<String> = allowed.iter().take(MAX_LISTED).map(|name| format!("{name:?}")).collect();
    if allowed.len() > MAX_LISTED {
        list.push(format!("{} more", allowed.len() - MAX_LISTED));
    }
    let verb = if allowed.len() == 1 { "is" } else { "are" };
    let list = list.join(", ");
    match nearest(found, allowed) {
        Some(name) => format!("did you mean {name:?}? Allowed {verb} {list}"),
        None => format!("allowed {verb} {list}"),
    }
}

/// The message for a reference to something that is not in the file.
pub(in super::super) fn unknown(what: &str, section: &str, found: &str, allowed: &[&str]) -> String {
    let none = format!("the file has none yet, add a [[{section}]]");
    format!("there is no {what} {found:?}: {}", hint(found, allowed, &none))
}

/// Letters to add, drop, change or swap with their neighbour to come from one text to the other.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i];
        for j in 1..=b.len() {
            let change = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = change.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}
