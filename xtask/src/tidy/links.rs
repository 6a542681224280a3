//! Links between our documents.

use super::Finding;
use super::tree::{Tree, ending, folder, is_foreign, join};

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| ending(path) == "md" && !is_foreign(path)) {
        for (line, target) in links(text) {
            if let Some(what) = broken(tree, path, &target) {
                found.push(Finding::new(path, line, what));
            }
        }
    }
    found
}

/// Why a link leads nowhere, if so. What is outside of the tree is not asked for: tests need no net.
fn broken(tree: &Tree, from: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let to = if file.is_empty() { Some(from.to_owned()) } else { join(folder(from), file) };
    let Some(to) = to.filter(|to| tree.has(to)) else {
        return Some(format!("the link {target:?} leads to no file: correct it"));
    };
    let (anchor, text) = (anchor?, tree.text(&to)?);
    if anchors(text).iter().any(|a| a == anchor) {
        return None;
    }
    Some(format!("{to} has no heading for {target:?}: it has {}", anchors(text).join(", ")))
}

/// The lines of a document that are prose: no code blocks, no comments, no code within a line.
fn prose(text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut fence: Option<&str> = None;
    let mut comment = false;
    for (at, line) in text.lines().enumerate() {
        let start = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        if let Some(mark) = mark.filter(|mark| !comment && fence.is_none_or(|open| open == *mark)) {
            fence = if fence.is_some() { None } else { Some(mark) };
            continue;
        }
        if fence.is_none() {
            out.push((at + 1, without_code(&without_comment(line, &mut comment))));
        }
    }
    out
}

fn without_comment(line: &str, inside: &mut bool) -> String {
    let mut out = String::new();
    let mut rest = line;
    loop {
        let mark = if *inside { "-->" } else { "<!--" };
        let Some((before, after)) = rest.split_once(mark) else { break };
        if !*inside {
            out.push_str(before);
        }
        *inside = !*inside;
        rest = after;
    }
    if !*inside {
        out.push_str(rest);
    }
    out
}

fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The targets of all links and pictures, with their lines.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (at, line) in prose(text) {
        for (place, _) in line.match_indices("](") {
            let target = line[place + 2..].split([')', ' ']).next().unwrap_or("");
            out.push((at, target.trim_matches(['<', '>']).to_owned()));
        }
        let defined = line.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
        if let Some((_, target)) = defined.filter(|(label, _)| !label.starts_with('^')) {
            out.push((at, target.trim().to_owned()));
        }
    }
    out
}

/// The anchors of a document's headings, made as the common forges make them.
fn anchors(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let hashes = line.bytes().take_while(|b| *b == b'#').count();
        if fenced || !(1..=6).contains(&hashes) || !line[hashes..].starts_with(' ') {
            continue;
        }
        let kept = line[hashes..].trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        let before = out.iter().filter(|a| **a == anchor).count();
        out.push(if before == 0 { anchor } else { format!("{anchor}-{before}") });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let tree = Tree::of(&[
            ("docs/a.md", text),
            ("docs/guide/b.md", "# One & two\n## Ceph's `noout`\n"),
            ("README.md", ""),
        ]);
        check(&tree).iter().map(|f| f.line).collect()
    }

    #[test]
    fn a_link_leads_to_a_file_or_a_folder() {
        assert_eq!(lines("[b](guide/b.md) [up](../README.md) [folder](guide) [out](https://example.org/x)\n"), [0; 0]);
        assert_eq!(lines("fine\n[b](guide/c.md)\n![picture](img/none.png)\n[gone](../../out.md)\n"), [2, 3, 4]);
        assert_eq!(lines("[b]: guide/c.md\n"), [1]);
    }

    #[test]
    fn an_anchor_leads_to_a_heading() {
        assert_eq!(lines("# Here\n[x](#here) [y](guide/b.md#one--two) [z](guide/b.md#cephs-noout)\n"), [0; 0]);
        assert_eq!(lines("# Here\n[x](#there)\n[y](guide/b.md#three)\n"), [2, 3]);
    }

    #[test]
    fn code_and_comments_hold_no_links() {
        assert_eq!(
            lines("```\n[x](none.md)\n```\n`[x](none.md)` <!-- [x](none.md)\n[x](none.md) --> [b](guide/b.md)\n"),
            [0; 0]
        );
    }
}
